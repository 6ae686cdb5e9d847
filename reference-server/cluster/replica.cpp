#include "reference-server/cluster/replica.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace chatlab::server::cluster {
namespace {

using Json = nlohmann::json;

std::string written(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A part is [[client, username], ...] in the order of login. Empty where it is none.
std::vector<std::pair<std::uint64_t, std::string>> read_part(std::string_view text) {
  std::vector<std::pair<std::uint64_t, std::string>> clients;
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return clients;
  for (const auto& entry : json) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_number_unsigned() || !entry[1].is_string())
      continue;
    clients.emplace_back(entry[0].get<std::uint64_t>(), entry[1].get<std::string>());
  }
  return clients;
}

}  // namespace

Ruling Replica::apply(const Event& event, Sequence place) {
  switch (event.kind) {
    case Event::Kind::login:
      return login(event);
    case Event::Kind::disconnect:
    case Event::Kind::leave:
      return leave(event);
    case Event::Kind::chat:  // P4, P10
      return {Outcome{event.body, Broadcast::chat, {}, {}}, {}};
    case Event::Kind::hello:
      return hello(event);
    case Event::Kind::part:
      return replace_part(event, place);
    case Event::Kind::gone:
      return give_up(event);
    case Event::Kind::fresh:
      return begin_fresh();
  }
  return {};
}

Ruling Replica::login(const Event& event) {
  const Room::Joiner joiner{seat(event.node, event.number, event.body), event.body};
  Ruling ruling{room_.join(std::span(&joiner, 1)), {}};
  if (event.node == node_) ruling.changes.push_back({event.number, true});
  return ruling;
}

Ruling Replica::leave(const Event& event) {
  const auto found = seats_.find(Key(event.node, event.number));
  if (found != seats_.end()) return clear_out({&found->second});
  Ruling ruling;
  if (event.kind == Event::Kind::disconnect && event.node == node_) {
    ruling.outcome.log = "Disconnect from a socket that is not logged in";  // P8
  }
  return ruling;
}

/// A process that begins: whoever was there by its node's name before it is gone.
Ruling Replica::hello(const Event& event) {
  auto& process = processes_[std::string(event.node)];
  if (std::exchange(process, event.number) == event.number) return {};
  if (event.node == node_ && event.number != process_) is_replaced_ = true;
  nodes_.erase(std::string(event.node));
  return clear_out(members_at(event.node));
}

/// Who is named stays, or comes in at the end; who is not goes. The node has been away: its clients get a
/// roster also where nothing has changed.
Ruling Replica::replace_part(const Event& event, Sequence place) {
  if (const auto known = processes_.find(event.node);
      known != processes_.end() && known->second != event.number) {
    return {};  // of a process that another one has replaced meanwhile
  }
  processes_[std::string(event.node)] = event.number;
  nodes_[std::string(event.node)] = place;
  const auto clients = read_part(event.body);
  std::set<std::uint64_t> named;
  for (const auto& [client, username] : clients) named.insert(client);
  std::vector<Member> leavers;
  for (const auto member : members_at(event.node)) {
    if (!named.contains(static_cast<const Seat*>(member)->client)) leavers.push_back(member);
  }
  auto ruling = clear_out(leavers);
  if (clients.empty()) return ruling;
  std::vector<Room::Joiner> joiners;
  for (const auto& [client, username] : clients) {
    joiners.push_back({seat(event.node, client, username), username});
    if (event.node == node_) ruling.changes.push_back({client, true});
  }
  ruling.outcome = room_.join(joiners);
  return ruling;
}

Ruling Replica::give_up(const Event& event) {
  const auto known = nodes_.find(event.node);
  if (known == nodes_.end() || known->second != event.number) return {};  // it has come back since
  nodes_.erase(known);
  return clear_out(members_at(event.node));
}

Ruling Replica::begin_fresh() {
  nodes_.clear();
  processes_.clear();
  return clear_out({room_.members().begin(), room_.members().end()});
}

Ruling Replica::clear_out(const std::vector<Member>& leavers) {
  Ruling ruling{room_.leave(leavers), {}};
  for (const auto leaver : leavers) {
    const auto& seat = *static_cast<const Seat*>(leaver);
    if (seat.node == node_) {
      ruling.changes.push_back({seat.client, false});
      --own_members_;
    }
    seats_.erase(Key(seat.node, seat.client));
  }
  return ruling;
}

std::vector<Member> Replica::members_at(std::string_view node) const {
  std::vector<Member> members;
  for (const auto member : room_.members()) {
    if (static_cast<const Seat*>(member)->node == node) members.push_back(member);
  }
  return members;
}

Member Replica::seat(std::string_view node, std::uint64_t client, std::string_view username) {
  auto [place, is_new] = seats_.try_emplace(Key(node, client));
  if (is_new && node == node_) ++own_members_;
  place->second = {std::string(node), client, std::string(username)};
  return &place->second;
}

std::string Replica::snapshot() const {
  auto members = Json::array();
  for (const auto member : room_.members()) {
    const auto& seat = *static_cast<const Seat*>(member);
    members.push_back({seat.node, seat.client, seat.username});
  }
  return written({{"nodes", nodes_}, {"processes", processes_}, {"members", std::move(members)}});
}

bool Replica::load(std::string_view snapshot, std::vector<Change>& changes) {
  std::map<std::string, Sequence, std::less<>> nodes;
  std::map<std::string, std::uint64_t, std::less<>> processes;
  std::vector<Seat> members;
  if (!snapshot.empty()) {
    try {
      const auto json = Json::parse(snapshot);
      json.at("nodes").get_to(nodes);
      json.at("processes").get_to(processes);
      for (const auto& entry : json.at("members")) {
        members.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::uint64_t>(),
                           entry.at(2).get<std::string>()});
      }
    } catch (const Json::exception&) {
      return false;
    }
  }
  const std::vector<Member> before(room_.members().begin(), room_.members().end());
  changes = clear_out(before).changes;
  nodes_ = std::move(nodes);
  processes_ = std::move(processes);
  std::vector<Room::Joiner> joiners;
  for (const auto& one : members) {
    joiners.push_back({seat(one.node, one.client, one.username), one.username});
    if (one.node == node_) changes.push_back({one.client, true});
  }
  if (!joiners.empty()) room_.join(joiners);
  return true;
}

}  // namespace chatlab::server::cluster
