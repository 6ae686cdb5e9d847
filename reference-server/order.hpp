// P11's one order over all threads. Whatever any thread reads is applied to the one room under one lock, and
// what follows is added to every thread's feed under the same lock: so all feeds are the same sequence, and
// every roster in it is the state at its place. Each thread then sends from its own feed, without a lock.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <vector>

#include "reference-server/metrics.hpp"
#include "reference-server/outbox.hpp"
#include "reference-server/room.hpp"

namespace chatlab::server {

/// One thread's copy of the order. Owned by Order, its log is touched by the thread that it was made for.
struct Feed {
  BroadcastLog log;   ///< what this thread still has to send
  BroadcastLog news;  ///< what it has not looked at yet; guarded by Order's mutex
  std::function<void()> wake;
  std::size_t said_bytes = 0;  ///< what this thread has added to the order, for it to count its turns by

  /// What became of a client's message that had to go elsewhere first; see cluster/cluster_order.hpp.
  struct Decision {
    Outbox* outbox;
    std::optional<bool> is_member;  ///< as in Applied
    Position position = 0;          ///< as in Applied
    Frame reply = {};               ///< for this client alone; null: none
  };
  std::vector<Decision> decisions = {};  ///< that wait to be carried out; guarded by Order's mutex
  bool has_decided = false;              ///< some were since the thread last looked
};

/// What a message means for its sender.
struct Applied {
  std::string reply;  ///< as a text message; empty: none
  std::string log;    ///< one line; empty: none
  std::optional<bool>
      is_member;  ///< whether broadcasts from `position` on are for the sender, if that changed
  Position position = 0;
};

class Order {
 public:
  Order(std::size_t username_limit_bytes, bool coalesces_rosters, Metrics& metrics);
  virtual ~Order() = default;

  /// A further thread. `wake` is called from any thread, and soon after it collect().
  Feed& add_feed(std::function<void()> wake);

  /// Applies one message. `feed` is the calling thread's; a client is known by its outbox.
  virtual Applied apply(Feed& feed, Outbox& sender, const Message& message);

  /// P7: the client's socket has gone.
  virtual Applied leave(Feed& feed, Outbox& leaver);

  /// Brings the feed's log up to the present and returns its end.
  Position collect(Feed& feed);

  /// From here on nothing is broadcast any more: everybody is going.
  void fall_silent();

 protected:
  Applied carry_out(Feed& feed, Outcome outcome);
  void publish_run(const Feed* from);  // null: of no thread that serves clients
  void publish(const Feed* from, const Frame& frames, Broadcast kind);
  Position take_news(Feed& feed);

  std::mutex mutex_;  // guards all of the following, and the news and decisions of every feed
  Room room_;
  bool is_silent_ = false;
  std::string run_;  // chats that were said since the last roster or collect()
  Metrics& metrics_;

 private:
  bool coalesces_rosters_;
  std::list<Feed> feeds_;
};

}  // namespace chatlab::server
