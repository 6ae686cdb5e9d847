#include "reference-server/cluster/cluster_order.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reference-server/limits.hpp"

namespace chatlab::server::cluster {

ClusterOrder::ClusterOrder(const Settings& settings, Metrics& metrics, std::string node,
                           std::uint64_t process)
    : Order(settings.username_limit_bytes, settings.coalesce_rosters, metrics),
      node_(node),
      replica_(std::move(node), process, room_) {}

Applied ClusterOrder::apply(Feed& feed, Outbox& sender, const Message& message) {
  ++metrics_.messages[message.index()];
  const auto* login = std::get_if<Login>(&message);
  const auto* chat = std::get_if<Chat>(&message);
  std::unique_lock lock(mutex_);
  const bool concerns_all =
      chat || std::holds_alternative<Disconnect>(message) || (login && !room_.objection(*login));
  if (!concerns_all) return tell(sender, message);
  const auto client = client_of(feed, sender);
  lock.unlock();
  const auto kind = login ? Event::Kind::login : chat ? Event::Kind::chat : Event::Kind::disconnect;
  const auto body = login ? std::string_view(login->username) : chat ? chat->text : std::string_view();
  feed.said_bytes += body.size();
  const auto lost = sequencer_->submit(encode({kind, node_, client, body}), client);
  if (!lost) return {};
  lock.lock();
  return tell(sender, *lost);
}

/// What concerns the sender alone.
Applied ClusterOrder::tell(Outbox& sender, const Message& message) {
  auto outcome = room_.apply(&sender, message);
  return {std::move(outcome.reply), std::move(outcome.log), {}, 0};
}

Applied ClusterOrder::leave(Feed& feed, Outbox& leaver) {
  std::unique_lock lock(mutex_);
  const auto found = clients_.find(&leaver);
  if (found == clients_.end()) return {};  // it has said nothing that others know of
  const auto client = found->second;
  clients_.erase(found);
  locals_.erase(client);
  std::erase_if(feed.decisions, [&](const Feed::Decision& decision) { return decision.outbox == &leaver; });
  lock.unlock();
  if (sequencer_->submit(encode({Event::Kind::leave, node_, client}), 0)) push_unsaid_leave(client);
  return {};
}

std::string ClusterOrder::follow(const Event& event, Sequence place) {
  const std::lock_guard lock(mutex_);
  note_own(event, place);
  auto ruling = replica_.apply(event, place);
  carry_out_here(ruling);
  return std::move(ruling.outcome.log);
}

void ClusterOrder::flush() {
  const std::lock_guard lock(mutex_);
  publish_run(nullptr);
}

bool ClusterOrder::load(std::string_view snapshot) {
  const std::lock_guard lock(mutex_);
  std::vector<Change> changes;
  if (!replica_.load(snapshot, changes)) return false;
  publish_run(nullptr);
  decide(changes);
  return true;
}

std::string ClusterOrder::snapshot() {
  const std::lock_guard lock(mutex_);
  return replica_.snapshot();
}

std::string ClusterOrder::part() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::uint64_t, const Local*>> members;
  for (const auto& [client, local] : locals_) {
    if (!local.username.empty()) members.emplace_back(client, &local);
  }
  std::sort(members.begin(), members.end(),
            [](const auto& one, const auto& other) { return one.second->since < other.second->since; });
  auto part = nlohmann::json::array();
  for (const auto& [client, local] : members) part.push_back({client, local->username});
  return part.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void ClusterOrder::refuse(std::uint64_t client, const Malformed& why) {
  const std::lock_guard lock(mutex_);
  const auto local = locals_.find(client);
  if (local == locals_.end()) return;
  const auto told = room_.apply(nullptr, why);
  local->second.feed.decisions.push_back(
      {&local->second.outbox, std::nullopt, 0, encode_frame(Opcode::text, told.reply)});
  local->second.feed.wake();
}

std::vector<std::uint64_t> ClusterOrder::take_unsaid_leaves() {
  const std::lock_guard lock(mutex_);
  return std::exchange(unsaid_leaves_, {});
}

void ClusterOrder::push_unsaid_leave(std::uint64_t client) {
  const std::lock_guard lock(mutex_);
  unsaid_leaves_.push_back(client);
}

std::map<std::string, Sequence, std::less<>> ClusterOrder::nodes() {
  const std::lock_guard lock(mutex_);
  return replica_.nodes();
}

bool ClusterOrder::is_replaced() {
  const std::lock_guard lock(mutex_);
  return replica_.is_replaced();
}

std::uint64_t ClusterOrder::client_of(Feed& feed, Outbox& sender) {
  const auto [place, is_new] = clients_.try_emplace(&sender, last_client_ + 1);
  if (is_new) locals_.emplace(++last_client_, Local{feed, sender});
  return place->second;
}

/// What this node's clients are, whatever other nodes say of it meanwhile: its next part tells.
void ClusterOrder::note_own(const Event& event, Sequence place) {
  if (event.node != node_) return;
  const auto local = locals_.find(event.number);
  if (local == locals_.end()) {  // it has left since, and its leave may have had its place before
    if (event.kind == Event::Kind::login) unsaid_leaves_.push_back(event.number);
    return;
  }
  if (event.kind == Event::Kind::login) {
    if (local->second.username.empty()) local->second.since = place;
    local->second.username = event.body;
  } else if (event.kind == Event::Kind::disconnect) {
    local->second.username.clear();
  }
}

void ClusterOrder::carry_out_here(const Ruling& ruling) {
  metrics_.members = replica_.own_members();
  const auto& [text, kind, reply, log] = ruling.outcome;
  if (text.empty() || is_silent_) return;
  metrics_.deliveries += replica_.own_members();
  if (kind == Broadcast::chat) {
    append_frame(run_, Opcode::text, text);
    if (run_.size() >= limits::run_bytes) publish_run(nullptr);
    return;
  }
  publish_run(nullptr);
  decide(ruling.changes);
  publish(nullptr, encode_frame(Opcode::text, text), kind);
}

/// As of the next broadcast.
void ClusterOrder::decide(const std::vector<Change>& changes) {
  for (const auto& [client, is_member] : changes) {
    const auto local = locals_.find(client);
    if (local == locals_.end()) continue;  // it has left meanwhile
    auto& feed = local->second.feed;
    feed.decisions.push_back({&local->second.outbox, is_member, feed.news.end(), nullptr});
  }
}

}  // namespace chatlab::server::cluster
