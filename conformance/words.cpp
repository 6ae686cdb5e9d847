#include "conformance/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "conformance/legible.hpp"
#include "conformance/pattern.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

class Teller {
 public:
  explicit Teller(const std::string& tag) : tag_(tag) {}

  std::string operator()(const Connect& connect) const { return connect.client + " connects"; }
  std::string operator()(const Send& send) const {
    const auto form = send.form == client::Form::binary      ? " as a binary message"
                      : send.form == client::Form::fragments ? " in fragments"
                      : send.is_raw                          ? " as it stands"
                                                             : "";
    const auto text = send.payload().empty() ? "an empty message" : message_in_words(send.payload(), tag_);
    return fmt::format("{} {}{} {}{}", listed_briefly(send.clients), verb(send.clients, "send"),
                       times(send.times), text, form);
  }
  std::string operator()(const Ping& ping) const { return ping.client + " pings and receives a pong"; }
  std::string operator()(const Receive& receive) const {
    const auto count = receive.patterns.size() > 1 ? receive.patterns.size() : std::size_t(receive.times);
    const auto each = receive.clients.size() > 1 ? " each" : "";
    const auto frame = receive.text_frames_only ? " in a text frame" : "";
    const auto what = shown(receive.patterns.front());
    if (count > 1) {
      return fmt::format("{} {} {} messages in order, exactly one copy of each{}, the first of them {}",
                         listed_briefly(receive.clients), verb(receive.clients, "receive"), count, frame,
                         what);
    }
    return fmt::format("{} {} {}{}, {} one copy{}", listed_briefly(receive.clients),
                       verb(receive.clients, "receive"), what, frame,
                       receive.copies_allowed ? "at least" : "exactly", each);
  }
  std::string operator()(const NeverReceive& never) const {
    return fmt::format("{} {} not receive {}", listed_briefly(never.clients),
                       never.clients.size() > 1 ? "do" : "does", alternatives(never.pattern));
  }
  std::string operator()(const Close& close) const {
    return fmt::format("{} closes{}", close.client,
                       close.wants_answer ? ", and the server answers with a close frame" : "");
  }
  std::string operator()(const StopReading& stop) const { return stop.client + " stops reading"; }
  std::string operator()(const ServerLogs& logs) const {
    return untagged(
        fmt::format("the server prints \"{}\", in whatever case", fmt::join(logs.texts, "\" and \"")), tag_);
  }
  std::string operator()(const Vanish& vanish) const {
    return vanish.client + "'s connection breaks off without a word";
  }
  std::string operator()(const Fence& fence) const {
    return fmt::format(
        "then {} {} a marker chat; where it has arrived, nothing that was caused before can follow",
        listed_briefly(fence.clients), verb(fence.clients, "send"));
  }
  std::string operator()(const Repeat& repeat) const {
    std::vector<std::string> steps;
    for (const auto& step : repeat.steps) steps.push_back(in_words(step, tag_));
    return fmt::format("again and again until what is expected has come: {}", fmt::join(steps, "; "));
  }

 private:
  static std::string verb(const std::vector<std::string>& clients, std::string_view plural) {
    return fmt::format("{}{}", plural, clients.size() > 1 ? "" : "s");
  }
  static std::string times(int count) { return count > 1 ? fmt::format(" {} times", count) : ""; }

  std::string shown(const Json& pattern) const { return message_in_words(describe_pattern(pattern), tag_); }
  std::string alternatives(const Json& pattern) const {
    if (matcher_of(pattern) != "one of") return shown(pattern) + without(pattern);
    std::vector<std::string> any;
    for (const auto& one : pattern["one of"]) any.push_back(shown(one) + without(one));
    return fmt::format("{}", fmt::join(any, " or "));
  }
  /// describe_pattern shows a message that would match, and so leaves out what must not be there.
  static std::string without(const Json& pattern) {
    if (!pattern.is_object()) return "";
    for (const auto& field : pattern.items()) {
      if (field.value() == "$absent") return fmt::format(" without \"{}\"", field.key());
    }
    return "";
  }

  const std::string& tag_;
};

}  // namespace

std::string in_words(const Step& step, const std::string& tag) {
  return std::visit(Teller(tag), step.action);
}

std::string message_in_words(const std::string& text, const std::string& tag) {
  return shortened(untagged(text, tag));
}

}  // namespace chatlab::conformance
