#include "conformance/pulse.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>

#include "conformance/crew.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {

asio::awaitable<std::optional<std::string>> feel_pulse(client::Access access, Capabilities capabilities,
                                                       std::chrono::milliseconds timeout) {
  Crew crew(co_await asio::this_coro::executor, make_tag(), timeout);
  auto& probe = crew.add("probe");
  const auto connected = co_await crew.connect("probe", access, Clock::now() + timeout);
  if (connected.has_error()) {
    co_return fmt::format("takes no more connections: {}", connected.error().text);
  }
  bool serves = true;
  if (capabilities.newcomer_hears_login) {
    co_await crew.log_in("probe");
    const auto heard = [&] { return probe.has_received(probe.username()); };
    co_await crew.wait_until([&] { return heard() || !probe.is_open(); }, Clock::now() + timeout);
    serves = heard();
  } else {
    probe.vanish();  // a server that answers nothing need not be asked to answer a close
  }
  co_await crew.disband();
  if (serves) co_return std::nullopt;
  co_return "takes connections, but announces no more logins";
}

}  // namespace chatlab::conformance
