#include "conformance/proof.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/evidence.hpp"
#include "conformance/legible.hpp"
#include "conformance/pattern.hpp"
#include "conformance/tag.hpp"
#include "conformance/words.hpp"

namespace chatlab::conformance {
namespace {

/// Collects what the steps of one segment rest on.
class SegmentProof {
 public:
  SegmentProof(const Record& record, std::size_t index, const Ownership& ownership, Proof& proof)
      : record_(record),
        segment_(record.segments[index]),
        index_(index),
        evidence_(record, segment_, ownership),
        proof_(proof) {}

  void collect() {
    for (auto step = segment_.first_step; step < segment_.end_step; ++step) {
      std::visit([this](const auto& action) { prove_step(action); }, record_.plan.steps[step].action);
    }
  }

 private:
  template <class Action>
  void prove_step(const Action&) {}  // expects nothing

  void prove_step(const Receive& receive) {
    auto& expectation = add(receive);
    for (std::size_t i = 0; i < receive.patterns.size(); ++i) {
      auto message = message_of(receive.patterns[i]);
      for (const auto& client : receive.clients) sort_copies(client, receive, i, message);
      expectation.messages.push_back(std::move(message));
    }
  }

  void prove_step(const NeverReceive& never) {
    auto& expectation = add(never);
    auto message = message_of(never.pattern);
    for (const auto& client : never.clients) {
      for (const auto* frame : evidence_.matching(client, never.pattern)) {
        message.unwanted.push_back(place_of(client, frame));
      }
    }
    expectation.messages.push_back(std::move(message));
  }

  void prove_step(const Repeat& repeat) {
    for (const auto& step : repeat.steps) {
      if (const auto* receive = std::get_if<Receive>(&step.action)) prove_step(hear_once(*receive));
    }
  }

  void prove_step(const Ping& ping) { prove_answer(ping, ping.client, Event::Kind::pong, "pong"); }

  void prove_step(const Close& close) {
    if (close.wants_answer) prove_answer(close, close.client, Event::Kind::closed_by_us, "close frame");
  }

  void prove_step(const ServerLogs& logs) {
    auto& expectation = add(logs);
    Proof::Message message;
    message.text = untagged(fmt::format("{}", fmt::join(logs.texts, ", ")), record_.plan.tag);
    if (record_.problem && record_.problem->kind == Problem::Kind::not_logged) message.missing = {"the log"};
    expectation.messages.push_back(std::move(message));
  }

  /// Which of the copies that came to a client are the one that was wanted. It agrees with the judge's
  /// reading; a test holds both against each other.
  void sort_copies(const std::string& client, const Receive& receive, std::size_t i,
                   Proof::Message& message) {
    auto found = evidence_.matching(client, receive.patterns[i]);
    if (receive.text_frames_only) std::erase_if(found, [](const Event* frame) { return !frame->is_text; });
    if (found.empty()) return message.missing.push_back(client);
    const auto before = i == 0 ? Evidence::Frames() : evidence_.matching(client, receive.patterns[i - 1]);
    const bool in_order = before.empty() || before.front() < found.front();
    (in_order ? message.met : message.unwanted).push_back(place_of(client, found.front()));
    if (receive.copies_allowed || found.size() < 2) return;
    for (std::size_t copy = 1; copy < found.size(); ++copy) {
      message.unwanted.push_back(place_of(client, found[copy]));
    }
  }

  template <class Action>
  void prove_answer(const Action& action, const std::string& client, Event::Kind kind, const char* what) {
    auto& expectation = add(action);
    Proof::Message message;
    message.text = what;
    const auto& events = transcript_of(client).events;
    const auto is_answer = [&](const Event& event) { return event.kind == kind; };
    const auto answer = std::find_if(events.begin(), events.end(), is_answer);
    const bool in_vain = record_.problem && record_.problem->client == client;
    if (answer == events.end() || in_vain) {
      message.missing.push_back(client);
    } else {
      message.met.push_back(place_of(client, &*answer));
    }
    expectation.messages.push_back(std::move(message));
  }

  /// What is repeated has to come once, in whichever round.
  static Receive hear_once(Receive receive) {
    receive.copies_allowed = true;
    return receive;
  }

  template <class Action>
  Proof::Expectation& add(const Action& action) {
    const auto words = in_words(Step{action, 0}, record_.plan.tag);
    return proof_.expectations.emplace_back(Proof::Expectation{words, index_, {}});
  }

  Proof::Message message_of(const Json& pattern) const {
    return {untagged(describe_pattern(pattern), record_.plan.tag), {}, {}, {}};
  }

  Proof::Frame place_of(const std::string& client, const Event* event) const {
    return {client, static_cast<std::size_t>(event - transcript_of(client).events.data())};
  }

  const Transcript& transcript_of(const std::string& client) const {
    const auto is = [&](const Transcript& transcript) { return transcript.client == client; };
    return *std::find_if(record_.transcripts.begin(), record_.transcripts.end(), is);
  }

  const Record& record_;
  const Segment& segment_;
  std::size_t index_;
  Evidence evidence_;
  Proof& proof_;
};

}  // namespace

bool Proof::Expectation::is_kept() const {
  return std::all_of(messages.begin(), messages.end(), [](const Message& message) {
    return message.missing.empty() && message.unwanted.empty();
  });
}

Proof::Role Proof::role_of(const Frame& frame) const {
  const auto holds = [&](const std::vector<Frame>& frames) {
    return std::find(frames.begin(), frames.end(), frame) != frames.end();
  };
  for (const auto& expectation : expectations) {
    for (const auto& message : expectation.messages) {
      if (holds(message.unwanted)) return Role::unwanted;
      if (holds(message.met)) return Role::met;
    }
  }
  const auto is_closed_here = [&](const Segment& segment) {
    const auto window = segment.windows.find(frame.client);
    return window != segment.windows.end() && window->second.end == frame.event &&
           window->second.closing == Segment::Closing::marker;
  };
  const bool marker = std::any_of(segments.begin(), segments.end(), is_closed_here);
  return marker ? Role::marker : Role::none;
}

Proof prove(const Record& record, const Ownership& ownership) {
  Proof proof;
  proof.tag = record.plan.tag;
  proof.segments = record.segments;
  for (std::size_t i = 0; i < record.segments.size(); ++i) {
    SegmentProof(record, i, ownership, proof).collect();
  }
  return proof;
}

std::string closing_words(const Segment& segment) {
  std::map<Segment::Closing, std::vector<std::string>> closed;
  for (const auto& [client, window] : segment.windows) closed[window.closing].push_back(client);
  std::vector<std::string> parts;
  const auto say = [&](Segment::Closing closing, const char* words) {
    if (closed.count(closing))
      parts.push_back(fmt::format(fmt::runtime(words), listed_briefly(closed[closing])));
  };
  say(Segment::Closing::marker, "a marker sent afterwards reached {}");
  say(Segment::Closing::silence, "nothing more came to {} for a while");
  say(Segment::Closing::end_of_connection, "the connection of {} has ended");
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace chatlab::conformance
