#include "client/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <cctype>

namespace chatlab::client {
namespace {

namespace ssl = boost::asio::ssl;

/// What RFC 9110 allows in a field's name.
bool is_token(std::string_view name) {
  const auto is_token_character = [](unsigned char letter) {
    return std::isalnum(letter) || std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_character);
}

bool belongs_to_the_handshake(std::string_view name) {
  const auto is = [&](std::string_view other) { return boost::iequals(name, other); };
  return is("Host") || is("Connection") || is("Upgrade") || is("Content-Length") || is("Transfer-Encoding") ||
         (boost::istarts_with(name, "Sec-WebSocket-") && !is("Sec-WebSocket-Protocol"));
}

}  // namespace

Access Access::for_client(std::size_t number) const {
  auto access = *this;
  access.nodes.clear();
  if (!nodes.empty()) access.url = nodes[number % nodes.size()];
  return access;
}

std::vector<Access> Access::of_each_node() const {
  std::vector<Access> all;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, nodes.size()); ++i) all.push_back(for_client(i));
  return all;
}

boost::system::result<std::shared_ptr<ssl::context>, Failure> trust_authorities(const std::string& file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  context->set_verify_mode(ssl::verify_peer);
  boost::system::error_code failed;
  context->load_verify_file(file, failed);
  if (failed) {
    return Failure{
        fmt::format("no certificates could be read from '{}' (PEM is wanted): {}", file, failed.message())};
  }
  return context;
}

std::shared_ptr<ssl::context> trust_everybody() {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  context->set_verify_mode(ssl::verify_none);
  return context;
}

boost::system::result<std::pair<std::string, std::string>, Failure> parse_header(const std::string& text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  if (colon == std::string::npos || !is_token(name)) {
    return Failure{fmt::format("a header is 'Name: value', not '{}'", text)};
  }
  const auto value = boost::trim_copy(text.substr(colon + 1));
  const auto is_control = [](unsigned char letter) { return letter < ' ' || letter == 0x7F; };
  if (std::any_of(value.begin(), value.end(), is_control)) {
    return Failure{fmt::format("the value of the header {} holds a control character", name)};
  }
  if (belongs_to_the_handshake(name)) {
    return Failure{fmt::format("the header {} is the WebSocket handshake's own and cannot be given", name)};
  }
  return std::pair(name, value);
}

}  // namespace chatlab::client
