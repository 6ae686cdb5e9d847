#include "reference-server/transport.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>

namespace chatlab::server {
namespace {

error_code last_error() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

}  // namespace

Transport::Transport(tcp::socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  error_code ignored;  // without these it would be slower or later, but right; a dead socket fails when used
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  if (!tls) return;
  tls_.reset(SSL_new(tls));
  SSL_set_accept_state(tls_.get());
  SSL_set_fd(tls_.get(), socket_.native_handle());
}

Transfer Transport::receive(std::span<char> into) {
  if (tls_) return receive_tls(into);
  const auto size_bytes = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
  if (size_bytes < 0) return {0, last_error()};
  if (size_bytes == 0) return {0, asio::error::eof};
  return {static_cast<std::size_t>(size_bytes), {}};
}

Transfer Transport::send(std::span<const iovec> buffers) {
  if (tls_) return send_tls(buffers);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(buffers.data());  // the kernel does not write to it
  message.msg_iovlen = buffers.size();
  const int socket = socket_.native_handle();
  // Mostly there is one, and then the simpler call is the cheaper one.
  const auto size_bytes = buffers.size() == 1
                              ? ::send(socket, buffers[0].iov_base, buffers[0].iov_len, MSG_NOSIGNAL)
                              : ::sendmsg(socket, &message, MSG_NOSIGNAL);
  if (size_bytes < 0) return {0, last_error()};
  Transfer sent{static_cast<std::size_t>(size_bytes), {}};
  std::size_t wanted_bytes = 0;
  for (const auto& buffer : buffers) wanted_bytes += buffer.iov_len;
  if (sent.size_bytes < wanted_bytes) sent.failed = asio::error::would_block;
  return sent;
}

void Transport::finish_sending() {
  if (tls_ && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
  error_code ignored;  // it has gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

Transfer Transport::receive_tls(std::span<char> into) {
  std::size_t size_bytes = 0;
  wants_to_write_ = !record_.empty();
  while (size_bytes < into.size()) {  // a record has 16 KiB at most
    ERR_clear_error();
    std::size_t record_bytes = 0;
    const int result =
        SSL_read_ex(tls_.get(), into.data() + size_bytes, into.size() - size_bytes, &record_bytes);
    size_bytes += record_bytes;
    if (result <= 0 && size_bytes > 0) return {size_bytes, {}};  // what is wrong will show the next time
    if (result <= 0) return {0, tls_failure(result)};
  }
  return {size_bytes, {}};
}

/// TLS takes a record as a whole, and wants the same one again where the kernel was full: so it is copied.
Transfer Transport::send_tls(std::span<const iovec> buffers) {
  constexpr std::size_t record_bytes = 16 * 1024;
  std::size_t taken_bytes = 0;
  for (const auto& buffer : buffers) {
    std::string_view rest(static_cast<const char*>(buffer.iov_base), buffer.iov_len);
    while (!rest.empty()) {
      if (record_.size() >= record_bytes) {
        if (const auto failed = send_record()) return {taken_bytes, failed};
      }
      const auto part = rest.substr(0, record_bytes - record_.size());
      record_.append(part);
      rest.remove_prefix(part.size());
      taken_bytes += part.size();
    }
  }
  return {taken_bytes, send_record()};
}

error_code Transport::send_record() {
  wants_to_write_ = false;
  const bool shakes_hands = !SSL_is_init_finished(tls_.get());
  if (record_.empty() && !shakes_hands) return {};
  ERR_clear_error();
  std::size_t written_bytes = 0;
  const int result = shakes_hands ? SSL_do_handshake(tls_.get())
                                  : SSL_write_ex(tls_.get(), record_.data(), record_.size(), &written_bytes);
  if (result <= 0) return tls_failure(result);
  std::string().swap(record_);  // an idle connection holds no buffer
  return {};
}

error_code Transport::tls_failure(int result) {
  const int kind = SSL_get_error(tls_.get(), result);
  if (kind == SSL_ERROR_WANT_WRITE) wants_to_write_ = true;
  if (kind == SSL_ERROR_WANT_WRITE || kind == SSL_ERROR_WANT_READ) return asio::error::would_block;
  if (kind == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
  if (kind == SSL_ERROR_SYSCALL && errno != 0) return last_error();
  return asio::ssl::error::stream_truncated;  // or no TLS at all: either way it is over
}

}  // namespace chatlab::server
