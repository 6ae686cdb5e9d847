#include "reference-server/handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace chatlab::server {
namespace {

HttpResponse refuse(const HttpRequest& request, http::status status, std::string_view words) {
  auto response = answer_plainly(request, status, words);
  response.keep_alive(false);
  return response;
}

/// Base64 of 16 bytes: the key's length and alphabet are all that can be told of it.
bool is_key(std::string_view key) {
  constexpr auto letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") && key.find_first_not_of(letters) == 22;
}

std::string accept_key(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_bytes = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &digest_bytes, EVP_sha1(), nullptr);
  std::array<unsigned char, 32> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest_bytes));
  return {encoded.begin(), encoded.begin() + length};
}

}  // namespace

HttpResponse answer_upgrade(const HttpRequest& request, std::span<const std::string> allowed_origins,
                            bool is_full) {
  if (request[http::field::sec_websocket_version] != "13") {
    auto response = refuse(request, http::status::upgrade_required, "Sec-WebSocket-Version must be 13.\n");
    response.set(http::field::sec_websocket_version, "13");
    return response;
  }
  const auto key = request[http::field::sec_websocket_key];
  if (!is_key(key) || !request.count(http::field::host)) {
    return refuse(request, http::status::bad_request, "An upgrade needs a Host and a Sec-WebSocket-Key.\n");
  }
  // Programs that are no browsers send none, and could send any.
  const auto origin = request[http::field::origin];
  const bool is_allowed = allowed_origins.empty() || origin.empty() ||
                          std::ranges::find(allowed_origins, origin) != allowed_origins.end();
  if (!is_allowed) {
    return refuse(request, http::status::forbidden, "Pages of this origin may not chat here.\n");
  }
  if (is_full) return refuse(request, http::status::service_unavailable, "The server is full.\n");
  HttpResponse response{http::status::switching_protocols, request.version()};
  response.set(http::field::upgrade, "websocket");
  response.set(http::field::connection, "Upgrade");
  response.set(http::field::sec_websocket_accept, accept_key(key));
  return response;
}

}  // namespace chatlab::server
