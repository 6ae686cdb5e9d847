// Any text as a message: what is taken for a login, a disconnect or a chat is a JSON object that says so, as
// a parser that builds the whole tree sees it.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "reference-server/message.hpp"
#include "reference-server/room.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  using namespace chatlab::server;
  const std::string_view text(reinterpret_cast<const char*>(data), size_bytes);
  const auto message = parse_message(text);
  const auto tree = nlohmann::json::parse(text, nullptr, false);
  const std::string type =
      tree.is_object() && tree.contains("type") && tree["type"].is_string() ? tree["type"] : "";
  if (const auto* chat = std::get_if<Chat>(&message)) {
    if (type != "chat" || chat->text.data() != text.data() || chat->text.size() != text.size()) std::abort();
  }
  if (const auto* login = std::get_if<Login>(&message)) {
    if (type != "login" || tree["username"] != login->username) std::abort();
  }
  if (std::holds_alternative<Disconnect>(message) && type != "disconnect") std::abort();
  Room room(100);
  const auto outcome = room.apply(data, message);
  if (outcome.log.find_first_of("\r\n") != std::string::npos) std::abort();
  for (const auto said : {outcome.broadcast, std::string_view(outcome.reply)}) {
    if (!said.empty() && !nlohmann::json::accept(said)) std::abort();
  }
  return 0;
}
