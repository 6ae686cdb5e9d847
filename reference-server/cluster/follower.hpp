// The room's stream, followed from end to end: each event once, in the order of their places, also where the
// connection was away in between. What NATS' thread brings waits until it is taken. For one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reference-server/cluster/mailbox.hpp"
#include "reference-server/cluster/nats.hpp"
#include "reference-server/cluster/replica.hpp"

namespace chatlab::server::cluster {

class Follower {
 public:
  /// `arrived` is called from NATS' thread, also when this has ended: there is something to take. The
  /// connection outlives this.
  Follower(nats::Connection& connection, std::string stream, std::string subject,
           std::function<void()> arrived);
  ~Follower() { end(); }

  /// Nothing is followed any more; the stream is made where it is not there, and is the one that counts.
  std::optional<nats::Error> begin();

  /// What comes after this place is to be taken.
  std::optional<nats::Error> follow_from(Sequence place);

  /// The same after the place that has been reached; also where the stream is followed already.
  std::optional<nats::Error> follow_on() { return follow_from(place_); }

  /// No more is taken, and NATS' thread does not wait for it.
  void end() { mailbox_->close(); }

  /// Events that the stream does not hold any more.
  struct Gap {
    Sequence first, last;
  };
  /// Gives what has come to `apply`, in order, up to a gap.
  using Apply = std::function<void(Sequence place, std::string_view text)>;
  std::optional<Gap> take(const Apply& apply);

  /// That has been reached; 0: nothing is followed.
  Sequence place() const { return place_; }

  struct Look {
    bool is_same;          ///< that is followed, and it has not lost its end; not another one, or none
    Sequence first, last;  ///< that it holds
  };
  /// Nothing: it cannot be asked now.
  std::optional<Look> look();

 private:
  nats::Connection& connection_;
  std::string stream_, subject_;
  std::function<void()> arrived_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  nats::Subscription events_;
  int subscription_ = 0;  // the newest: what an earlier one still brings does not count
  Sequence place_ = 0;
  std::int64_t created_ = 0;
};

}  // namespace chatlab::server::cluster
