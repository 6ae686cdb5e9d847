// One node's copy of the room of all nodes: what each event of the one sequence means for it. All nodes apply
// the same events in the same order, so at each place of the sequence their rooms are the same, and so is
// every roster. Pure: it knows no NATS, no socket and no clock.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reference-server/cluster/event.hpp"
#include "reference-server/room.hpp"

namespace chatlab::server::cluster {

/// A place in the sequence; the first event has 1.
using Sequence = std::uint64_t;

/// A client of this node comes in or goes out with an event's broadcast.
struct Change {
  std::uint64_t client;
  bool is_member;
};

/// What follows from one event for this node.
struct Ruling {
  Outcome outcome;  ///< its broadcast is for all members at all nodes
  std::vector<Change> changes;
};

class Replica {
 public:
  Replica(std::string node, std::uint64_t process, Room& room)
      : node_(std::move(node)), process_(process), room_(room) {}

  Ruling apply(const Event& event, Sequence place);

  /// The state at this place of the sequence, for a node that comes to it.
  std::string snapshot() const;

  /// Begins anew from another node's snapshot; from an empty one: from an empty room. The changes are those
  /// of this node's clients. False: it cannot be read.
  bool load(std::string_view snapshot, std::vector<Change>& changes);

  /// The nodes that are there, and each one's last part.
  const std::map<std::string, Sequence, std::less<>>& nodes() const { return nodes_; }

  /// Clients that are logged in at this node.
  std::size_t own_members() const { return own_members_; }

  /// Another process has taken this node's name.
  bool is_replaced() const { return is_replaced_; }

 private:
  struct Seat {
    std::string node;
    std::uint64_t client;
    std::string username;
  };
  using Key = std::pair<std::string, std::uint64_t>;

  Ruling login(const Event& event);
  Ruling leave(const Event& event);
  Ruling hello(const Event& event);
  Ruling replace_part(const Event& event, Sequence place);
  Ruling give_up(const Event& event);
  Ruling begin_fresh();
  Ruling clear_out(const std::vector<Member>& leavers);
  std::vector<Member> members_at(std::string_view node) const;
  Member seat(std::string_view node, std::uint64_t client, std::string_view username);

  std::string node_;
  std::uint64_t process_;
  Room& room_;
  std::map<Key, Seat> seats_;  // who is logged in; the room knows them by their addresses
  std::map<std::string, Sequence, std::less<>> nodes_;
  std::map<std::string, std::uint64_t, std::less<>> processes_;  // that said hello by these names
  std::size_t own_members_ = 0;
  bool is_replaced_ = false;
};

}  // namespace chatlab::server::cluster
