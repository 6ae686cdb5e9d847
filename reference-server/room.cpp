#include "reference-server/room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace chatlab::server {
namespace {

/// Lets std::visit choose by the message's type among several lambdas.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 16 does not deduce it

/// Foreign text, made fit for one line of a log: control characters and quotes are escaped.
std::string in_one_line(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string error_reply(const Malformed& malformed) {
  const nlohmann::ordered_json reply = {{"error", malformed.error}, {"details", malformed.details}};
  return reply.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Outcome refuse(const Malformed& malformed) {  // P6, P9
  return {{},
          {},
          error_reply(malformed),
          "Malformed message: " + malformed.error + " " + in_one_line(malformed.details)};
}

}  // namespace

Outcome Room::apply(Member sender, const Message& message) {
  return std::visit(
      Overloaded{
          [&](const Login& message) { return login(sender, message); },
          [&](const Disconnect&) { return disconnect(sender); },
          // P4, P10: as it came, to everybody who is logged in, whoever sent it.
          [&](const Chat& message) {
            return Outcome{message.text, Broadcast::chat, {}, {}};
          },
          [&](const Unrecognized& message) {  // P5
            return Outcome{{}, {}, {}, "Unrecognized message type: " + in_one_line(message.type)};
          },
          [&](const Malformed& message) { return refuse(message); },
      },
      message);
}

Outcome Room::login(Member sender, const Login& login) {
  if (const auto wrong = objection(login)) return refuse(*wrong);
  const Joiner joiner{sender, login.username};
  return join(std::span(&joiner, 1));
}

std::optional<Malformed> Room::objection(const Login& login) const {
  if (login.username.size() <= username_limit_bytes_) return std::nullopt;
  return Malformed{"The username is too long.", fmt::format("It has {} bytes; {} are allowed.",
                                                            login.username.size(), username_limit_bytes_)};
}

Outcome Room::join(std::span<const Joiner> joiners) {
  for (const auto& joiner : joiners) {
    const auto place = std::find(members_.begin(), members_.end(), joiner.member);
    auto name =
        nlohmann::json(joiner.username).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (place == members_.end()) {
      members_.push_back(joiner.member);
      names_.push_back(std::move(name));
    } else {  // P2: a second login replaces the name in its place
      names_[static_cast<std::size_t>(place - members_.begin())] = std::move(name);
    }
  }
  return announce(Broadcast::login_roster);
}

Outcome Room::leave(std::span<const Member> leavers) {
  bool was_any = false;
  for (const auto leaver : leavers) was_any |= forget(leaver);
  return was_any ? announce(Broadcast::disconnect_roster) : Outcome{};
}

Outcome Room::disconnect(Member sender) {
  // P3: the leaver is no longer among those who are told.
  if (forget(sender)) return announce(Broadcast::disconnect_roster);
  return {{}, {}, {}, "Disconnect from a socket that is not logged in"};  // P8
}

bool Room::forget(Member leaver) {
  const auto place = std::find(members_.begin(), members_.end(), leaver);
  if (place == members_.end()) return false;
  names_.erase(names_.begin() + (place - members_.begin()));
  members_.erase(place);
  return true;
}

Outcome Room::announce(Broadcast kind) {
  roster_ =
      kind == Broadcast::login_roster ? R"({"type":"login","users":[)" : R"({"type":"disconnect","users":[)";
  for (const auto& name : names_) roster_.append(name).push_back(',');
  if (!names_.empty()) roster_.pop_back();
  roster_.append("]}");
  return {roster_, kind, {}, {}};
}

}  // namespace chatlab::server
