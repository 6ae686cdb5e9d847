// Brings the clients of a check to where its script begins: connected, logged in, and the server seen to know
// of it. It judges nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "conformance/fencing.hpp"
#include "conformance/scene.hpp"

namespace chatlab::conformance {

class Entrance {
 public:
  Entrance(Scene& scene, Fencing& fencing) : scene_(scene), fencing_(fencing) {}

  /// Empty: all are in place, and what their logins caused has arrived.
  asio::awaitable<std::optional<Problem>> admit(const Check& check);

 private:
  asio::awaitable<std::optional<Problem>> confirm_login(std::string client);
  asio::awaitable<std::optional<Problem>> confirm_through_others(std::vector<std::string> clients);

  Scene& scene_;
  Fencing& fencing_;
};

}  // namespace chatlab::conformance
