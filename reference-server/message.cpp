#include "reference-server/message.hpp"

#include <nlohmann/json.hpp>

#include "reference-server/limits.hpp"

namespace chatlab::server {
namespace {

/// One top-level field, as far as the protocol cares: a string's value, or what kind of thing stood there.
struct Field {
  bool is_string = false;
  std::string text = "nothing";  // the string, or words such as "a number"
};

/// Walks the text without building a tree and remembers the two fields that decide what the message is.
class Envelope : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool is_object = false;
  Field type;
  Field username;
  std::string parse_error_text;

  bool null() override { return keep_kind("null"); }
  bool boolean(bool) override { return keep_kind("a boolean"); }
  bool number_integer(number_integer_t) override { return keep_kind("a number"); }
  bool number_unsigned(number_unsigned_t) override { return keep_kind("a number"); }
  bool number_float(number_float_t, const string_t&) override { return keep_kind("a number"); }
  bool binary(binary_t&) override { return keep_kind("binary"); }
  bool string(string_t& value) override {
    if (depth_ == 1 && current_) *current_ = {true, std::move(value)};
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) current_ = name == "type" ? &type : name == "username" ? &username : nullptr;
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object = true;
    return enter("an object");
  }
  bool start_array(std::size_t) override { return enter("an array"); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    parse_error_text = error.what();
    return false;
  }

 private:
  bool keep_kind(const char* kind) {
    if (depth_ == 1 && current_) *current_ = {false, kind};
    return true;
  }
  bool enter(const char* kind) {
    keep_kind(kind);
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  Field* current_ = nullptr;  // the field that the next value at depth 1 belongs to
};

/// "[json.exception.parse_error.101] parse error at line 1, ..." without the library's own prefix.
std::string plain_words(const std::string& library_error) {
  const auto end_of_prefix = library_error.find("] ");
  return library_error.substr(end_of_prefix == std::string::npos ? 0 : end_of_prefix + 2,
                              limits::quoted_bytes);
}

std::string type_in_words(const Field& type) {
  return type.is_string ? type.text.substr(0, limits::quoted_bytes) : "(" + type.text + ")";
}

}  // namespace

Message parse_message(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {  // to the parser it would be the end of the text
    return Malformed{"The message is not JSON.", "It contains a NUL character."};  // P6
  }
  if (text.starts_with(
          "\xEF\xBB\xBF")) {  // the parser would pass over it; those who receive the chat would not
    return Malformed{"The message is not JSON.", "It begins with a byte order mark."};  // P6
  }
  Envelope envelope;
  if (!nlohmann::json::sax_parse(text, &envelope)) {
    return Malformed{"The message is not JSON.", plain_words(envelope.parse_error_text)};  // P6
  }
  if (!envelope.is_object) {
    return Malformed{"The message is not a JSON object.",
                     R"(Send an object with a "type", such as {"type": "chat", ...}.)"};  // P6
  }
  if (!envelope.type.is_string) return Unrecognized{type_in_words(envelope.type)};  // P5
  if (envelope.type.text == "login") {
    if (!envelope.username.is_string || envelope.username.text.empty()) {
      return Malformed{"A login needs a username.",
                       "\"username\" must be a string that is not empty; it is " +
                           (envelope.username.is_string ? "empty" : envelope.username.text) + "."};  // P9
    }
    return Login{std::move(envelope.username.text)};
  }
  if (envelope.type.text == "disconnect") return Disconnect{};
  if (envelope.type.text == "chat") return Chat{text};
  return Unrecognized{type_in_words(envelope.type)};  // P5
}

}  // namespace chatlab::server
