// This server as one node of several that are one room.
#pragma once

#include <spdlog/logger.h>

#include <boost/system/result.hpp>
#include <functional>
#include <memory>
#include <string>

#include "reference-server/cluster/cluster_order.hpp"
#include "reference-server/metrics.hpp"
#include "reference-server/settings.hpp"

namespace chatlab::server::cluster {

class Membership : public Sequencer {
 public:
  /// This node's users are announced as gone, and nothing of theirs is taken any more. May take a second.
  virtual void leave() = 0;
};

/// Why a node cannot join; for the user.
struct JoinError {
  std::string text;
};

/// Joins the cluster that the settings name, and returns when this node has the room's state. `stop_server`
/// is called from another thread where another process takes this node's name, or NATS refuses it for good.
/// All arguments outlive what is returned.
boost::system::result<std::unique_ptr<Membership>, JoinError> join(const ClusterSettings& settings,
                                                                   std::uint64_t process, ClusterOrder& order,
                                                                   Metrics& metrics, spdlog::logger& log,
                                                                   std::function<void()> stop_server);

}  // namespace chatlab::server::cluster
