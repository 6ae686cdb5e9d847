// What the command line can say about a server. Plain values; their defaults are the server's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "reference-server/limits.hpp"

namespace chatlab::server {

/// Several servers that are one room.
struct ClusterSettings {
  std::vector<std::string> urls = {};  ///< of NATS; empty: no cluster
  std::string room = "chat";
  std::string node = {};              ///< this server's name; other nodes have others
  std::string credentials_file = {};  ///< NATS' own kind; empty: none
  std::string ca_file = {};           ///< PEM; empty: the system's
  std::chrono::milliseconds node_timeout = limits::node_silence;

  bool is_wanted() const { return !urls.empty(); }
};

struct Settings {
  std::string host;           ///< name or address; empty: loopback, both 127.0.0.1 and ::1
  std::uint16_t port = 8081;  ///< 0: a free one; the same for every address
  std::size_t threads = 1;

  std::size_t message_limit_bytes = limits::message_bytes;
  std::size_t username_limit_bytes = limits::username_bytes;
  std::size_t outbox_limit_bytes = limits::outbox_bytes;
  std::size_t connection_limit = 0;  ///< WebSocket connections at once; 0: as many as there are descriptors
  std::chrono::milliseconds idle_timeout = limits::idle;
  std::chrono::milliseconds http_timeout = limits::http_exchange;
  std::chrono::milliseconds drain_timeout = limits::farewell;
  bool coalesce_rosters = false;  ///< a roster that still waits gives way to a newer one of its type

  std::vector<std::string> allowed_origins = {};  ///< of browsers' pages; empty: all
  bool trust_proxy = false;                       ///< X-Forwarded-For names the client in the log

  std::string certificate_file = {};  ///< PEM, with its chain; empty: no TLS
  std::string key_file = {};          ///< PEM

  ClusterSettings cluster = {};
};

}  // namespace chatlab::server
