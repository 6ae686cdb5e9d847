// Fences: shows that nothing more can come to the observers of what was caused so far, and closes their
// windows there. By a marker where one can arrive, else by silence, and then it says so.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "conformance/scene.hpp"
#include "conformance/windows.hpp"

namespace chatlab::conformance {

class Fencing {
 public:
  /// How long nothing may come where no marker can prove that nothing more will.
  static constexpr std::chrono::milliseconds quiet_window{500};

  Fencing(Scene& scene, Windows& windows) : scene_(scene), windows_(windows) {}

  /// Empty: the windows are closed. A problem: a marker that should have come did not.
  asio::awaitable<std::optional<Problem>> put_up(Fence fence);

  /// What the reader of the verdict should know of the fences.
  std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

 private:
  asio::awaitable<std::optional<Problem>> by_chat(std::string client, Fence fence);
  asio::awaitable<std::optional<Problem>> by_login(std::set<std::string> open);
  asio::awaitable<void> by_silence(std::set<std::string> open);
  asio::awaitable<std::optional<Problem>> await_marker(std::string marker, std::set<std::string> by,
                                                       std::set<std::string> may_be_gone);

  Scene& scene_;
  Windows& windows_;
  std::vector<std::string> notes_;
};

}  // namespace chatlab::conformance
