#include "reference-server/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace chatlab::server {

void Metrics::count_turn(std::chrono::nanoseconds duration) {
  ++turns;
  turn_nanoseconds += static_cast<std::uint64_t>(duration.count());
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bound = std::lower_bound(turn_bounds_s.begin(), turn_bounds_s.end(), seconds);
  if (bound != turn_bounds_s.end()) ++turns_within_[static_cast<std::size_t>(bound - turn_bounds_s.begin())];
}

std::string Metrics::in_words() const {
  std::string text;
  const auto head = [&](std::string_view name, std::string_view type, std::string_view help) {
    text += fmt::format("# HELP chatlab_{0} {2}\n# TYPE chatlab_{0} {1}\n", name, type, help);
  };
  const auto one = [&](std::string_view name, std::string_view type, std::string_view help,
                       const Count& count) {
    head(name, type, help);
    text += fmt::format("chatlab_{} {}\n", name, count.load());
  };
  one("connections", "gauge", "WebSocket connections that are open.", connections);
  one("logged_in", "gauge", "Sockets that are logged in.", members);
  head("messages_total", "counter", "Messages received, by what they are.");
  constexpr std::array names = {"login", "disconnect", "chat", "unrecognized", "malformed"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("chatlab_messages_total{{type=\"{}\"}} {}\n", names[i], messages[i].load());
  }
  one("deliveries_total", "counter", "Broadcasts times their recipients.", deliveries);
  one("sends_total", "counter", "Calls that handed bytes to the kernel.", sends);
  one("sent_bytes_total", "counter", "Bytes handed to the kernel.", sent_bytes);
  one("queued_bytes", "gauge", "Bytes that clients have not taken yet.", queued_bytes);
  one("slow_clients_closed_total", "counter", "Clients closed because too much waited for them.",
      slow_clients);
  head("turn_seconds", "histogram", "Time from waking up to having sent what was read.");
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < turn_bounds_s.size(); ++i) {
    within += turns_within_[i];
    text += fmt::format("chatlab_turn_seconds_bucket{{le=\"{}\"}} {}\n", turn_bounds_s[i], within);
  }
  text += fmt::format("chatlab_turn_seconds_bucket{{le=\"+Inf\"}} {}\n", turns.load());
  text += fmt::format("chatlab_turn_seconds_sum {}\n", static_cast<double>(turn_nanoseconds) / 1e9);
  text += fmt::format("chatlab_turn_seconds_count {}\n", turns.load());
  if (!cluster.is_wanted) return text;
  head("cluster_joined", "gauge", "Whether the cluster takes what clients say.");
  text += fmt::format("chatlab_cluster_joined {}\n", cluster.is_joined ? 1 : 0);
  one("cluster_nodes", "gauge", "Nodes that are there, this one too.", cluster.nodes);
  one("cluster_place", "counter", "Place in the sequence of the last event that was applied.", cluster.place);
  one("cluster_under_way", "gauge", "Events that have no place in the sequence yet.", cluster.under_way);
  one("cluster_refused_total", "counter", "Messages of clients that could not be taken or were lost.",
      cluster.refused);
  return text;
}

}  // namespace chatlab::server
