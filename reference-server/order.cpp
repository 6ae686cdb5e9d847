#include "reference-server/order.hpp"

#include "reference-server/limits.hpp"

namespace chatlab::server {

Order::Order(std::size_t username_limit_bytes, bool coalesces_rosters, Metrics& metrics)
    : room_(username_limit_bytes), metrics_(metrics), coalesces_rosters_(coalesces_rosters) {}

Feed& Order::add_feed(std::function<void()> wake) {
  return feeds_.emplace_back(
      Feed{BroadcastLog(coalesces_rosters_), BroadcastLog(coalesces_rosters_), std::move(wake)});
}

Applied Order::apply(Feed& feed, Outbox& sender, const Message& message) {
  ++metrics_.messages[message.index()];
  const std::lock_guard lock(mutex_);
  return carry_out(feed, room_.apply(&sender, message));
}

Applied Order::leave(Feed& feed, Outbox& leaver) {
  const std::lock_guard lock(mutex_);
  return carry_out(feed, room_.leave(&leaver));
}

Position Order::collect(Feed& feed) {
  const std::lock_guard lock(mutex_);
  publish_run(&feed);
  return take_news(feed);
}

void Order::fall_silent() {
  const std::lock_guard lock(mutex_);
  is_silent_ = true;
}

Applied Order::carry_out(Feed& feed, Outcome outcome) {
  metrics_.members = room_.members().size();
  Applied applied{std::move(outcome.reply), std::move(outcome.log), {}, 0};
  if (outcome.broadcast.empty() || is_silent_) return applied;
  metrics_.deliveries += room_.members().size();
  if (outcome.kind == Broadcast::chat) {  // P4: joins the chats before it; the sender is no exception
    append_frame(run_, Opcode::text, outcome.broadcast);
    feed.said_bytes += outcome.broadcast.size();
    if (run_.size() >= limits::run_bytes) publish_run(&feed);
    return applied;
  }
  // A roster stands alone, so that whoever comes or goes with it does so between two runs.
  publish_run(&feed);
  applied.position = take_news(feed);
  publish(&feed, encode_frame(Opcode::text, outcome.broadcast), outcome.kind);
  if (!coalesces_rosters_) feed.said_bytes += outcome.broadcast.size();
  applied.is_member = outcome.kind == Broadcast::login_roster;
  return applied;
}

void Order::publish_run(const Feed* from) {
  if (run_.empty()) return;
  publish(from, std::make_shared<const std::string>(std::move(run_)), Broadcast::chat);
  run_.clear();
}

void Order::publish(const Feed* from, const Frame& frames, Broadcast kind) {
  for (Feed& feed : feeds_) {
    const bool knows = &feed == from || feed.news.begin() != feed.news.end();
    feed.news.append(frames, kind);
    if (!knows) feed.wake();
  }
}

Position Order::take_news(Feed& feed) {
  feed.log.append_all(feed.news);
  for (auto& [outbox, is_member, position, reply] : feed.decisions) {
    if (reply) outbox->push(std::move(reply), feed.log.end());
    if (is_member == false && outbox->is_subscribed()) outbox->unsubscribe(feed.log, position);
    if (is_member == true && !outbox->is_subscribed()) outbox->subscribe(position);
    feed.has_decided = true;
  }
  feed.decisions.clear();
  return feed.log.end();
}

}  // namespace chatlab::server
