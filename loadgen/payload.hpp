// What a chat of a run looks like, and how it is known again in whatever JSON a server makes of it. The run,
// the sender and the sequence number travel in "text", because servers rebuild the object. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chatlab::loadgen {

/// Which broadcast of a run.
struct Tag {
  std::uint32_t sender = 0;
  std::uint32_t sequence = 0;
  bool operator==(const Tag&) const = default;
};

/// The words of one run: names and texts. All names have one length, and so have all texts.
class Vocabulary {
 public:
  static constexpr std::size_t run_letters = 8;
  static constexpr std::size_t least_text_bytes = 33;
  static constexpr std::size_t most_text_bytes = 1'000'000;  // the lab's servers take messages of up to 1 MiB
  static constexpr std::uint32_t most_clients = 100'000;     // five digits
  static constexpr std::uint32_t most_sequences = 100'000'000;

  /// `run`: run_letters letters or digits.
  Vocabulary(std::string run, std::size_t text_bytes);

  std::string name(std::uint32_t client) const;  ///< "lg-RUN-00017"
  std::string text(Tag tag) const;               ///< "clg:RUN:00003:00000042:1f9e:..." up to text_bytes
  std::string login(std::uint32_t client) const;
  std::string chat(Tag tag) const;

  /// Puts another sequence number into what chat() has made.
  void renumber(std::string& chat, Tag tag) const;

  const std::string& marker() const { return marker_; }            ///< how a text of this run begins
  const std::string& name_prefix() const { return name_prefix_; }  ///< how a name of this run begins
  std::size_t text_bytes() const { return text_bytes_; }

 private:
  std::string marker_;
  std::string name_prefix_;
  std::size_t text_bytes_;
};

enum class Heard {
  chat,       ///< one of this run, whole and unchanged
  corrupted,  ///< one of this run, but not as it was sent
  roster,     ///< a list of users
  stranger,   ///< anything else
};

/// Knows a run's chats again. It parses JSON where it sees a message's shape for the first time and walks
/// bytes from then on: a message is known when all of it but the numbers is what was parsed before.
class Reader {
 public:
  explicit Reader(const Vocabulary& vocabulary, std::uint32_t senders);

  /// `tag` is set where the answer is chat.
  Heard read(std::string_view message, Tag& tag) {
    if (fast(message, tag)) [[likely]]
      return Heard::chat;
    return slow(message, tag);
  }

  /// Messages that had to be parsed.
  std::uint64_t parsed() const { return parsed_; }

 private:
  bool fast(std::string_view message, Tag& tag) const;
  Heard slow(std::string_view message, Tag& tag);
  void learn(std::string_view message, Tag tag);

  const Vocabulary& vocabulary_;
  std::vector<std::string> samples_;  // by sender: the last message of its that was parsed
  std::size_t marker_at_ = 0;         // in every sample
  std::size_t message_bytes_ = 0;     // of every sample; 0: none yet
  std::uint64_t parsed_ = 0;
};

/// Whether a roster names this user. `name` has nothing in it that JSON escapes.
bool lists(std::string_view roster, std::string_view name);

/// How many names of the run a roster has; each is counted as often as it is there.
std::size_t names_of(const Vocabulary& vocabulary, std::string_view roster);

}  // namespace chatlab::loadgen
