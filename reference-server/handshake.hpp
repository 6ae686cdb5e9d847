// The opening handshake of RFC 6455, section 4.2: which answer a request to upgrade gets. Pure.
#pragma once

#include <span>
#include <string>

#include "reference-server/page.hpp"

namespace chatlab::server {

/// 101 where everything is right; 400, 403 (an origin that is not one of `allowed_origins`, where there are
/// any), 426 or 503 (the server is full) otherwise, in plain words and with the connection's end.
HttpResponse answer_upgrade(const HttpRequest& request, std::span<const std::string> allowed_origins,
                            bool is_full);

}  // namespace chatlab::server
