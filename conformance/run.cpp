#include "conformance/run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "client/connection.hpp"
#include "conformance/change.hpp"
#include "conformance/pulse.hpp"
#include "conformance/stage.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

bool matches_any(const std::string& id, const std::vector<std::string>& globs) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return ::fnmatch(glob.c_str(), id.c_str(), 0) == 0; });
}

/// The needs of a check that were not met. One that was not asked for counts as met: nothing is known of it.
std::vector<std::string> unmet_needs(const Check& check, const RunResult& so_far) {
  std::vector<std::string> unmet;
  for (const auto& need : check.needs) {
    if (need == relay_need || need == chat_relay_need) {
      const auto& can = so_far.capabilities;
      if (!(need == relay_need ? can.relay() : can.others_hear_chat)) unmet.push_back(need);
      continue;
    }
    const auto is = [&](const CheckResult& result) { return result.check->id == need; };
    const auto found = std::find_if(so_far.checks.begin(), so_far.checks.end(), is);
    if (found == so_far.checks.end()) continue;
    const auto status = found->verdict.status;
    if (status != Status::passed && status != Status::skipped) unmet.push_back(need);
  }
  return unmet;
}

Verdict blocked_verdict(const std::vector<std::string>& by) {
  if (by.front() == relay_need) {
    return {Status::blocked,
            "nothing that one client sends reaches another one on this server, so this cannot be shown; see "
            "login.announced and chat.everyone"};
  }
  if (by.front() == chat_relay_need) {
    return {Status::blocked,
            "no chat of one client reaches another one on this server, so this cannot be shown; see "
            "chat.everyone"};
  }
  return {Status::blocked, fmt::format("needs {}, which did not pass", fmt::join(by, " and "))};
}

/// Takes the checks in order against one server, and sees to it that each of them meets a server that lives.
class Run {
 public:
  Run(const RunSettings& settings, RunResult& result) : settings_(settings), result_(result) {}

  asio::awaitable<void> run_all(const Suite& suite) {
    co_await wait_until_it_answers();
    if (const auto missing = co_await find_missing_node()) {
      result_.unreachable = *missing;
      co_return;
    }
    const auto& known = settings_.capabilities;
    if (known && known->roster_field == suite.roster_field) {
      result_.capabilities = *known;
    } else {
      auto found = co_await find_capabilities(settings_.access, settings_.timeout, suite.roster_field);
      if (found.has_error()) {
        result_.unreachable = found.error().text;
        co_return;
      }
      result_.capabilities = *found;
    }
    trouble_ = co_await find_trouble();
    if (trouble_) since_ = "the first chat";
    revive();
    for (const auto& check : suite.checks) {
      auto result = co_await run_check(check);
      result_.checks.push_back(std::move(result));
    }
  }

 private:
  /// For hosts that sleep until somebody asks for them. Why it does not answer in the end, the checks say.
  asio::awaitable<void> wait_until_it_answers() {
    constexpr std::chrono::milliseconds between_tries{500};
    const auto until = Clock::now() + settings_.wait;
    for (const auto& node : settings_.access.of_each_node()) {
      while (Clock::now() < until) {
        const auto opened = co_await client::Connection::open(node, Clock::now() + settings_.timeout);
        if (opened.has_value()) {
          co_await (*opened)->close();
          break;
        }
        asio::steady_timer pause(co_await asio::this_coro::executor, between_tries);
        co_await pause.async_wait(asio::use_awaitable);
      }
    }
  }

  /// Why a node of several is not there.
  asio::awaitable<std::optional<std::string>> find_missing_node() {
    if (settings_.access.nodes.empty()) co_return std::nullopt;
    for (const auto& node : settings_.access.of_each_node()) {
      const auto opened = co_await client::Connection::open(node, Clock::now() + settings_.timeout);
      if (opened.has_error()) co_return opened.error().text;
      co_await (*opened)->close();
    }
    co_return std::nullopt;
  }

  asio::awaitable<CheckResult> run_check(const Check& check) {
    CheckResult result;
    result.check = &check;
    if (!is_selected(check, settings_.only, settings_.exclude)) {
      result.verdict.status = Status::skipped;
      co_return result;
    }
    result.blocked_by = unmet_needs(check, result_);
    if (!result.blocked_by.empty()) {
      result.verdict = blocked_verdict(result.blocked_by);
      co_return result;
    }
    if (trouble_ && !hopeless_) co_await look_again();
    if (trouble_) {
      result.verdict = {Status::inconclusive, fmt::format("since {} the server {}", since_, *trouble_)};
      co_return result;
    }
    co_await perform(check, result);
    co_return result;
  }

  /// On a server that others use, a failure that may be a matter of what they did just then has to show again
  /// and again.
  asio::awaitable<void> perform(const Check& check, CheckResult& result) {
    constexpr int most_performances = 4;
    int performances = 0;
    bool disturbed = true;
    while (disturbed && performances++ < most_performances) {
      co_await perform_once(check, result);
      disturbed = result.verdict.disturbed && !trouble_;
    }
    if (performances < 2) co_return;
    result.notes.push_back(
        disturbed
            ? fmt::format("Strangers on this server could have caused this; it was run {} times, and failed "
                          "each time.",
                          most_performances)
            : "Strangers disturbed this check at first, so it was run again.");
  }

  asio::awaitable<void> perform_once(const Check& check, CheckResult& result) {
    const auto tag = make_tag();
    auto plan = make_plan(check, tag);
    if (plan.has_error()) {  // parse_suite rehearses every plan
      result.verdict = {Status::inconclusive, plan.error().text};
      co_return;
    }
    const Ownership ownership{tag, settings_.exclusive, result_.suite->roster_field};
    const auto output_begin = settings_.launched ? settings_.launched->output_bytes() : 0;
    Stage stage(co_await asio::this_coro::executor, std::move(*plan), settings_.access, result_.capabilities,
                ownership, timeout(), settings_.launched);
    auto record = co_await stage.perform();
    result.verdict = judge(record, ownership);
    result.proof = prove(record, ownership);
    result.notes = std::move(record.notes);
    result.transcripts = std::move(record.transcripts);
    result.duration += record.duration;
    trouble_ = co_await find_trouble();
    if (settings_.launched) result.server_output = settings_.launched->output(output_begin);
    if (!trouble_) co_return;
    since_ = check.id;
    blame(result, record.last_message);
    revive();
  }

  /// A server that shows nothing at all has been given its time once.
  std::chrono::milliseconds timeout() const {
    constexpr int impatience = 4;
    const auto& can = result_.capabilities;
    const bool mute = !can.relay() && !can.newcomer_hears_login && !can.sender_hears_chat;
    return mute ? settings_.timeout / impatience : settings_.timeout;
  }

  /// What is wrong with the server now, in words that follow "the server".
  asio::awaitable<std::optional<std::string>> find_trouble() {
    std::optional<std::string> trouble;
    for (const auto& node : settings_.access.of_each_node()) {
      if (trouble) break;
      trouble = co_await feel_pulse(node, result_.capabilities, settings_.timeout);
      if (trouble && !settings_.access.nodes.empty()) *trouble += fmt::format(" (at {})", node.url.text());
    }
    if (trouble && settings_.launched) {
      if (const auto ending = co_await last_moments()) trouble = fmt::format("is gone: {}", *ending);
    }
    co_return trouble;
  }

  /// How the launched server ended. What it had open ends before it does, and what was started with it last.
  asio::awaitable<std::optional<std::string>> last_moments() {
    constexpr std::chrono::seconds grace{1};
    Change change(co_await asio::this_coro::executor);
    std::optional<std::string> ending;
    const auto has_ended = [&] { return (ending = settings_.launched->ending()).has_value(); };
    co_await change.wait_until(has_ended, Clock::now() + grace);
    co_return ending;
  }

  /// The server lived before this check, so this check is what it did not survive.
  void blame(CheckResult& result, const std::string& last_message) const {
    const auto words =
        fmt::format("{}the server {}", last_message.empty() ? "" : "after " + last_message + ", ", *trouble_);
    if (result.verdict.status == Status::failed) {
      result.notes.push_back(words);
      result.verdict.symptom += "; the server did not survive it";
    } else {
      result.verdict = {Status::failed, words};
      result.verdict.symptom = "the server did not survive it";
    }
  }

  /// A launched server is started anew, so that the checks that follow are judged for their own sake.
  void revive() {
    if (!trouble_ || !settings_.launched) return;
    const auto again = settings_.launched->restart();
    trouble_.reset();
    if (again.has_error()) {
      trouble_ = fmt::format("does not start again: {}", again.error().text);
      hopeless_ = true;
    }
  }

  /// It may have come back by itself. Looked for once more in vain, it is given up.
  asio::awaitable<void> look_again() {
    trouble_ = co_await find_trouble();
    hopeless_ = trouble_.has_value();
  }

  const RunSettings& settings_;
  RunResult& result_;
  std::optional<std::string> trouble_;  // what keeps the server from being tested
  std::string since_;                   // the check after which that began
  bool hopeless_ = false;
};

asio::awaitable<void> run_checks(const Suite& suite, const RunSettings& settings, RunResult& result) {
  Run run(settings, result);
  co_await run.run_all(suite);
}

RunResult empty_result(const Suite& suite, const RunSettings& settings) {
  RunResult result;
  result.suite = &suite;
  result.target = settings.target;
  result.command = settings.command;
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  result.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
  return result;
}

/// Gives every check that was not reached its verdict, and the run its duration.
void close_result(RunResult& result, const RunSettings& settings, Clock::time_point began) {
  const auto* why = result.unreachable ? "the server could not be reached" : "the run ended before it";
  for (auto at = result.checks.size(); at < result.suite->checks.size(); ++at) {
    CheckResult missed;
    missed.check = &result.suite->checks[at];
    const bool selected = is_selected(*missed.check, settings.only, settings.exclude);
    missed.verdict = selected ? Verdict{Status::inconclusive, why} : Verdict{Status::skipped, ""};
    result.checks.push_back(std::move(missed));
  }
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
}

}  // namespace

bool is_selected(const Check& check, const std::vector<std::string>& only,
                 const std::vector<std::string>& exclude) {
  return (only.empty() || matches_any(check.id, only)) && !matches_any(check.id, exclude);
}

std::optional<std::string> selection_mistake(const Suite& suite, const RunSettings& settings) {
  for (const auto* globs : {&settings.only, &settings.exclude}) {
    for (const auto& glob : *globs) {
      const auto hit = [&](const Check& check) { return matches_any(check.id, {glob}); };
      if (std::any_of(suite.checks.begin(), suite.checks.end(), hit)) continue;
      return fmt::format("no check of the suite {} matches '{}'; --list shows them all", suite.name, glob);
    }
  }
  const auto left = [&](const Check& check) { return is_selected(check, settings.only, settings.exclude); };
  if (std::any_of(suite.checks.begin(), suite.checks.end(), left)) return std::nullopt;
  return "--only and --exclude leave no check to run";
}

RunResult unreachable_result(const Suite& suite, const RunSettings& settings, const std::string& why,
                             Clock::time_point began) {
  auto result = empty_result(suite, settings);
  result.unreachable = why;
  close_result(result, settings, began);
  return result;
}

RunResult broken_result(const Suite& suite, const RunSettings& settings, const std::string& what,
                        Clock::time_point began) {
  auto result = empty_result(suite, settings);
  result.internal_error = what;
  close_result(result, settings, began);
  return result;
}

RunResult run_suite(const Suite& suite, const RunSettings& settings) {
  const auto began = Clock::now();
  auto result = empty_result(suite, settings);
  try {
    asio::io_context io_context(1);
    asio::co_spawn(io_context, run_checks(suite, settings, result), [](const std::exception_ptr& failure) {
      if (failure) std::rethrow_exception(failure);
    });
    io_context.run();
  } catch (const std::exception& bug) {
    result.internal_error = bug.what();  // what was shown before it still stands
  }
  close_result(result, settings, began);
  return result;
}

}  // namespace chatlab::conformance
