#include "reference-server/cluster/node.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "reference-server/limits.hpp"

namespace chatlab::server::cluster {

Node::Node(const ClusterSettings& settings, std::uint64_t process, ClusterOrder& order, Metrics& metrics,
           spdlog::logger& log, std::function<void()> stop_server)
    : settings_(settings),
      process_(process),
      order_(order),
      metrics_(metrics),
      log_(log),
      stop_server_(std::move(stop_server)),
      neighbours_(settings.node_timeout) {
  metrics_.cluster.is_wanted = true;
}

Node::~Node() {
  leave();
}

// ---- joining and leaving ----

std::optional<JoinError> Node::start() {
  const auto cannot = [&](const std::string& why) {
    return JoinError{fmt::format("cannot join the cluster '{}' at {}: {}", settings_.room,
                                 fmt::join(settings_.urls, ","), why)};
  };
  auto opened = nats::Connection::open({settings_.urls, "chatlab-server " + settings_.node,
                                        settings_.credentials_file, settings_.ca_file, answer_time()},
                                       listener());
  if (opened.has_error()) return cannot(opened.error().text);
  connection_ = std::move(*opened);
  is_connected_ = true;
  stream_ = std::make_unique<Follower>(
      *connection_, "chatlab-" + settings_.room, subject("events"),
      [this, shared = shared_] { asio::post(shared->io_context, [this] { take_events(); }); });
  auto beats = connection_->subscribe(
      subject("beats"), [this, shared = shared_](std::string_view node, std::string_view) {
        asio::post(shared->io_context,
                   [this, node = std::string(node)] { neighbours_.hear(node, Clock::now()); });
      });
  if (beats.has_error()) return cannot(beats.error().text);
  beats_ = std::move(*beats);
  if (const auto why = enter()) return cannot(*why);
  tick();
  const auto until = Clock::now() + 2 * settings_.node_timeout;
  while (phase_ != Phase::joined && Clock::now() < until) shared_->io_context.run_one_until(until);
  if (phase_ != Phase::joined) return cannot("this node's own events do not come back");
  thread_ = std::thread([this] {
    const auto work = asio::make_work_guard(shared_->io_context);
    shared_->io_context.run();
  });
  return std::nullopt;
}

void Node::leave() {
  if (!thread_.joinable()) return;
  std::promise<void> left;
  asio::post(shared_->io_context, [&] {
    has_left_ = true;
    become(Phase::away);
    const auto nodes = order_.nodes();
    const auto own = nodes.find(settings_.node);
    if (own != nodes.end() && is_connected_ && !order_.is_replaced()) {
      // Where it fails the other nodes notice that there are no beats.
      std::ignore = connection_->put(subject("events"), encode({Event::Kind::gone, own->first, own->second}));
    }
    left.set_value();
  });
  left.get_future().wait();
  shared_->io_context.stop();
  thread_.join();
  stream_->end();
  connection_->close();  // and stays: other threads may still submit
}

nats::Listener Node::listener() {
  nats::Listener listener;
  listener.disconnected = [this, shared = shared_] {
    shared->is_taking = false;
    asio::post(shared->io_context, [this] {
      is_connected_ = false;
      if (!has_left_) log_.warn("The cluster is away: the connection to NATS was lost");
      become(Phase::away);
    });
  };
  listener.connected_again = [this, shared = shared_] {
    asio::post(shared->io_context, [this] {
      is_connected_ = true;
      neighbours_.hear_of_all(Clock::now());  // they were away as well
      return_to_stream();
    });
  };
  listener.closed = [this, shared = shared_] {
    asio::post(shared->io_context, [this] {
      if (has_left_) return;
      log_.error("NATS refuses this node for good: it ends");
      stop_server_();
    });
  };
  listener.settled = [this, shared = shared_](std::string_view text, const std::optional<std::string>& lost) {
    shared->under_way_bytes -= text.size();
    const bool was_last = --shared->under_way == 0;
    if (lost) {
      asio::post(shared->io_context, [this, text = std::string(text), lost = *lost] { settle(text, lost); });
    } else if (was_last && !shared->is_taking) {
      asio::post(shared->io_context, [this] { say_part_when_caught_up(); });
    }
  };
  return listener;
}

// ---- into the room, with another node's state of it ----

void Node::begin_anew() {
  if (const auto why = enter()) {
    log_.warn("The cluster cannot be entered: {}", *why);  // tick() tries again
    become(Phase::away);
  }
}

/// Says hello, which has a place in the sequence; takes the state at that place; follows from there.
std::optional<std::string> Node::enter() {
  become(Phase::away);
  presence_.reset();
  if (const auto failed = stream_->begin()) return failed->text;
  const auto inbox_name = connection_->make_inbox();
  const auto inbox = connection_->subscribe(inbox_name);
  if (inbox.has_error()) return inbox.error().text;
  const auto hello =
      connection_->put(subject("events"), encode({Event::Kind::hello, settings_.node, process_, inbox_name}));
  if (hello.has_error()) return hello.error().text;
  const auto place = take_state(*inbox, *hello);
  if (place.has_error()) return place.error().text;
  auto presence = connection_->subscribe(
      subject("presence"), [this, shared = shared_](std::string_view, std::string_view answer_to) {
        asio::post(shared->io_context, [this, answer_to = std::string(answer_to)] {
          if (connection_) connection_->publish(answer_to, "here");
        });
      });
  if (presence.has_error()) return presence.error().text;
  presence_ = std::move(*presence);
  if (const auto failed = stream_->follow_from(*place)) return failed->text;
  catch_up();
  return std::nullopt;
}

/// From any node that is in the room: they all come by the hello, and have the same state there. Where none
/// tells it, the room is empty from a place of its own on, also for those who cannot be reached now. Returns
/// the place of the state.
nats::Result<Sequence> Node::take_state(const nats::Subscription& inbox, Sequence hello) {
  const auto until = Clock::now() + settings_.node_timeout;
  const auto head = std::to_string(hello) + "\n";
  do {
    if (connection_->ask(subject("presence")) == nats::Connection::Answer::nobody_there) break;
    const auto message = connection_->next(inbox, answer_time());
    if (!message) continue;
    const auto text = nats::data_of(message.get());
    if (text.starts_with(head) && order_.load(text.substr(head.size()))) return hello;
  } while (Clock::now() < until);
  const auto fresh =
      connection_->put(subject("events"), encode({Event::Kind::fresh, settings_.node, process_}));
  if (fresh.has_value()) order_.load("");
  return fresh;
}

/// After a while without NATS: nothing is lost where the stream is still the same and reaches back so far.
void Node::return_to_stream() {
  const auto stream = stream_->look();
  if (!stream) return;  // tick() tries again
  const bool goes_on = presence_ && stream->is_same && stream->first <= stream_->place() + 1;
  if (!goes_on) return begin_anew();
  if (!stream_->follow_on()) catch_up();
}

// ---- along the sequence ----

void Node::take_events() {
  const auto gap = stream_->take([this](Sequence place, std::string_view text) {
    if (const auto event = parse_event(text)) {
      apply(*event, place);
    } else {
      log_.warn("The event {} of the stream is none that this server knows", place);
    }
  });
  order_.flush();
  if (gap) {
    log_.warn("The stream no longer holds the events {} to {}: this node begins anew", gap->first, gap->last);
    return begin_anew();
  }
  metrics_.cluster.place = stream_->place();
  say_part_when_caught_up();
}

void Node::apply(const Event& event, Sequence place) {
  if (const auto line = order_.follow(event, place); !line.empty()) log_.info(line);
  const bool is_own = event.node == settings_.node;
  switch (event.kind) {
    case Event::Kind::hello:
      if (is_own && order_.is_replaced() && !std::exchange(has_left_, true)) {
        log_.error("Another process has joined the cluster as '{}': this one ends", settings_.node);
        become(Phase::away);
        stop_server_();
      } else if (!is_own) {
        const auto failed =
            connection_->publish(std::string(event.body), fmt::format("{}\n{}", place, order_.snapshot()));
        if (failed) log_.warn("'{}' cannot be told the state of the room: {}", event.node, failed->text);
      }
      break;
    case Event::Kind::part:
      if (is_own && phase_ == Phase::catching && has_said_part_) {
        become(Phase::joined);
        log_.info("Joined the cluster '{}' as '{}'", settings_.room, settings_.node);
        say_leaves();
      }
      break;
    case Event::Kind::gone:
      if (is_own && !has_left_ && phase_ == Phase::joined && !order_.nodes().contains(settings_.node)) {
        log_.warn("The other nodes gave this one up; its users are announced again");
        catch_up();
      }
      break;
    case Event::Kind::fresh:
      if (!has_left_ && phase_ != Phase::away) catch_up();
      break;
    default:
      break;
  }
}

/// What others missed of this node, its part tells them, once nothing of its own is under way.
void Node::catch_up() {
  become(Phase::catching);
  is_drained_ = false;
  has_said_part_ = false;
  say_part_when_caught_up();
}

void Node::become(Phase phase) {
  phase_ = phase;
  shared_->is_taking = phase == Phase::joined;
  metrics_.cluster.is_joined = phase == Phase::joined;
}

void Node::say_part_when_caught_up() {
  if (phase_ != Phase::catching || has_said_part_ || has_left_ || shared_->under_way != 0) return;
  if (!is_drained_) {
    const auto stream = stream_->look();
    if (!stream || !stream->is_same) return;  // tick() tries again, or begins anew
    stream_end_ = stream->last;
    is_drained_ = true;
  }
  if (stream_->place() < stream_end_) return;
  const auto part = encode({Event::Kind::part, settings_.node, process_, order_.part()});
  has_said_part_ = put_soon(part);
  const bool is_too_long = !has_said_part_ && part.size() > connection_->most_bytes();
  if (is_too_long && !std::exchange(is_part_too_long_, true)) {  // said once: it is tried at every tick
    log_.error("NATS takes no more than {} bytes, and this node's users take {}: raise its max_payload",
               connection_->most_bytes(), part.size());
  }
  is_part_too_long_ = is_too_long;
}

void Node::say_leaves() {
  for (const auto client : order_.take_unsaid_leaves()) {
    if (submit(encode({Event::Kind::leave, settings_.node, client}), 0)) order_.push_unsaid_leave(client);
  }
}

// ---- what clients say ----

std::optional<Malformed> Node::submit(std::string event, std::uint64_t client) {
  const auto refuse = [&](std::string error, std::string details) {
    if (client) ++metrics_.cluster.refused;
    return Malformed{std::move(error), std::move(details)};
  };
  const bool is_taken = ++shared_->under_way <= limits::events_under_way &&
                        shared_->under_way_bytes <= limits::stream_bytes && shared_->is_taking;
  if (is_taken && event.size() > connection_->most_bytes()) {
    --shared_->under_way;
    return refuse(
        "The message is too long.",
        fmt::format("The servers of this chat tell each other at most {} bytes.", connection_->most_bytes()));
  }
  if (is_taken && put(event)) return std::nullopt;
  if (--shared_->under_way == 0 && !shared_->is_taking) post(&Node::say_part_when_caught_up);
  return refuse("The message was not sent.",
                "The servers of this chat cannot reach each other now. Try again.");
}

/// An event that was taken is lost, or what became of it is not known.
void Node::settle(std::string_view text, const std::string& lost) {
  log_.warn("An event has no place in the stream: {}", lost);
  const auto event = parse_event(text);
  if (event && event->kind == Event::Kind::leave) {
    order_.push_unsaid_leave(event->number);
  } else if (event && event->kind == Event::Kind::part) {
    has_said_part_ = false;
  } else if (event && event->kind != Event::Kind::gone) {
    ++metrics_.cluster.refused;
    order_.refuse(event->number, {"The message may be lost.",
                                  "The servers of this chat did not hear in time what became of it."});
  }
  say_part_when_caught_up();
}

bool Node::put_soon(std::string_view text) {
  ++shared_->under_way;
  const bool is_taken = put(text);
  if (!is_taken) --shared_->under_way;
  return is_taken;
}

/// What is counted as under way already.
bool Node::put(std::string_view text) {
  shared_->under_way_bytes += text.size();
  const auto failed = connection_->put_soon(subject("events"), text);
  if (failed) shared_->under_way_bytes -= text.size();
  return !failed;
}

// ---- now and then ----

void Node::tick() {
  constexpr int beats_in_the_timeout = 8;
  const auto now = Clock::now();
  const auto since = now - std::exchange(ticked_, now);
  if (since > settings_.node_timeout / 2) neighbours_.hear_of_all(now);  // it was this node that was away
  metrics_.cluster.nodes = order_.nodes().size();
  metrics_.cluster.under_way = shared_->under_way.load();
  if (is_connected_ && !has_left_) {
    if (phase_ == Phase::away) return_to_stream();
    connection_->publish(subject("beats"), settings_.node);
    if (phase_ == Phase::joined) {
      give_up_silent_nodes(now);
      say_leaves();
    }
    if (now - looked_ >= answer_time()) {
      looked_ = now;
      look_at_stream();
    }
    say_part_when_caught_up();
  }
  timer_.expires_after(settings_.node_timeout / beats_in_the_timeout);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) tick();
  });
}

void Node::give_up_silent_nodes(Clock::time_point now) {
  for (const auto& [node, part] : order_.nodes()) {
    if (node == settings_.node || !neighbours_.is_silent(node, now)) continue;
    log_.warn("'{}' is given up: nothing was heard from it for {} ms", node, settings_.node_timeout.count());
    put_soon(encode({Event::Kind::gone, node, part}));
  }
}

/// NATS itself may have lost the stream, or a subscription may have ended without a word.
void Node::look_at_stream() {
  if (phase_ == Phase::away) return;
  const auto stream = stream_->look();
  if (!stream) return;  // of a connection that is gone NATS tells
  if (!stream->is_same) {
    log_.warn("The stream has begun anew, and so does this node");
    return begin_anew();
  }
  const bool stands_still = stream->last > stream_->place() && looked_place_ == stream_->place();
  looked_place_ = stream_->place();
  if (!stands_still) return;
  log_.info("Nothing comes from the stream any more: it is followed anew");
  if (const auto failed = stream_->follow_on()) log_.warn("The stream cannot be followed: {}", failed->text);
}

void Node::post(void (Node::*task)()) {
  asio::post(shared_->io_context, [this, task] { (this->*task)(); });
}

std::string Node::subject(std::string_view name) const {
  return fmt::format("chatlab.{}.{}", settings_.room, name);
}

// ---- the way in ----

boost::system::result<std::unique_ptr<Membership>, JoinError> join(const ClusterSettings& settings,
                                                                   std::uint64_t process, ClusterOrder& order,
                                                                   Metrics& metrics, spdlog::logger& log,
                                                                   std::function<void()> stop_server) {
  auto node = std::make_unique<Node>(settings, process, order, metrics, log, std::move(stop_server));
  order.use(*node);
  if (auto failed = node->start()) return std::move(*failed);
  return std::unique_ptr<Membership>(std::move(node));
}

}  // namespace chatlab::server::cluster
