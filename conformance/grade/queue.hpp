// Whose turn it is: the submissions in their order, with no more of one host at a time than it may get. Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace chatlab::grade {

class Queue {
 public:
  /// `per_host`: how many submissions on one host may be tested at the same time.
  explicit Queue(std::size_t per_host) : per_host_(per_host) {}

  /// `host`: empty for one that is on no host but started here.
  void add(std::size_t number, std::string host) { waiting_.push_back({number, std::move(host)}); }

  /// The first one that may start now; nothing where all have to wait.
  std::optional<std::size_t> take() {
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
      auto& busy = busy_[at->host];
      if (!at->host.empty() && busy >= per_host_) continue;
      ++busy;
      const auto number = at->number;
      taken_[number] = at->host;
      waiting_.erase(at);
      return number;
    }
    return std::nullopt;
  }

  /// One that was taken is done.
  void finish(std::size_t number) {
    const auto taken = taken_.find(number);
    --busy_[taken->second];
    taken_.erase(taken);
  }

  bool empty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    std::size_t number;
    std::string host;
  };
  std::size_t per_host_;
  std::deque<Waiting> waiting_;
  std::map<std::string, std::size_t> busy_;
  std::map<std::size_t, std::string> taken_;
};

}  // namespace chatlab::grade
