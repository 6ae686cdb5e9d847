#include "loadgen/address.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "client/descriptor.hpp"

namespace chatlab::loadgen {
namespace {

constexpr int connect_wait_ms = 3000;  // for one address

/// 0, or why it does not accept.
int try_connect(const Address& address) {
  const client::Descriptor socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return errno;
  if (::connect(socket.get(), address.get(), address.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd writable{socket.get(), POLLOUT, 0};
  if (::poll(&writable, 1, connect_wait_ms) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

bool Address::is_loopback() const {
  if (storage.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(storage);
    return ntohl(ipv4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&ipv6) || (IN6_IS_ADDR_V4MAPPED(&ipv6) && ipv6.s6_addr[12] == IN_LOOPBACKNET);
}

boost::system::result<std::vector<Address>, client::Failure> resolve(const client::Url& url) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int unresolved = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &wanted, &found);
  if (unresolved) {
    return client::Failure{
        fmt::format("no address for the host '{}': {}", url.host, ::gai_strerror(unresolved))};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* one = found; one; one = one->ai_next) {
    auto& address = addresses.emplace_back();
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
  }
  return addresses;
}

boost::system::result<Address, client::Failure> first_that_accepts(const client::Url& url,
                                                                   const std::vector<Address>& addresses) {
  int why = ECONNREFUSED;
  for (const auto& address : addresses) {
    why = try_connect(address);
    if (why == 0) return address;
  }
  if (why == ECONNREFUSED) {
    return client::Failure{
        fmt::format("nothing listens at {}: is the server running, and on that port?", url.text())};
  }
  return client::Failure{fmt::format("cannot connect to {}: {}", url.text(), std::strerror(why))};
}

}  // namespace chatlab::loadgen
