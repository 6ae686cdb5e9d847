#include "reference-server/room.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace chatlab::server {
namespace {

/// Lets std::visit choose by the message's type among several lambdas.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

/// Foreign text, made fit for one line of a log: control characters and quotes are escaped.
std::string in_one_line(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

Frame error_reply(const Malformed& malformed) {
  const nlohmann::ordered_json reply = {{"error", malformed.error}, {"details", malformed.details}};
  return encode_text_frame(reply.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

Outcome Room::apply(Recipient& sender, const Message& message) {
  return std::visit(
      Overloaded{
          [&](const Login& message) { return login(sender, message); },
          [&](const Disconnect&) { return disconnect(sender); },
          // P4, P10: as it came, to everybody who is logged in, whoever sent it.
          [&](const Chat& message) {
            return Outcome{encode_text_frame(message.text), nullptr, {}};
          },
          [&](const Unrecognized& message) {  // P5
            return Outcome{nullptr, nullptr, "Unrecognized message type: " + in_one_line(message.type)};
          },
          [&](const Malformed& message) {  // P6, P9
            return Outcome{nullptr, error_reply(message),
                           "Malformed message: " + message.error + " " + in_one_line(message.details)};
          },
      },
      message);
}

Outcome Room::leave(Recipient& leaver) {
  if (!forget(leaver)) return {};
  return {roster("disconnect"), nullptr, {}};
}

Outcome Room::login(Recipient& sender, const Login& login) {
  const auto place = std::find(members_.begin(), members_.end(), &sender);
  if (place == members_.end()) {
    members_.push_back(&sender);
    names_.push_back(login.username);
  } else {  // P2: a second login replaces the name in its place
    names_[static_cast<std::size_t>(place - members_.begin())] = login.username;
  }
  return {roster("login"), nullptr, {}};
}

Outcome Room::disconnect(Recipient& sender) {
  if (!forget(sender)) return {nullptr, nullptr, "Disconnect from a socket that is not logged in"};  // P8
  return {roster("disconnect"), nullptr, {}};  // P3: the leaver is no longer among the recipients
}

bool Room::forget(Recipient& leaver) {
  const auto place = std::find(members_.begin(), members_.end(), &leaver);
  if (place == members_.end()) return false;
  names_.erase(names_.begin() + (place - members_.begin()));
  members_.erase(place);
  return true;
}

Frame Room::roster(const char* type) const {
  const nlohmann::ordered_json message = {{"type", type}, {"users", names_}};
  return encode_text_frame(message.dump());
}

}  // namespace chatlab::server
