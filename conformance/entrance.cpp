#include "conformance/entrance.hpp"

#include <algorithm>

#include "conformance/lookout.hpp"

namespace chatlab::conformance {

using Outcome = std::optional<Problem>;

asio::awaitable<Outcome> Entrance::admit(const Check& check) {
  std::vector<std::string> logged_in;
  for (const auto& part : check.clients) {
    if (part.state == Part::State::not_connected) continue;
    if (auto problem = co_await scene_.connect(part.name)) co_return problem;
    if (part.state == Part::State::connected) continue;
    co_await scene_.crew.log_in(part.name);
    if (auto problem = co_await confirm_login(part.name)) co_return problem;
    logged_in.push_back(part.name);
  }
  if (logged_in.empty()) co_return std::nullopt;
  if (auto problem = co_await confirm_through_others(logged_in)) co_return problem;
  // What the logins caused must not be taken for what the script causes.
  const Fence baseline{{logged_in.front()}, logged_in};
  co_return co_await fencing_.put_up(baseline);
}

// A login has taken effect when the server shows it: by its announcement, or by a chat that reaches its
// sender.
asio::awaitable<Outcome> Entrance::confirm_login(std::string client) {
  auto& actor = scene_.crew.get(client);
  std::string sign;
  if (scene_.capabilities.newcomer_hears_login) {
    sign = actor.username();
  } else if (scene_.capabilities.sender_hears_chat) {
    sign = co_await scene_.crew.send_marker(client);
  } else {
    co_return std::nullopt;  // confirm_through_others() follows, or nothing can be seen on this server
  }
  Lookout lookout(actor, sign);
  co_await scene_.crew.wait_until([&] { return lookout.is_over(); }, scene_.deadline());
  if (lookout.seen()) co_return std::nullopt;
  co_return scene_.problem(Problem::Kind::login_unconfirmed, client);
}

// Where nobody hears of himself, each client is known to be logged in once it hears a chat of another one.
// That one may have been sent too early: so another follows, until it is heard.
asio::awaitable<Outcome> Entrance::confirm_through_others(std::vector<std::string> clients) {
  const auto& can = scene_.capabilities;
  if (can.newcomer_hears_login || can.sender_hears_chat || !can.others_hear_chat || clients.size() < 2) {
    co_return std::nullopt;
  }
  constexpr std::chrono::milliseconds between_markers{50};
  const auto until = scene_.deadline();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    auto& listener = scene_.crew.get(clients[i]);
    bool heard = false;
    while (!heard && Clock::now() < until && listener.is_open()) {
      const auto marker = co_await scene_.crew.send_marker(clients[i == 0 ? 1 : 0]);
      const auto over = [&] { return listener.has_received(marker) || !listener.is_open(); };
      heard = co_await scene_.crew.wait_until(over, std::min(until, Clock::now() + between_markers));
    }
    if (!heard || !listener.is_open()) {
      co_return scene_.problem(Problem::Kind::login_unconfirmed, clients[i]);
    }
  }
  co_return std::nullopt;
}

}  // namespace chatlab::conformance
