// P11's one order over all nodes. What clients say is not applied but handed to the sequence of all nodes,
// and what comes back from there, in its order, is applied: so this node's clients see what all others see.
#pragma once

#include <unordered_map>

#include "reference-server/cluster/replica.hpp"
#include "reference-server/order.hpp"
#include "reference-server/settings.hpp"

namespace chatlab::server::cluster {

/// Where events are put into their one sequence.
class Sequencer {
 public:
  virtual ~Sequencer() = default;

  /// Takes an event, or says, in P6's form, why it cannot be had now. May be called from any thread; the
  /// events of one thread keep their order. `client`: who is told where it is lost on the way.
  virtual std::optional<Malformed> submit(std::string event, std::uint64_t client) = 0;
};

class ClusterOrder : public Order {
 public:
  ClusterOrder(const Settings& settings, Metrics& metrics, std::string node, std::uint64_t process);

  /// Before the first client comes. `sequencer` outlives every client.
  void use(Sequencer& sequencer) { sequencer_ = &sequencer; }

  Applied apply(Feed& feed, Outbox& sender, const Message& message) override;
  Applied leave(Feed& feed, Outbox& leaver) override;

  // ---- for whoever follows the sequence, in one thread ----

  /// Applies the next event. Returns a line for the log; empty: none.
  std::string follow(const Event& event, Sequence place);

  /// No event follows at once: what was said leaves.
  void flush();

  /// Begins anew; see Replica::load.
  bool load(std::string_view snapshot);

  std::string snapshot();

  /// This node's clients that are logged in, as far as this node knows: the body of its part.
  std::string part();

  /// Tells a client that something of its is lost.
  void refuse(std::uint64_t client, const Malformed& why);

  /// Clients that left while the sequence could not be had; whoever takes them tells it.
  std::vector<std::uint64_t> take_unsaid_leaves();
  void push_unsaid_leave(std::uint64_t client);

  std::map<std::string, Sequence, std::less<>> nodes();
  bool is_replaced();

 private:
  struct Local {
    Feed& feed;
    Outbox& outbox;
    std::string username = {};  // logged in by this name; empty: not
    Sequence since = 0;         // the place of the login
  };

  Applied tell(Outbox& sender, const Message& message);
  std::uint64_t client_of(Feed& feed, Outbox& sender);
  void note_own(const Event& event, Sequence place);
  void carry_out_here(const Ruling& ruling);
  void decide(const std::vector<Change>& changes);

  std::string node_;
  Sequencer* sequencer_ = nullptr;
  // Guarded by the mutex of Order, as is the room.
  Replica replica_;
  std::unordered_map<std::uint64_t, Local> locals_;
  std::unordered_map<const Outbox*, std::uint64_t> clients_;
  std::uint64_t last_client_ = 0;
  std::vector<std::uint64_t> unsaid_leaves_;
};

}  // namespace chatlab::server::cluster
