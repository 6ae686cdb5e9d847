// Where a server is, as the kernel takes it.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "client/url.hpp"

namespace chatlab::loadgen {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  bool is_loopback() const;
};

/// The address of each node of a room; one where the server is alone.
using Addresses = std::vector<Address>;

/// All addresses of the host, in the resolver's order; as long as the resolver takes.
boost::system::result<std::vector<Address>, client::Failure> resolve(const client::Url& url);

/// The first one that accepts a connection, a few seconds for each.
boost::system::result<Address, client::Failure> first_that_accepts(const client::Url& url,
                                                                   const std::vector<Address>& addresses);

}  // namespace chatlab::loadgen
