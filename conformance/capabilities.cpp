#include "conformance/capabilities.hpp"

#include <boost/asio/this_coro.hpp>

#include "conformance/crew.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {

asio::awaitable<boost::system::result<Capabilities, client::Failure>> find_capabilities(
    client::Access access, std::chrono::milliseconds timeout) {
  Crew crew(co_await asio::this_coro::executor, make_tag(), timeout);
  auto& first = crew.add("first");
  auto& second = crew.add("second");
  for (const char* client : {"first", "second"}) {
    const auto connected = co_await crew.connect(client, access, Clock::now() + timeout);
    if (connected.has_error()) {
      co_await crew.disband();
      co_return connected.error();
    }
  }
  // Patience grows to the full timeout only at the end, where it serves everything that is still missing.
  // From a connection that has ended nothing more is awaited.
  const auto glance = timeout / 4;
  co_await crew.log_in("first");
  const auto first_known = [&] { return first.has_received(first.username()); };
  co_await crew.wait_until([&] { return first_known() || !first.is_open(); }, Clock::now() + glance);

  const auto first_events = first.transcript().events.size();
  co_await crew.log_in("second");
  const auto others_know = [&] { return first.has_received(second.username(), first_events); };
  const auto newcomer_knows = [&] { return second.has_received(second.username()); };
  const auto second_known = [&] {
    return (others_know() || !first.is_open()) && (newcomer_knows() || !second.is_open());
  };
  co_await crew.wait_until(second_known, Clock::now() + glance);

  // A second marker: the first one may have overtaken the second login on a server that is merely slow.
  const auto marker = co_await crew.send_marker("first");
  std::string again = marker;
  const auto hears = [&](const Actor& actor) {
    return actor.has_received(marker) || actor.has_received(again);
  };
  const auto heard = [&] {
    return (hears(first) || !first.is_open()) && (hears(second) || !second.is_open());
  };
  co_await crew.wait_until(heard, Clock::now() + glance);
  if (!heard()) again = co_await crew.send_marker("first");
  const auto everything = [&] { return first_known() && second_known() && heard(); };
  const auto over = [&] { return everything() || (!first.is_open() && !second.is_open()); };
  co_await crew.wait_until(over, Clock::now() + timeout * 3 / 4);

  Capabilities found;
  found.newcomer_hears_login = first_known() && newcomer_knows();
  found.others_hear_login = others_know();
  found.sender_hears_chat = hears(first);
  found.others_hear_chat = hears(second);
  co_await crew.disband();
  co_return found;
}

}  // namespace chatlab::conformance
