#include "conformance/example.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/match.hpp"
#include "conformance/ownership.hpp"
#include "conformance/pattern.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

class Rehearsal {
 public:
  explicit Rehearsal(Plan plan) : ownership_{plan.tag, true} {
    record_.plan = std::move(plan);
    record_.timeout = std::chrono::seconds(5);
    for (const auto& part : record_.plan.check->clients) record_.transcripts.push_back({part.name, {}});
  }

  Record run() {
    for (const auto& part : record_.plan.check->clients) {
      if (part.state == Part::State::not_connected) continue;
      add(part.name, Event::Kind::connected, "ws://localhost:8081/");
      if (part.state != Part::State::logged_in) continue;
      add(part.name, Event::Kind::sent,
          to_text({{"type", "login"}, {"username", tagged(part.name, record_.plan.tag)}}));
    }
    begin_segment(0);
    const auto& steps = record_.plan.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      std::visit([this](const auto& action) { perform(action); }, steps[i].action);
      if (!std::holds_alternative<Fence>(steps[i].action)) continue;
      end_segment(i + 1);
      begin_segment(i + 1);
    }
    if (segment_.first_step < steps.size()) end_segment(steps.size());
    record_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(now_);
    return std::move(record_);
  }

 private:
  void perform(const Connect& connect) {
    add(connect.client, Event::Kind::connected, "ws://localhost:8081/");
  }
  void perform(const Send& send) {
    add(send.client(), Event::Kind::sent, send.payload(), send.form != client::Form::binary);
    sent_.push_back(send.message);
  }
  void perform(const Ping& ping) {
    add(ping.client, Event::Kind::pinged, "ping");
    add(ping.client, Event::Kind::pong, "ping");
  }
  void perform(const Receive& receive) {
    for (const auto& pattern : receive.patterns) {
      const auto message = message_for(pattern);
      for (const auto& client : receive.clients) {
        add(client, Event::Kind::received, to_text(message));
        events_of(client).back().value = std::make_shared<const Json>(message);
      }
    }
  }
  void perform(const NeverReceive&) {}
  void perform(const ServerLogs&) {}
  void perform(const StopReading&) {}
  void perform(const Close& close) { add(close.client, Event::Kind::closed_by_us, "closed"); }
  void perform(const Vanish& vanish) { add(vanish.client, Event::Kind::closed_by_us, "reset"); }
  void perform(const Fence& fence) {
    for (const auto& client : fence.clients) {
      const auto marker = fence_marker(++markers_, record_.plan.tag);
      const Json chat = {{"type", "chat"}, {"text", marker}, {"username", tagged(client, record_.plan.tag)}};
      add(client, Event::Kind::sent, to_text(chat));
      for (const auto& observer : fence.observers) {
        auto& window = segment_.windows.at(observer);
        window.end = events_of(observer).size();
        window.closing = Segment::Closing::marker;
        add(observer, Event::Kind::received, to_text(chat));
        events_of(observer).back().value = std::make_shared<const Json>(chat);
      }
    }
  }
  void perform(const Repeat& repeat) {
    for (const auto& step : repeat.steps) {
      std::visit([this](const auto& action) { perform(action); }, step.action);
    }
  }

  /// What was sent, where that is what is asked for; else what the pattern itself shows.
  Json message_for(const Json& pattern) const {
    const auto fits = [&](const Json& message) { return matches(pattern, message, ownership_); };
    const auto sent = std::find_if(sent_.rbegin(), sent_.rend(), fits);
    const bool is_broadcast_of_rosters = pattern.is_object() && pattern.contains("type");
    if (sent != sent_.rend() && !is_broadcast_of_rosters) return *sent;
    return example_of(pattern);
  }

  void begin_segment(std::size_t step) {
    segment_ = {step, step, {}};
    for (const auto& transcript : record_.transcripts) {
      segment_.windows[transcript.client].begin = transcript.events.size();
    }
  }
  void end_segment(std::size_t end_step) {
    segment_.end_step = end_step;
    for (auto& [client, window] : segment_.windows) {
      if (window.closing == Segment::Closing::nothing) window.end = events_of(client).size();
    }
    record_.segments.push_back(segment_);
  }

  std::vector<Event>& events_of(const std::string& client) {
    const auto is = [&](const Transcript& transcript) { return transcript.client == client; };
    return std::find_if(record_.transcripts.begin(), record_.transcripts.end(), is)->events;
  }
  void add(const std::string& client, Event::Kind kind, std::string text, bool is_text = true) {
    constexpr std::chrono::microseconds between_events{250};
    events_of(client).push_back({kind, now_ += between_events, std::move(text), is_text, {}});
  }

  Ownership ownership_;
  Record record_;
  Segment segment_;
  std::vector<Json> sent_;
  std::chrono::microseconds now_{};
  int markers_ = 0;
};

}  // namespace

Record example_record(Plan plan) {
  return Rehearsal(std::move(plan)).run();
}

}  // namespace chatlab::conformance
