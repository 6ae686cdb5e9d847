// How a server is to be reached: its address, and what the handshakes with it need besides.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/url.hpp"

namespace chatlab::client {

struct Access {
  Access() = default;
  Access(Url url) : url(std::move(url)) {}  // NOLINT: an address alone is the usual way

  Url url;
  std::vector<Url> nodes;  ///< of one room, dealt out to clients in turn; empty: there is `url` alone
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the upgrade request, beside its own
  std::chrono::milliseconds connect_timeout{};  ///< until a connection is open; 0: as long as for a message
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< null: verified against the system's store

  /// How the client of that number, counted from 0, reaches its node.
  Access for_client(std::size_t number) const;

  /// How each of the nodes is reached.
  std::vector<Access> of_each_node() const;
};

/// TLS for servers whose certificate leads to one of the authorities in a PEM file. A failure names the file
/// and the reason.
boost::system::result<std::shared_ptr<boost::asio::ssl::context>, Failure> trust_authorities(
    const std::string& file);

/// TLS that believes every certificate.
std::shared_ptr<boost::asio::ssl::context> trust_everybody();

/// "Name: value" as HTTP wants it, or what is wrong with it. Fields of the WebSocket handshake itself are
/// refused, but for Sec-WebSocket-Protocol.
boost::system::result<std::pair<std::string, std::string>, Failure> parse_header(const std::string& text);

}  // namespace chatlab::client
