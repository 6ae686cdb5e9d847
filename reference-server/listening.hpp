// Where the server listens: from a host and a port to sockets that accept, or to words for the user.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <vector>

namespace chatlab::server {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// Why the server cannot listen, in one line for the user.
struct ListenError {
  std::string text;
};

/// One for every address of `host`, IPv4 first; empty: both 127.0.0.1 and, where there is one, ::1. All have
/// the same port; with port 0 a free one.
boost::system::result<std::vector<tcp::acceptor>, ListenError> open_acceptors(asio::io_context& io_context,
                                                                              const std::string& host,
                                                                              std::uint16_t port);

}  // namespace chatlab::server
