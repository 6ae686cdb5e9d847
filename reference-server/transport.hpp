// The bytes of one connection, plain or under TLS. It owns the socket, takes and gives what can be had at
// once, and never waits: whoever calls it waits for the socket to be ready.
#pragma once

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string>

namespace chatlab::server {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// How much went over, and why it was not more; would_block is no failure of the connection.
struct Transfer {
  std::size_t size_bytes = 0;
  error_code failed;
};

class Transport {
 public:
  /// `tls` null: plain. The socket becomes non-blocking.
  Transport(tcp::socket socket, SSL_CTX* tls);

  /// What has come, as much as fits. asio::error::eof where the peer has ended its side.
  Transfer receive(std::span<char> into);

  /// What the kernel takes of these.
  Transfer send(std::span<const iovec> buffers);

  /// True where it must be written to (or, in a handshake, may be) before it can go on.
  bool wants_to_write() const { return wants_to_write_; }

  /// True where bytes have come that no readiness of the socket will tell of.
  bool has_received() const { return tls_ && SSL_has_pending(tls_.get()); }

  /// Says that nothing more will be sent.
  void finish_sending();

  tcp::socket& socket() { return socket_; }

 private:
  struct Free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };

  Transfer receive_tls(std::span<char> into);
  Transfer send_tls(std::span<const iovec> buffers);
  error_code send_record();
  error_code tls_failure(int result);

  tcp::socket socket_;
  std::unique_ptr<SSL, Free> tls_;
  std::string record_;  // taken from the caller, and not by the kernel yet
  bool wants_to_write_ = false;
};

}  // namespace chatlab::server
