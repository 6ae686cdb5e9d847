#include "conformance/fencing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/lookout.hpp"

namespace chatlab::conformance {

using Outcome = std::optional<Problem>;

asio::awaitable<Outcome> Fencing::put_up(Fence fence) {
  const auto& can = scene_.capabilities;
  std::set<std::string> open(fence.observers.begin(), fence.observers.end());
  if (can.others_hear_chat) {
    for (const auto& client : fence.clients) {
      if (auto problem = co_await by_chat(client, fence)) co_return problem;
    }
    // Each has heard the others' markers. A lone sender may not have heard its own.
    const auto& sender = fence.clients.front();
    const bool deaf = !can.sender_hears_chat && fence.clients.size() == 1 && open.count(sender);
    open.clear();
    if (deaf) open.insert(sender);
  }
  if (open.empty()) co_return std::nullopt;
  if (can.others_hear_login) {
    if (auto problem = co_await by_login(open)) co_return problem;
  }
  co_await by_silence(open);
  co_return std::nullopt;
}

// The marker follows on the connection that caused what is to be seen. Where the server has ended that one,
// it has read all of it, and an observer's own marker will do.
asio::awaitable<Outcome> Fencing::by_chat(std::string client, Fence fence) {
  const auto& observers = fence.observers;
  const std::set<std::string> may_be_gone(fence.may_be_gone.begin(), fence.may_be_gone.end());
  auto speakers = observers;
  speakers.insert(speakers.begin(), client);
  for (const auto& speaker : speakers) {
    if (!scene_.crew.get(speaker).is_open()) continue;
    std::set<std::string> listeners(observers.begin(), observers.end());
    if (!scene_.capabilities.sender_hears_chat) listeners.erase(speaker);
    const auto marker = co_await scene_.crew.send_marker(speaker);
    auto problem = co_await await_marker(marker, listeners, may_be_gone);
    if (!problem) co_return std::nullopt;
    if (scene_.crew.get(speaker).is_open()) co_return problem;
    // The marker may have been lost with its speaker: the next one tries.
  }
  co_return scene_.problem(Problem::Kind::connection_lost, client);
}

// The throw-away client stays until the check ends: its leaving would be one more broadcast. Its login
// follows on another connection than what the script caused, and so it shows that the server still announces,
// no more.
asio::awaitable<Outcome> Fencing::by_login(std::set<std::string> open) {
  const auto name = scene_.crew.next_marker();
  auto& stranger = scene_.crew.add(name);
  if (auto problem = co_await scene_.connect(name)) co_return problem;
  const Json login = {{"type", "login"}, {"username", name}};
  co_await stranger.send(login);
  co_return co_await await_marker(name, open, {});
}

asio::awaitable<void> Fencing::by_silence(std::set<std::string> open) {
  co_await scene_.crew.wait_until([] { return false; }, Clock::now() + quiet_window);
  notes_.push_back(fmt::format(
      "That nothing more came to {} rests on {}{} ms of silence: no chat could be used as a marker.",
      fmt::join(open, ", "), scene_.capabilities.others_hear_login ? "another client's login and " : "",
      quiet_window.count()));
  for (const auto& observer : open) windows_.close_now(observer, Segment::Closing::silence);
}

// Waits until all of them have it, and notes where it stands in each transcript.
asio::awaitable<Outcome> Fencing::await_marker(std::string marker, std::set<std::string> by,
                                               std::set<std::string> may_be_gone) {
  std::vector<std::pair<std::string, Lookout>> lookouts;
  for (const auto& client : by) lookouts.emplace_back(client, Lookout(scene_.crew.get(client), marker));
  const auto over = [&] {
    return std::all_of(lookouts.begin(), lookouts.end(), [](auto& one) { return one.second.is_over(); });
  };
  co_await scene_.crew.wait_until(over, scene_.deadline());
  for (auto& [client, lookout] : lookouts) {
    const auto& actor = scene_.crew.get(client);
    if (actor.is_flooded()) co_return scene_.problem(Problem::Kind::flooded, client);
    if (const auto position = lookout.seen()) {
      windows_.close_at(client, *position);
    } else if (actor.is_open()) {
      co_return scene_.problem(Problem::Kind::marker_lost, client);
    } else if (may_be_gone.count(client)) {
      // To a connection that has ended nothing more can come.
      windows_.close_now(client, Segment::Closing::end_of_connection);
    } else {
      co_return scene_.problem(Problem::Kind::connection_lost, client);
    }
  }
  co_return std::nullopt;
}

}  // namespace chatlab::conformance
