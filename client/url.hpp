// The address of a chat server, as a user writes it. Pure: no name is looked up here.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace chatlab::client {

/// Why something could not be done, in words for the user: what was wanted, what came, what to try.
struct Failure {
  std::string text;
};

struct Url {
  bool secure = false;  ///< wss: TLS
  std::string host;     ///< a name, or an address without brackets
  std::uint16_t port = 0;
  std::string target;  ///< path and query, as the HTTP request line takes them; at least "/"

  /// The address in full: "ws://localhost:8081/".
  std::string text() const;

  /// What goes into the Host field: the port only where it is not the scheme's own.
  std::string host_field() const;
};

/// Understands ws:// and wss://, http:// and https:// (a tunnel's address, say) and a bare
/// host[:port][/path].
boost::system::result<Url, Failure> parse_url(std::string_view text);

}  // namespace chatlab::client
