// What has come from the stream and is to be applied. NATS' thread puts it in, and waits while there is too
// much; the node's thread takes it out.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference-server/cluster/replica.hpp"
#include "reference-server/limits.hpp"

namespace chatlab::server::cluster {

class Mailbox {
 public:
  struct Letter {
    int subscription;  ///< by which it came
    Sequence place;
    std::string text;
  };

  /// True where it is the first one: somebody has to be told.
  bool push(int subscription, Sequence place, std::string_view text) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [&] { return bytes_ < limits::stream_bytes || is_closed_; });
    if (is_closed_) return false;
    letters_.push_back({subscription, place, std::string(text)});
    bytes_ += text.size();
    return letters_.size() == 1;
  }

  std::vector<Letter> pop_all() {
    std::vector<Letter> letters;
    {
      const std::lock_guard lock(mutex_);
      letters.swap(letters_);
      bytes_ = 0;
    }
    has_room_.notify_all();
    return letters;
  }

  /// Nothing is taken in any more, and nobody waits.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    has_room_.notify_all();
  }

 private:
  std::mutex mutex_;  // guards all that is here
  std::condition_variable has_room_;
  std::vector<Letter> letters_;
  std::size_t bytes_ = 0;
  bool is_closed_ = false;
};

}  // namespace chatlab::server::cluster
