// The HTTP upgrade that opens a WebSocket (RFC 6455, section 4), client's side. Pure: text in, text out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client/url.hpp"

namespace chatlab::loadgen {

/// Longest answer that is read in search of its end.
inline constexpr std::size_t handshake_limit_bytes = 16 * 1024;

std::string upgrade_request(const client::Url& url);

/// Nothing while the answer's head is not whole. `head_bytes`: how much of `bytes` it is.
struct UpgradeAnswer {
  std::size_t head_bytes = 0;
  std::optional<std::string> error;  ///< why this is no upgrade
};
std::optional<UpgradeAnswer> read_upgrade_answer(std::string_view bytes);

}  // namespace chatlab::loadgen
