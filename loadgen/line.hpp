// A non-blocking socket to the server, plain or TLS. It owns both, and never waits.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string_view>

#include "client/descriptor.hpp"
#include "loadgen/address.hpp"

namespace chatlab::loadgen {

/// TLS as a client that verifies certificates against the system's store.
struct TlsContext {
  struct Free {
    void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  };
  static std::unique_ptr<SSL_CTX, Free> make();
};

enum class Step { done, again, ended, failed };

class Line {
 public:
  struct Moved {
    Step step;
    std::size_t bytes;
  };

  Line() = default;

  /// Begins to connect. `failed`: error() says why.
  Step open(const Address& address, int receive_buffer_bytes);

  /// After the socket has become writable: whether it is connected.
  Step connected();

  /// Over what is connected already, until done. `host` is verified.
  Step secure(SSL_CTX* context, const std::string& host);

  Moved read(std::span<char> into);
  Moved write(std::string_view from);

  /// TLS holds bytes that epoll does not know of.
  bool is_secure() const { return tls_ != nullptr; }
  int socket() const { return socket_.get(); }
  bool is_open() const { return socket_.get() >= 0; }
  std::size_t unread_bytes() const;
  const std::string& error() const { return error_; }
  void close();

 private:
  struct FreeTls {
    void operator()(SSL* tls) const { ::SSL_free(tls); }
  };
  Moved moved_by_tls(int result);
  Step fail(std::string why);

  client::Descriptor socket_;
  std::unique_ptr<SSL, FreeTls> tls_;
  std::string error_;
};

}  // namespace chatlab::loadgen
