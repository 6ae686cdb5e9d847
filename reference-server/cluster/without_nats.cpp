// For builds that have no NATS.
#include "reference-server/cluster/membership.hpp"

namespace chatlab::server::cluster {

boost::system::result<std::unique_ptr<Membership>, JoinError> join(const ClusterSettings&, std::uint64_t,
                                                                   ClusterOrder&, Metrics&, spdlog::logger&,
                                                                   std::function<void()>) {
  return JoinError{"this build has no NATS, so --cluster cannot be had: install libnats-dev and build again"};
}

}  // namespace chatlab::server::cluster
