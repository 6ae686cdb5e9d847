#include "conformance/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

namespace chatlab::conformance {
namespace {

/// Stops the making of a plan; caught in make_plan.
struct Mistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string filler(std::string_view size) {
  constexpr std::size_t most_bytes = 16 << 20;
  std::size_t size_bytes = 0;
  const auto [end, failed] = std::from_chars(size.data(), size.data() + size.size(), size_bytes);
  if (failed != std::errc{} || end != size.data() + size.size() || size_bytes > most_bytes) {
    throw Mistake(fmt::format("$filler takes a number up to {}, not '{}'", most_bytes, size));
  }
  std::string text(size_bytes, ' ');
  for (std::size_t i = 0; i < size_bytes; ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}

class Writer {
 public:
  Writer(const Check& check, const std::string& tag) : check_(check), tag_(tag) {
    for (const auto& part : check.clients) {
      names_.insert(part.name);
      if (part.state == Part::State::logged_in) logged_in_.push_back(part.name);
    }
    names_.insert(check.names.begin(), check.names.end());
  }

  std::vector<Step> write(const std::vector<Step>& steps) {
    std::vector<Step> written;
    for (const auto& step : steps) {
      line_ = step.line;
      std::visit([&](const auto& action) { add(written, action); }, step.action);
    }
    return written;
  }

  int line() const { return line_; }

 private:
  void add(std::vector<Step>& to, const Send& send) {
    for (int i = 1; i <= send.times; ++i) {
      to.push_back({Send{client(send.client), fill_in(send.message, i), 1}, line_});
    }
    const auto type = send.message.is_object() ? send.message.value("type", Json()) : Json();
    if (type == "disconnect") leave(send.client);
    if (type == "login") join(send.client);
  }
  void add(std::vector<Step>& to, const Receive& receive) {
    Receive written{clients(receive.clients), {}, 1, receive.copies_allowed};
    for (int i = 1; i <= receive.times; ++i) written.patterns.push_back(fill_in(receive.patterns.front(), i));
    expecting_.insert(receive.clients.begin(), receive.clients.end());
    to.push_back({written, line_});
  }
  void add(std::vector<Step>& to, const NeverReceive& never) {
    expecting_.insert(never.clients.begin(), never.clients.end());
    to.push_back({NeverReceive{clients(never.clients), fill_in(never.pattern, 0)}, line_});
  }
  void add(std::vector<Step>& to, const Connect& connect) {
    to.push_back({Connect{client(connect.client)}, line_});
  }
  void add(std::vector<Step>& to, const Close& close) {
    leave(close.client);
    to.push_back({Close{client(close.client)}, line_});
  }
  void add(std::vector<Step>& to, const Vanish& vanish) {
    leave(vanish.client);
    to.push_back({Vanish{client(vanish.client)}, line_});
  }
  void add(std::vector<Step>& to, const Fence& fence) {
    for (const auto& name : clients(fence.clients)) {
      if (is_logged_in(name)) continue;
      throw Mistake(fmt::format("the fence's marker is a chat, but {} is not logged in here", name));
    }
    // Only those who expect something need to hear the marker, and only the logged-in ones can.
    std::vector<std::string> observers;
    for (const auto& name : logged_in_) {
      if (expecting_.count(name)) observers.push_back(name);
    }
    to.push_back({Fence{fence.clients, observers.empty() ? logged_in_ : observers}, line_});
    expecting_.clear();
  }
  void add(std::vector<Step>& to, const Repeat& repeat) {
    const int line = line_;
    to.push_back({Repeat{write(repeat.steps)}, line});
  }

  std::string client(const std::string& name) const {
    const auto is = [&](const Part& part) { return part.name == name; };
    if (std::any_of(check_.clients.begin(), check_.clients.end(), is)) return name;
    throw Mistake(fmt::format("'{}' is not one of the check's clients", name));
  }
  std::vector<std::string> clients(const std::vector<std::string>& names) const {
    for (const auto& name : names) client(name);
    return names;
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

  Json fill_in(const Json& value, int i) const {
    if (value.is_string()) return fill_in_text(value.get<std::string>(), i);
    auto filled = value;
    if (value.is_structured()) {
      for (auto& item : filled.items()) item.value() = fill_in(item.value(), i);
    }
    return filled;
  }

  std::string fill_in_text(const std::string& text, int i) const {
    if (text == "$any" || text == "$absent") return text;
    std::string filled;
    for (std::size_t at = 0; at < text.size();) {
      if (text[at] != '$') {
        filled.push_back(text[at++]);
        continue;
      }
      const auto end =
          std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", at + 1), text.size());
      const auto word = text.substr(at + 1, end - at - 1);
      at = end;
      if (word == "filler" && text.compare(end, 1, "(") == 0) {
        const auto close = std::min(text.find(')', end), text.size());
        filled += filler(std::string_view(text).substr(end + 1, close - end - 1));
        at = std::min(close + 1, text.size());
      } else {
        filled += variable(word, i);
      }
    }
    return filled;
  }

  std::string variable(const std::string& word, int i) const {
    if (word == "nonce") return tagged("nonce", tag_);
    if (word == "i") return std::to_string(i);
    if (names_.count(word)) return tagged(word, tag_);
    throw Mistake(
        fmt::format("'${}' is neither a client, nor one of 'names', nor $nonce, $i, $filler(N), $any or "
                    "$absent",
                    word));
  }

  const Check& check_;
  const std::string& tag_;
  std::set<std::string> names_;
  std::vector<std::string> logged_in_;  // at the step that is being written
  std::set<std::string> expecting_;     // something, since the last fence
  int line_ = 0;
};

}  // namespace

boost::system::result<Plan, PlanError> make_plan(const Check& check, const std::string& tag) {
  Writer writer(check, tag);
  try {
    return Plan{&check, tag, writer.write(check.script)};
  } catch (const Mistake& mistake) {
    return PlanError{mistake.what(), writer.line()};
  }
}

std::string tagged(std::string_view name, std::string_view tag) {
  return fmt::format("{}-{}", name, tag);
}

std::string untagged(std::string text, std::string_view tag) {
  const auto suffix = fmt::format("-{}", tag);
  for (auto at = text.find(suffix); at != std::string::npos; at = text.find(suffix, at))
    text.erase(at, suffix.size());
  return text;
}

std::string fence_marker(int number, std::string_view tag) {
  return fmt::format("fence-{}-{}", number, tag);
}

bool holds_fence_marker(std::string_view text, std::string_view tag) {
  const auto suffix = fmt::format("-{}", tag);
  for (auto at = text.find("fence-"); at != std::string_view::npos; at = text.find("fence-", at + 1)) {
    const auto digits = text.substr(at + 6);
    const auto end = std::min(digits.find_first_not_of("0123456789"), digits.size());
    if (end > 0 && digits.substr(end).starts_with(suffix)) return true;
  }
  return false;
}

}  // namespace chatlab::conformance
