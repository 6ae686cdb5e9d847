// The server's TLS: a certificate and its key, from files.
#pragma once

#include <openssl/ssl.h>

#include <boost/system/result.hpp>
#include <memory>
#include <string>

namespace chatlab::server {

/// TLS 1.2 or newer with this certificate; connections that were made with an older one keep that. The error
/// is one line for the user.
boost::system::result<std::shared_ptr<SSL_CTX>, std::string> load_certificate(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace chatlab::server
