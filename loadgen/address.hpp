// Where a server is, as the kernel takes it.
#pragma once

#include <sys/socket.h>

#include "client/url.hpp"

namespace chatlab::loadgen {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  bool is_loopback() const;
};

/// Resolves the host and takes the first of its addresses that accepts a connection. It waits as long as the
/// system's resolver, and a few seconds for each address.
boost::system::result<Address, client::Failure> reachable_address(const client::Url& url);

}  // namespace chatlab::loadgen
