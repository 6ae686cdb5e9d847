#include "conformance/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/variables.hpp"

namespace chatlab::conformance {
namespace {

constexpr std::size_t most_bytes = 64 << 20;  // of one check's messages together

/// Writes the steps out and follows, step by step, who is connected and who is logged in.
class Writer {
 public:
  Writer(const Check& check, const std::string& tag) : variables_(check, tag) {
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
    verify_connected(send.client);
    for (int i = 1; i <= send.times; ++i) {
      auto message = variables_.fill_in(send.message, i);
      written_bytes_ += to_text(message).size();
      if (written_bytes_ > most_bytes) {
        throw ScriptMistake(fmt::format("its messages are more than {} MiB together", most_bytes >> 20));
      }
      to.push_back({Send{send.client, std::move(message), 1}, line_});
    }
    const auto type = send.message.is_object() ? send.message.value("type", Json()) : Json();
    if (type == "disconnect") leave(send.client);
    if (type == "login") join(send.client);
  }
  void add(std::vector<Step>& to, const Receive& receive) {
    verify_known(receive.clients);
    Receive written{receive.clients, {}, 1, receive.copies_allowed};
    for (int i = 1; i <= receive.times; ++i) {
      written.patterns.push_back(variables_.fill_in(receive.patterns.front(), i));
    }
    listening_.insert(receive.clients.begin(), receive.clients.end());
    if (!receive.copies_allowed) expecting_.insert(receive.clients.begin(), receive.clients.end());
    to.push_back({written, line_});
  }
  void add(std::vector<Step>& to, const NeverReceive& never) {
    verify_known(never.clients);
    listening_.insert(never.clients.begin(), never.clients.end());
    expecting_.insert(never.clients.begin(), never.clients.end());
    to.push_back({NeverReceive{never.clients, variables_.fill_in(never.pattern, 0)}, line_});
  }
  void add(std::vector<Step>& to, const Connect& connect) {
    verify_known({connect.client});
    if (!connected_.insert(connect.client).second) {
      throw ScriptMistake(fmt::format("{} is connected already", connect.client));
    }
    to.push_back({connect, line_});
  }
  void add(std::vector<Step>& to, const Close& close) {
    end_connection(close.client);
    to.push_back({close, line_});
  }
  void add(std::vector<Step>& to, const Vanish& vanish) {
    end_connection(vanish.client);
    to.push_back({vanish, line_});
  }
  void add(std::vector<Step>& to, const Fence& fence) {
    verify_known(fence.clients);
    for (const auto& name : fence.clients) {
      if (is_logged_in(name)) continue;
      throw ScriptMistake(fmt::format("the fence's marker is a chat, but {} is not logged in here", name));
    }
    for (const auto& name : expecting_) {
      if (is_logged_in(name)) continue;
      throw ScriptMistake(fmt::format(
          "the fence's marker does not reach {}, who is not logged in here, so it cannot show that "
          "nothing more came; let {} log in before the fence",
          name, name));
    }
    // Only those whose messages matter need to hear the marker.
    std::vector<std::string> observers;
    for (const auto& name : logged_in_) {
      if (listening_.count(name)) observers.push_back(name);
    }
    to.push_back({Fence{fence.clients, observers.empty() ? logged_in_ : observers}, line_});
    listening_.clear();
    expecting_.clear();
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

  void verify_known(const std::vector<std::string>& names) const {
    for (const auto& name : names) {
      if (clients_.count(name)) continue;
      throw ScriptMistake(fmt::format("'{}' is not one of the check's clients", name));
    }
  }
  void verify_connected(const std::string& name) const {
    verify_known({name});
    if (!connected_.count(name)) throw ScriptMistake(fmt::format("{} is not connected here", name));
  }

  bool is_logged_in(const std::string& name) const {
    return std::find(logged_in_.begin(), logged_in_.end(), name) != logged_in_.end();
  }
  void join(const std::string& name) {
    if (!is_logged_in(name)) logged_in_.push_back(name);
  }
  void leave(const std::string& name) {
    logged_in_.erase(std::remove(logged_in_.begin(), logged_in_.end(), name), logged_in_.end());
  }
  void end_connection(const std::string& name) {
    verify_connected(name);
    connected_.erase(name);
    leave(name);
  }

  Variables variables_;
  std::set<std::string> clients_;
  std::set<std::string> connected_;     // at the step that is being written, as logged_in_
  std::vector<std::string> logged_in_;  // in the order of their logins
  std::set<std::string> listening_;     // for anything, since the last fence
  std::set<std::string> expecting_;     // exactly one copy, or none: what only a fence can show
  std::size_t written_bytes_ = 0;
  int line_ = 0;
};

}  // namespace

boost::system::result<Plan, PlanError> make_plan(const Check& check, const std::string& tag) {
  Writer writer(check, tag);
  try {
    return Plan{&check, tag, writer.write_all(check.script)};
  } catch (const ScriptMistake& mistake) {
    return PlanError{mistake.what(), writer.line()};
  }
}

}  // namespace chatlab::conformance
