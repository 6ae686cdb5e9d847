#include "loadgen/line.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

namespace chatlab::loadgen {

std::unique_ptr<SSL_CTX, TlsContext::Free> TlsContext::make() {
  std::unique_ptr<SSL_CTX, Free> context(::SSL_CTX_new(::TLS_client_method()));
  ::SSL_CTX_set_default_verify_paths(context.get());
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // Thousands of idle connections keep no buffers; what a full socket refused may be offered again from
  // another place in memory.
  ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

Step Line::open(const Address& address, int receive_buffer_bytes) {
  close();
  socket_ =
      client::Descriptor(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket_.get() < 0) return fail(fmt::format("no socket: {}", std::strerror(errno)));
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  if (::connect(socket_.get(), address.get(), address.size) == 0) return Step::done;
  if (errno == EINPROGRESS) return Step::again;
  return fail(std::strerror(errno));
}

Step Line::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? Step::done : fail(std::strerror(error));
}

Step Line::secure(SSL_CTX* context, const std::string& host) {
  if (!tls_) {
    tls_.reset(::SSL_new(context));
    ::SSL_set_fd(tls_.get(), socket_.get());
    ::SSL_set_tlsext_host_name(tls_.get(), host.c_str());
    auto* verified = ::SSL_get0_param(tls_.get());
    if (!::X509_VERIFY_PARAM_set1_ip_asc(verified, host.c_str())) ::SSL_set1_host(tls_.get(), host.c_str());
  }
  ::ERR_clear_error();
  const int result = ::SSL_connect(tls_.get());
  if (result == 1) return Step::done;
  const int error = ::SSL_get_error(tls_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Step::again;
  const long verification = ::SSL_get_verify_result(tls_.get());
  if (verification != X509_V_OK) {
    return fail(
        fmt::format("its certificate cannot be trusted: {}", ::X509_verify_cert_error_string(verification)));
  }
  return fail("TLS failed; if the server does not speak TLS, use ws://");
}

Line::Moved Line::read(std::span<char> into) {
  if (tls_) {
    ::ERR_clear_error();
    return moved_by_tls(::SSL_read(tls_.get(), into.data(), static_cast<int>(into.size())));
  }
  const auto bytes = ::recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
  if (bytes > 0) return {Step::done, static_cast<std::size_t>(bytes)};
  if (bytes == 0) return {Step::ended, 0};
  if (errno == EAGAIN || errno == EINTR) return {Step::again, 0};
  return {fail(std::strerror(errno)), 0};
}

Line::Moved Line::write(std::string_view from) {
  if (tls_) {
    ::ERR_clear_error();
    return moved_by_tls(::SSL_write(tls_.get(), from.data(), static_cast<int>(from.size())));
  }
  const auto bytes = ::send(socket_.get(), from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (bytes >= 0) return {Step::done, static_cast<std::size_t>(bytes)};
  if (errno == EAGAIN || errno == EINTR) return {Step::again, 0};
  return {fail(std::strerror(errno)), 0};
}

Line::Moved Line::moved_by_tls(int result) {
  if (result > 0) return {Step::done, static_cast<std::size_t>(result)};
  switch (::SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {Step::again, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Step::ended, 0};
    default:
      return {fail("TLS broke off"), 0};
  }
}

std::size_t Line::unread_bytes() const {
  int bytes = 0;
  return ::ioctl(socket_.get(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

Step Line::fail(std::string why) {
  error_ = std::move(why);
  return Step::failed;
}

void Line::close() {
  tls_.reset();
  socket_ = client::Descriptor();
}

}  // namespace chatlab::loadgen
