#include "reference-server/listening.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/v6_only.hpp>

namespace chatlab::server {
namespace {

std::string in_words(const tcp::endpoint& endpoint, const error_code& failed) {
  const auto place = fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
  if (failed == asio::error::address_in_use) {
    return fmt::format(
        "port {} is in use on {}: stop what listens there, or choose another with --port (0: a free one)",
        endpoint.port(), endpoint.address().to_string());
  }
  if (failed == asio::error::access_denied) {
    return fmt::format("not allowed to listen on {}: ports below 1024 need privileges; try --port 8081",
                       place);
  }
  return fmt::format("cannot listen on {}: {}", place, failed.message());
}

boost::system::result<std::vector<tcp::endpoint>, ListenError> find_addresses(asio::io_context& io_context,
                                                                              const std::string& host,
                                                                              std::uint16_t port) {
  if (host.empty()) {
    return std::vector<tcp::endpoint>{{asio::ip::address_v4::loopback(), port},
                                      {asio::ip::address_v6::loopback(), port}};
  }
  error_code failed;
  tcp::resolver resolver(io_context);
  const auto found = resolver.resolve(host, std::to_string(port),
                                      tcp::resolver::passive | tcp::resolver::address_configured, failed);
  if (failed) return ListenError{fmt::format("no address for --host {}: {}", host, failed.message())};
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  return endpoints;
}

boost::system::result<tcp::acceptor, error_code> open(asio::io_context& io_context,
                                                      const tcp::endpoint& endpoint) {
  error_code failed;
  tcp::acceptor acceptor(io_context);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return failed;
  return acceptor;
}

/// A machine without IPv6 still has IPv4's loopback.
bool is_not_there(const error_code& failed) {
  return failed == asio::error::address_family_not_supported ||
         failed == boost::system::errc::address_not_available;
}

}  // namespace

boost::system::result<std::vector<tcp::acceptor>, ListenError> open_acceptors(asio::io_context& io_context,
                                                                              const std::string& host,
                                                                              std::uint16_t port) {
  // With port 0 the first address chooses; the second one's may be taken, and then another is tried.
  constexpr int tries_for_a_common_port = 20;
  const auto wanted = find_addresses(io_context, host, port);
  if (wanted.has_error()) return wanted.error();
  ListenError last_error{"no address to listen on"};
  for (int attempt = 0; attempt < (port == 0 ? tries_for_a_common_port : 1); ++attempt) {
    std::vector<tcp::acceptor> acceptors;
    bool is_taken = false;
    for (auto endpoint : *wanted) {
      if (!acceptors.empty()) endpoint.port(acceptors.front().local_endpoint().port());
      auto opened = open(io_context, endpoint);
      if (opened.has_value()) {
        acceptors.push_back(std::move(*opened));
      } else if (acceptors.empty() || !is_not_there(opened.error())) {
        last_error.text = in_words(endpoint, opened.error());
        is_taken = true;
        break;
      }
    }
    if (!is_taken && !acceptors.empty()) return acceptors;
  }
  return last_error;
}

}  // namespace chatlab::server
