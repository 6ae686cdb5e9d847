#include "conformance/scene.hpp"

#include <algorithm>

namespace chatlab::conformance {

asio::awaitable<std::optional<Problem>> Scene::connect(std::string client) {
  const auto connected = co_await crew.connect(client, access, deadline());
  if (connected) co_return std::nullopt;
  co_return Problem{Problem::Kind::cannot_connect, client, connected.error().text};
}

Problem Scene::problem(Problem::Kind kind, const std::string& client) {
  const auto& events = crew.get(client).transcript().events;
  const auto end = std::find_if(events.rbegin(), events.rend(), [](const Event& event) {
    return event.kind == Event::Kind::closed_by_server;
  });
  return {kind, client, end == events.rend() ? "" : end->text};
}

}  // namespace chatlab::conformance
