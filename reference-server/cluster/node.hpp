// A node of a cluster on NATS. A JetStream stream gives every event of the room its place; the node follows
// it from end to end, and when it has lost the thread it asks another node for the room's state and begins
// from there. It owns its connection and a thread, in which all of it happens but submit().
//
//   away      no connection, or not yet where this node's part can be said: what clients say is refused
//   catching  follows the stream up to where it stood; then it says its part
//   joined    its own part has come back in the sequence: what clients say is taken
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "reference-server/cluster/follower.hpp"
#include "reference-server/cluster/membership.hpp"
#include "reference-server/cluster/nats.hpp"
#include "reference-server/cluster/neighbours.hpp"

namespace chatlab::server::cluster {

namespace asio = boost::asio;

class Node : public Membership {
 public:
  using Clock = std::chrono::steady_clock;

  Node(const ClusterSettings& settings, std::uint64_t process, ClusterOrder& order, Metrics& metrics,
       spdlog::logger& log, std::function<void()> stop_server);
  ~Node() override;

  /// Connects, and enters the room. Before anything else.
  std::optional<JoinError> start();

  std::optional<Malformed> submit(std::string event, std::uint64_t client) override;
  void leave() override;

 private:
  enum class Phase { away, catching, joined };
  /// What NATS' threads may touch, also when the node has ended.
  struct Shared {
    asio::io_context io_context{1};
    std::atomic<bool> is_taking = false;       // what clients say
    std::atomic<std::uint64_t> under_way = 0;  // events that have no place yet
    std::atomic<std::size_t> under_way_bytes = 0;
  };

  nats::Listener listener();
  void begin_anew();
  std::optional<std::string> enter();
  nats::Result<Sequence> take_state(const nats::Subscription& inbox, Sequence hello);
  void return_to_stream();
  void take_events();
  void apply(const Event& event, Sequence place);
  void catch_up();
  void become(Phase phase);
  void say_part_when_caught_up();
  void say_leaves();
  void tick();
  void give_up_silent_nodes(Clock::time_point now);
  void look_at_stream();
  void settle(std::string_view text, const std::string& lost);
  bool put_soon(std::string_view text);
  bool put(std::string_view text);
  void post(void (Node::*task)());
  std::string subject(std::string_view name) const;
  std::chrono::milliseconds answer_time() const { return settings_.node_timeout / 4; }

  const ClusterSettings& settings_;
  const std::uint64_t process_;
  ClusterOrder& order_;
  Metrics& metrics_;
  spdlog::logger& log_;
  std::function<void()> stop_server_;

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::unique_ptr<nats::Connection> connection_;
  std::unique_ptr<Follower> stream_;
  nats::Subscription beats_, presence_;
  asio::steady_timer timer_{shared_->io_context};
  std::thread thread_;

  Phase phase_ = Phase::away;
  bool has_left_ = false;
  bool is_connected_ = false;
  bool is_drained_ = false;  // all that was under way has its place, or is lost
  bool has_said_part_ = false;
  bool is_part_too_long_ = false;
  Sequence stream_end_ = 0;    // to be caught up with
  Sequence looked_place_ = 0;  // that was reached at the last look at the stream
  Clock::time_point looked_;
  Clock::time_point ticked_;
  Neighbours neighbours_;
};

}  // namespace chatlab::server::cluster
