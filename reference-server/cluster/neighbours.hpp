// Which other nodes are still heard of. No clock: moments come in.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace chatlab::server::cluster {

class Neighbours {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  explicit Neighbours(std::chrono::milliseconds timeout) : timeout_(timeout) {}

  void hear(std::string_view node, Moment at) { heard_.insert_or_assign(std::string(node), at); }

  /// Gives all their time anew: it was we who could not hear.
  void hear_of_all(Moment at) {
    for (auto& [node, heard] : heard_) heard = at;
  }

  /// For so long nothing has come from this one, nor was it asked for. It is said again only after as long a
  /// time.
  bool is_silent(std::string_view node, Moment at) {
    auto& heard = heard_.try_emplace(std::string(node), at).first->second;
    if (at - heard < timeout_) return false;
    heard = at;
    return true;
  }

 private:
  std::chrono::milliseconds timeout_;
  std::map<std::string, Moment, std::less<>> heard_;
};

}  // namespace chatlab::server::cluster
