#include "reference-server/certificate.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <csignal>
#include <cstring>

namespace chatlab::server {

boost::system::result<std::shared_ptr<SSL_CTX>, std::string> load_certificate(
    const std::string& certificate_file, const std::string& key_file) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets whose peers may have gone
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const auto in_words = [](std::string_view what, const std::string& file) {
    const auto first = ERR_peek_error();  // those after it say only what it was needed for
    const char* reason =
        ERR_SYSTEM_ERROR(first) ? std::strerror(ERR_GET_REASON(first)) : ERR_reason_error_string(first);
    return fmt::format("cannot use {} as the {}: {}", file, what,
                       reason ? reason : "OpenSSL does not say why");
  };
  if (!context) return in_words("base of TLS", "OpenSSL");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Buffers only while they are in use, and a record that the kernel did not take may have moved since.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return in_words("certificate", certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return in_words("certificate's key", key_file);
  }
  // A key of another kind than the certificate's is taken until it is asked for.
  if (SSL_CTX_check_private_key(context.get()) != 1) return in_words("certificate's key", key_file);
  return context;
}

}  // namespace chatlab::server
