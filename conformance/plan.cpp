#include "conformance/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/variables.hpp"

namespace chatlab::conformance {
namespace {

constexpr std::size_t most_bytes = 64 << 20;  // of one check's messages together

/// The length of all texts inside.
std::size_t text_bytes(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().size();
  std::size_t sum = 0;
  if (value.is_structured()) {
    for (const auto& item : value) sum += text_bytes(item);
  }
  return sum;
}

/// Writes the steps out and follows, step by step, who is connected and who is logged in.
class Writer {
 public:
  Writer(const Check& check, const std::string& tag) : check_(check), variables_(check, tag) {
    for (const auto& part : check.clients) {
      clients_.insert(part.name);
      if (part.state != Part::State::not_connected) connected_.insert(part.name);
      if (part.state == Part::State::logged_in) logged_in_.push_back(part.name);
    }
  }

  std::vector<Step> write_all(const std::vector<Step>& steps) {
    auto written = write(steps);
    if (expecting_.empty()) return written;
    throw ScriptMistake(fmt::format(
        "no fence follows, so it cannot be known that nothing more came to {}; end with 'fence: ...'",
        *expecting_.begin()));
  }

  std::vector<Diagnosis> write_diagnoses() {
    auto written = check_.diagnoses;
    for (auto& diagnosis : written) {
      line_ = diagnosis.line;
      for (auto* pattern : {&diagnosis.received, &diagnosis.received_by_sender}) {
        if (*pattern) *pattern = variables_.fill_in(**pattern, 0);
      }
    }
    return written;
  }

  int line() const { return line_; }

 private:
  std::vector<Step> write(const std::vector<Step>& steps) {
    std::vector<Step> written;
    for (const auto& step : steps) {
      line_ = step.line;
      std::visit([&](const auto& action) { add(written, action); }, step.action);
    }
    return written;
  }

  void add(std::vector<Step>& to, const Send& send) {
    const auto senders = expand(send.clients);
    for (int i = 1; i <= send.times; ++i) {
      for (const auto& sender : senders) to.push_back({written_by(sender, send, i), line_});
    }
    unheard_.insert(senders.begin(), senders.end());
    const auto type = send.message.is_object() ? send.message.value("type", Json()) : Json();
    for (const auto& sender : senders) {
      if (type == "disconnect") leave(sender);
      if (type == "login") join(sender);
    }
  }
  void add(std::vector<Step>& to, const Receive& receive) {
    Receive written{expand(receive.clients), {}, 1, receive.copies_allowed, receive.text_frames_only};
    for (int i = 1; i <= receive.times; ++i) {
      written.patterns.push_back(variables_.fill_in(receive.patterns.front(), i));
    }
    listening_.insert(written.clients.begin(), written.clients.end());
    unheard_.clear();
    if (!receive.copies_allowed) expecting_.insert(written.clients.begin(), written.clients.end());
    to.push_back({written, line_});
  }
  void add(std::vector<Step>& to, const NeverReceive& never) {
    const auto names = expand(never.clients);
    listening_.insert(names.begin(), names.end());
    expecting_.insert(names.begin(), names.end());
    to.push_back({NeverReceive{names, variables_.fill_in(never.pattern, 0)}, line_});
  }
  void add(std::vector<Step>& to, const Connect& connect) {
    for (const auto& name : expand({connect.client})) {
      if (!connected_.insert(name).second) throw ScriptMistake(fmt::format("{} is connected already", name));
      may_be_gone_.erase(name);
      to.push_back({Connect{name}, line_});
    }
  }
  void add(std::vector<Step>& to, const Close& close) {
    for (const auto& name : end_connections(close.client))
      to.push_back({Close{name, close.wants_answer}, line_});
  }
  void add(std::vector<Step>& to, const Vanish& vanish) {
    for (const auto& name : end_connections(vanish.client)) to.push_back({Vanish{name}, line_});
  }
  void add(std::vector<Step>& to, const Ping& ping) {
    for (const auto& name : expand({ping.client})) {
      verify_connected(name);
      to.push_back({Ping{name}, line_});
    }
  }
  void add(std::vector<Step>& to, const StopReading& stop) {
    for (const auto& name : expand({stop.client})) {
      verify_connected(name);
      leave(name);  // no marker can be seen to arrive there
      to.push_back({StopReading{name}, line_});
    }
  }
  void add(std::vector<Step>& to, const ServerLogs& logs) {
    ServerLogs written;
    for (const auto& text : logs.texts) written.texts.push_back(variables_.fill_in(Json(text), 0));
    to.push_back({std::move(written), line_});
  }
  void add(std::vector<Step>& to, const Fence& fence) {
    const auto names = expand(fence.clients);
    for (const auto& name : names) {
      if (is_logged_in(name)) continue;
      throw ScriptMistake(fmt::format("the fence's marker is a chat, but {} is not logged in here", name));
    }
    for (const auto& name : unheard_) {
      const bool shows_nothing = expecting_.empty();  // it only ends a window
      if (shows_nothing || std::find(names.begin(), names.end(), name) != names.end()) continue;
      throw ScriptMistake(
          fmt::format("the fence's marker comes over another connection than what {} did, which it may "
                      "overtake; let {} put "
                      "up the fence, or let somebody hear of it before",
                      name, name));
    }
    for (const auto& name : expecting_) {
      if (is_logged_in(name)) continue;
      throw ScriptMistake(fmt::format(
          "the fence's marker does not reach {}, who is not logged in here, so it cannot show that "
          "nothing more came; let {} log in before the fence",
          name, name));
    }
    // Only those whose messages matter need to hear the marker.
    Fence written{names, {}, {}};
    for (const auto& name : logged_in_) {
      if (!listening_.empty() && !listening_.count(name)) continue;
      written.observers.push_back(name);
      if (may_be_gone_.count(name)) written.may_be_gone.push_back(name);
    }
    to.push_back({std::move(written), line_});
    listening_.clear();
    expecting_.clear();
    unheard_.clear();
  }
  void add(std::vector<Step>& to, const Repeat& repeat) {
    const int line = line_;
    const auto connected_before = connected_;
    auto steps = write(repeat.steps);
    if (connected_ != connected_before) {
      line_ = line;
      throw ScriptMistake("what is repeated must end with the connections with which it began");
    }
    to.push_back({Repeat{std::move(steps)}, line});
  }

  Send written_by(const std::string& sender, const Send& send, int i) {
    verify_connected(sender);
    Send written{{sender}, variables_.fill_in(send.message, i, sender), 1, send.form, send.is_raw};
    written.may_be_impossible = may_be_gone_.count(sender) > 0;
    written_bytes_ += text_bytes(written.message);
    if (written_bytes_ <= most_bytes) return written;
    throw ScriptMistake(fmt::format("its messages are more than {} MiB together", most_bytes >> 20));
  }

  /// The clients that are meant, a group's one by one.
  std::vector<std::string> expand(const std::vector<std::string>& names) const {
    std::vector<std::string> all;
    for (const auto& name : names) {
      if (const auto group = check_.groups.find(name); group != check_.groups.end()) {
        all.insert(all.end(), group->second.begin(), group->second.end());
      } else if (clients_.count(name)) {
        all.push_back(name);
      } else {
        throw ScriptMistake(fmt::format("'{}' is not one of the check's clients", name));
      }
    }
    return all;
  }
  void verify_connected(const std::string& name) const {
    if (!connected_.count(name)) throw ScriptMistake(fmt::format("{} is not connected here", name));
  }

  bool is_logged_in(const std::string& name) const {
    return std::find(logged_in_.begin(), logged_in_.end(), name) != logged_in_.end();
  }
  void join(const std::string& name) {
    if (!is_logged_in(name)) logged_in_.push_back(name);
  }
  void leave(const std::string& name) {
    if (!is_logged_in(name)) return;
    logged_in_.erase(std::remove(logged_in_.begin(), logged_in_.end(), name), logged_in_.end());
    may_be_gone_.insert(name);
  }
  std::vector<std::string> end_connections(const std::string& client) {
    const auto names = expand({client});
    for (const auto& name : names) {
      verify_connected(name);
      connected_.erase(name);
      leave(name);
    }
    unheard_.insert(names.begin(), names.end());
    return names;
  }

  const Check& check_;
  Variables variables_;
  std::set<std::string> clients_;
  std::set<std::string> connected_;     // at the step that is being written, as logged_in_
  std::vector<std::string> logged_in_;  // in the order of their logins
  std::set<std::string> may_be_gone_;   // have left: a server may end such a client's connection
  std::set<std::string> listening_;     // for anything, since the last fence
  std::set<std::string> expecting_;     // exactly one copy, or none: what only a fence can show
  std::set<std::string> unheard_;       // have done something, of which nobody has heard since
  std::size_t written_bytes_ = 0;
  int line_ = 0;
};

}  // namespace

std::string sender_before(const Plan& plan, std::size_t step) {
  while (step-- > 0) {
    if (const auto* send = std::get_if<Send>(&plan.steps[step].action)) return send->client();
  }
  return "";
}

boost::system::result<Plan, PlanError> make_plan(const Check& check, const std::string& tag) {
  Writer writer(check, tag);
  try {
    auto steps = writer.write_all(check.script);
    return Plan{&check, tag, std::move(steps), writer.write_diagnoses()};
  } catch (const ScriptMistake& mistake) {
    return PlanError{mistake.what(), writer.line()};
  }
}

}  // namespace chatlab::conformance
