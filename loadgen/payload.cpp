#include "loadgen/payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

namespace chatlab::loadgen {
namespace {

// "clg:RRRRRRRR:SSSSS:QQQQQQQQ:CCCC:": offsets from where the text begins.
constexpr std::size_t sender_at = 13, sender_digits = 5;
constexpr std::size_t sequence_at = 19, sequence_digits = 8;
constexpr std::size_t check_at = 28, check_digits = 4;
constexpr std::size_t numbers_end = check_at + check_digits;
static_assert(sequence_digits == 8 && check_digits == 4, "read as one word each");
static_assert(std::endian::native == std::endian::little, "the first digit is the lowest byte of the word");

/// Tells a number that was changed on the way from one that was sent.
std::uint32_t check_of(Tag tag) {
  std::uint32_t mixed = (tag.sender + 1) * 0x9e3779b1u ^ (tag.sequence + 1) * 0x85ebca77u;
  mixed ^= mixed >> 15;
  mixed *= 0xc2b2ae3du;
  return mixed >> 16;
}

/// Eight ASCII digits at once; false where a byte is no digit. The first digit is the lowest byte of the
/// word.
bool read_eight_digits(const char* from, std::uint32_t& number) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  word ^= 0x3030303030303030;
  if (((word + 0x7676767676767676) | word) & 0x8080808080808080) return false;
  word = word * 10 + (word >> 8);
  word = ((word & 0x000000ff000000ff) * 0x000f424000000064 +
          ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
         32;
  number = static_cast<std::uint32_t>(word);
  return true;
}

/// The same word as its four hexadecimal digits in ASCII have.
std::uint32_t hex_word(std::uint32_t number) {
  std::uint32_t word = (number >> 12 & 0xf) | (number & 0xf00) | (number & 0xf0) << 12 | (number & 0xf) << 24;
  const std::uint32_t letters = ((word + 0x06060606) >> 4 & 0x01010101) * ('a' - '0' - 10);
  return word + 0x30303030 + letters;
}

void write_digits(char* to, std::size_t digits, std::uint32_t number) {
  for (std::size_t i = digits; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

void write_hex(char* to, std::size_t digits, std::uint32_t number) {
  for (std::size_t i = digits; i-- > 0; number >>= 4) to[i] = "0123456789abcdef"[number & 0xf];
}

/// False where a byte is no digit.
bool read_digits(const char* from, std::size_t digits, std::uint32_t& number) {
  number = 0;
  unsigned worst = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const unsigned digit = static_cast<unsigned char>(from[i]) - unsigned{'0'};
    worst = std::max(worst, digit);
    number = number * 10 + digit;
  }
  return worst <= 9;
}

/// The sequence number, which lies between `text`'s sender and its filler, if its check is right.
bool read_numbers(const char* text, Tag& tag) {
  if (!read_eight_digits(text + sequence_at, tag.sequence)) return false;
  std::uint32_t check = 0;
  std::memcpy(&check, text + check_at, sizeof check);
  return check == hex_word(check_of(tag));
}

/// A list under the lab's "users", or under the later editions' "active_users".
bool looks_like_a_roster(std::string_view message) {
  const auto at = message.find("users\"");
  if (at == std::string_view::npos) return false;
  const auto colon = message.find_first_not_of(" \t\r\n", at + 6);
  if (colon == std::string_view::npos || message[colon] != ':') return false;
  const auto list = message.find_first_not_of(" \t\r\n", colon + 1);
  return list != std::string_view::npos && message[list] == '[';
}

}  // namespace

Vocabulary::Vocabulary(std::string run, std::size_t text_bytes)
    : marker_(fmt::format("clg:{}:", run)),
      name_prefix_(fmt::format("lg-{}-", run)),
      text_bytes_(text_bytes) {}

std::string Vocabulary::name(std::uint32_t client) const {
  return fmt::format("{}{:05}", name_prefix_, client);
}

std::string Vocabulary::text(Tag tag) const {
  auto text = fmt::format("{}{:05}:{:08}:{:04x}:", marker_, tag.sender, tag.sequence, check_of(tag));
  // Every place in the alphabet differs from its neighbours: a text that was cut or shifted shows.
  constexpr std::string_view filler = "abcdefghijklmnopqrstuvwxyz0123456789";
  while (text.size() < text_bytes_) text += filler.substr(0, text_bytes_ - text.size());
  return text;
}

std::string Vocabulary::login(std::uint32_t client) const {
  return fmt::format(R"({{"type":"login","username":"{}"}})", name(client));
}

std::string Vocabulary::chat(Tag tag) const {
  return fmt::format(R"({{"type":"chat","username":"{}","text":"{}"}})", name(tag.sender), text(tag));
}

void Vocabulary::renumber(std::string& chat, Tag tag) const {
  char* text = chat.data() + chat.size() - text_bytes_ - 2;  // what follows the text is "}
  write_digits(text + sequence_at, sequence_digits, tag.sequence);
  write_hex(text + check_at, check_digits, check_of(tag));
}

Reader::Reader(const Vocabulary& vocabulary, std::uint32_t senders)
    : vocabulary_(vocabulary), samples_(senders) {}

bool Reader::fast(std::string_view message, Tag& tag) const {
  if (message.size() != message_bytes_ || message.empty())
    return false;  // nothing is learned yet: no sample is empty
  const char* text = message.data() + marker_at_;
  if (!read_digits(text + sender_at, sender_digits, tag.sender) || tag.sender >= samples_.size())
    return false;
  const auto& sample = samples_[tag.sender];
  if (sample.size() != message.size()) return false;
  const std::size_t before = marker_at_ + sequence_at, behind = marker_at_ + numbers_end;
  return std::memcmp(message.data(), sample.data(), before) == 0 &&
         std::memcmp(message.data() + behind, sample.data() + behind, message.size() - behind) == 0 &&
         message[marker_at_ + check_at - 1] == ':' && read_numbers(text, tag);
}

Heard Reader::slow(std::string_view message, Tag& tag) {
  const bool marked = message.find(vocabulary_.marker()) != std::string_view::npos;
  if (!marked && looks_like_a_roster(message)) return Heard::roster;
  ++parsed_;
  const auto json = nlohmann::json::parse(message, nullptr, false);
  if (!json.is_object()) return marked ? Heard::corrupted : Heard::stranger;
  const auto field = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get_ref<const std::string&>() : std::string();
  };
  const auto text = field("text");
  if (text.find(vocabulary_.marker()) == std::string::npos)
    return marked ? Heard::corrupted : Heard::stranger;
  if (text.size() != vocabulary_.text_bytes() || !text.starts_with(vocabulary_.marker()) ||
      !read_digits(text.data() + sender_at, sender_digits, tag.sender) || !read_numbers(text.data(), tag) ||
      text != vocabulary_.text(tag) || field("type") != "chat" ||
      field("username") != vocabulary_.name(tag.sender)) {
    return Heard::corrupted;
  }
  learn(message, tag);
  return Heard::chat;
}

void Reader::learn(std::string_view message, Tag tag) {
  const auto at = message.find(vocabulary_.text(tag));
  if (at == std::string_view::npos || tag.sender >= samples_.size()) return;  // written with escapes
  if (marker_at_ != at || message_bytes_ != message.size()) {
    for (auto& sample : samples_) sample.clear();  // of another shape
  }
  marker_at_ = at;
  message_bytes_ = message.size();
  samples_[tag.sender] = message;
}

bool lists(std::string_view roster, std::string_view name) {
  for (auto at = roster.find(name); at != std::string_view::npos; at = roster.find(name, at + 1)) {
    const auto end = at + name.size();
    if (at > 0 && roster[at - 1] == '"' && end < roster.size() && roster[end] == '"') return true;
  }
  return false;
}

std::size_t names_of(const Vocabulary& vocabulary, std::string_view roster) {
  std::size_t names = 0;
  const auto& prefix = vocabulary.name_prefix();
  for (auto at = roster.find(prefix); at != std::string_view::npos;
       at = roster.find(prefix, at + prefix.size()))
    ++names;
  return names;
}

}  // namespace chatlab::loadgen
