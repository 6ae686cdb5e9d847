#include "loadgen/handshake.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chatlab::loadgen {
namespace {

// A fixed nonce and what RFC 6455 makes of it: it guards against caches and against servers that speak no
// WebSocket, and needs no randomness for that.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

bool is_named(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         std::equal(name.begin(), name.end(), line.begin(), [](char wanted, char letter) {
           return wanted == (letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
         });
}

std::string_view field(std::string_view head, std::string_view name) {
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (!is_named(line, name)) continue;
    line.remove_prefix(name.size() + 1);
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(" \t") - begin + 1);
  }
  return {};
}

}  // namespace

std::string upgrade_request(const client::Url& url) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\nUser-Agent: chatlab-loadgen/" CHATLAB_VERSION
      "\r\n\r\n",
      url.target, url.host_field(), key);
}

std::optional<UpgradeAnswer> read_upgrade_answer(std::string_view bytes) {
  const auto end = bytes.substr(0, handshake_limit_bytes).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() < handshake_limit_bytes) return std::nullopt;
    return UpgradeAnswer{0, "its answer to the WebSocket handshake does not end"};
  }
  const auto head = bytes.substr(0, end);
  const auto first_line = head.substr(0, head.find("\r\n"));
  UpgradeAnswer answer{end + 4, std::nullopt};
  if (!first_line.starts_with("HTTP/1.1 101")) {
    answer.error =
        fmt::format("it answered '{}' where a WebSocket upgrade (101) was wanted", first_line.substr(0, 100));
  } else if (field(head, "sec-websocket-accept") != accept) {
    answer.error = "its Sec-WebSocket-Accept does not fit the key that it was sent";
  } else if (!field(head, "sec-websocket-extensions").empty()) {
    answer.error = "it chose an extension that nobody offered";
  }
  return answer;
}

}  // namespace chatlab::loadgen
