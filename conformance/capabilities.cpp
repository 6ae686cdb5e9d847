#include "conformance/capabilities.hpp"

#include <boost/asio/this_coro.hpp>

#include "conformance/attribution.hpp"
#include "conformance/crew.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

/// Looks out for the announcement of a login in what one client receives: a roster with the name, which no
/// stranger has caused.
class LoginLookout {
 public:
  LoginLookout(const Actor& listener, const Actor& newcomer, const Ownership& ownership)
      : listener_(listener), name_(newcomer.username()), ownership_(ownership), attribution_(ownership) {}

  bool has_come() {
    const auto& events = listener_.transcript().events;
    for (; !seen_ && next_ < events.size(); ++next_) {
      const auto cause = attribution_.next(events[next_]);
      const bool here = events[next_].kind == Event::Kind::received && may_be_ours(cause) &&
                        events[next_].text.find(name_) != std::string::npos;
      if (here) seen_ = next_;
    }
    return seen_.has_value();
  }

  /// False where it is a roster that another client knows for a stranger's.
  bool is_not_a_strangers(const Actor& other) {
    if (!has_come()) return false;
    const auto& mine = listener_.transcript().events[*seen_];
    Attribution attribution(ownership_);
    for (const auto& event : other.transcript().events) {
      const auto cause = attribution.next(event);
      const bool strangers = cause == CausedBy::strangers || cause == CausedBy::both;
      if (strangers && roster_in(event, ownership_) && is_same_json(event, mine)) return false;
    }
    return true;
  }

 private:
  const Actor& listener_;
  std::string name_;
  const Ownership& ownership_;
  Attribution attribution_;
  std::size_t next_ = 0;
  std::optional<std::size_t> seen_;
};

}  // namespace

asio::awaitable<boost::system::result<Capabilities, client::Failure>> find_capabilities(
    client::Access access, std::chrono::milliseconds timeout, std::string roster_field) {
  const Ownership ownership{make_tag(), false, std::move(roster_field)};
  Crew crew(co_await asio::this_coro::executor, ownership.tag, timeout);
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
  LoginLookout own_login(first, first, ownership);
  const auto first_known = [&] { return own_login.has_come(); };
  co_await crew.wait_until([&] { return first_known() || !first.is_open(); }, Clock::now() + glance);

  co_await crew.log_in("second");
  LoginLookout others_login(first, second, ownership);
  LoginLookout newcomers_login(second, second, ownership);
  const auto others_know = [&] { return others_login.has_come(); };
  const auto newcomer_knows = [&] { return newcomers_login.has_come(); };
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
  found.roster_field = ownership.roster_field;
  found.newcomer_hears_login = first_known() && newcomers_login.is_not_a_strangers(first);
  found.others_hear_login = others_know();
  found.sender_hears_chat = hears(first);
  found.others_hear_chat = hears(second);
  co_await crew.disband();
  co_return found;
}

}  // namespace chatlab::conformance
