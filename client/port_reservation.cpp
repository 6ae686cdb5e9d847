#include "client/port_reservation.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <fstream>
#include <random>
#include <utility>

namespace chatlab::client {
namespace {

constexpr std::uint16_t lowest_port = 10000;  // below it are the ports that people and services choose

/// Ports from here on are given by the kernel to outgoing connections: a free one could be taken again before
/// the server binds it.
std::uint16_t first_ephemeral_port() {
  std::uint16_t first = 32768;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
  return first;
}

std::pair<std::uint16_t, std::uint16_t> range() {
  constexpr std::uint16_t enough = 1000;  // ports; else the kernel's have to do
  const auto end = first_ephemeral_port();
  if (end < lowest_port + enough) return {lowest_port, 65535};
  return {lowest_port, static_cast<std::uint16_t>(end - 1)};
}

template <class Address>
bool binds(int family, const Address& address) {
  const Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return true;  // a machine without this family has nobody who listens there
  if (family == AF_INET6) {
    const int only_ipv6 = 1;
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof only_ipv6);
  }
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
         errno == EADDRNOTAVAIL;
}

bool is_free(std::uint16_t port) {
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_addr.s_addr = htonl(INADDR_ANY);
  ipv4.sin_port = htons(port);
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_addr = in6addr_any;
  ipv6.sin6_port = htons(port);
  return binds(AF_INET, ipv4) && binds(AF_INET6, ipv6);
}

}  // namespace

std::unique_ptr<PortReservation> PortReservation::make() {
  const auto [first, last] = range();
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<std::uint16_t> any(first, last);
  constexpr int tries = 1000;
  for (int attempt = 0; attempt < tries; ++attempt) {
    std::unique_ptr<PortReservation> reservation(new PortReservation(any(random)));
    if (reservation->lock() && is_free(reservation->number_)) return reservation;
  }
  return nullptr;
}

// A socket with a name in Linux's abstract namespace: one owner at a time, and gone with its owner.
bool PortReservation::lock() {
  lock_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto text = fmt::format("chatlab-port-{}", number_);
  text.copy(name.sun_path + 1, sizeof name.sun_path - 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  return ::bind(lock_.get(), reinterpret_cast<sockaddr*>(&name), size) == 0;
}

}  // namespace chatlab::client
