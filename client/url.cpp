#include "client/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cctype>
#include <charconv>

namespace chatlab::client {
namespace {

constexpr std::uint16_t plain_port = 80;
constexpr std::uint16_t secure_port = 443;

Failure not_a_url(std::string_view text, std::string_view why) {
  return Failure{
      fmt::format("'{}' is not the address of a WebSocket server: {}. Write it as ws://localhost:8081 "
                  "or wss://chat.example.org/room",
                  text, why)};
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string Url::text() const {
  return fmt::format("{}://{}:{}{}", secure ? "wss" : "ws", bracketed(host), port, target);
}

std::string Url::host_field() const {
  if (port == (secure ? secure_port : plain_port)) return bracketed(host);
  return fmt::format("{}:{}", bracketed(host), port);
}

boost::system::result<Url, Failure> parse_url(std::string_view text) {
  const bool has_scheme = text.find("://") != std::string_view::npos;
  const std::string full = has_scheme ? std::string(text) : fmt::format("ws://{}", text);
  const auto parsed = boost::urls::parse_uri(full);
  if (parsed.has_error()) return not_a_url(text, "it cannot be read as a URL");
  const auto& parts = *parsed;

  Url url;
  std::string scheme(parts.scheme());
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (scheme == "wss" || scheme == "https") {
    url.secure = true;
  } else if (scheme != "ws" && scheme != "http") {
    return not_a_url(text, fmt::format("its scheme is '{}'", scheme));
  }
  url.host = std::string(parts.host_address());
  if (url.host.empty()) return not_a_url(text, "it names no host");
  if (parts.has_userinfo()) return not_a_url(text, "it carries a user name, which WebSocket does not send");
  const auto port = std::string_view(parts.port());
  url.port = url.secure ? secure_port : plain_port;
  if (!port.empty()) {
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (failed != std::errc{} || url.port == 0) return not_a_url(text, "its port is not from 1 to 65535");
  }
  const std::string path(parts.encoded_path());
  // What follows a port that is no number is taken for a path by Boost.URL.
  if (!path.empty() && path.front() != '/') return not_a_url(text, "it cannot be read as a URL");
  url.target = path.empty() ? "/" : path;
  if (parts.has_query()) url.target += fmt::format("?{}", std::string(parts.encoded_query()));
  return url;
}

}  // namespace chatlab::client
