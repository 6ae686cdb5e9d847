#include "conformance/verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "conformance/diagnosis.hpp"
#include "conformance/evidence.hpp"
#include "conformance/legible.hpp"
#include "conformance/match.hpp"
#include "conformance/pattern.hpp"
#include "conformance/symptom.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

std::string in_words(const Send& send) {
  return fmt::format("{}{}", send.form == client::Form::binary ? "the binary message " : "", send.payload());
}

/// Judges the windows of one segment, step by step.
class SegmentJudge {
 public:
  SegmentJudge(const Record& record, std::size_t number, const Ownership& ownership)
      : record_(record),
        number_(number),
        segment_(record.segments[number]),
        ownership_(ownership),
        evidence_(record, segment_, ownership) {}

  /// The first expectation that was not kept.
  std::optional<Verdict> first_failure() const {
    for (auto step = segment_.first_step; step < segment_.end_step; ++step) {
      const auto& action = record_.plan.steps[step].action;
      std::optional<Verdict> failure;
      if (const auto* receive = std::get_if<Receive>(&action)) {
        failure = judge_receive(*receive, step);
      } else if (const auto* never = std::get_if<NeverReceive>(&action)) {
        failure = judge_never(*never, step);
      } else if (const auto* repeat = std::get_if<Repeat>(&action)) {
        failure = judge_repeat(*repeat, step);
      }
      if (failure) return failure;
    }
    return std::nullopt;
  }

 private:
  // ---- what was expected, client by client ----

  std::optional<Verdict> judge_receive(const Receive& receive, std::size_t step) const {
    for (std::size_t i = 0; i < receive.patterns.size(); ++i) {
      const auto failure = over_clients(
          receive.clients, [&](const std::string& client) { return problem_with(client, receive, i); });
      if (!failure) continue;
      auto words =
          fmt::format("{}{} should have received {}; {}", stimulus_before(step), listed(failure->clients),
                      wanted_after(step, receive.patterns[i]), failure->sentence());
      return failed(std::move(words),
                    {number_, step, receive.patterns[i], false, receive.clients, failure->clients},
                    receive.patterns.size() > 1 ? failure->in_short() : failure->kinds());
    }
    return std::nullopt;
  }

  /// What happened with a client: as people are told, and without the frame, which is each server's own.
  struct Happening {
    std::string words;  ///< empty: nothing that was not wanted
    std::string kind;
  };
  static Happening both(std::string words) { return {words, words}; }

  /// What this client received instead of exactly one copy of the i-th message; empty: just that.
  Happening problem_with(const std::string& client, const Receive& receive, std::size_t i) const {
    const auto& pattern = receive.patterns[i];
    auto found = evidence_.matching(client, pattern);
    const bool came = !found.empty();
    if (receive.text_frames_only) std::erase_if(found, [](const Event* frame) { return !frame->is_text; });
    if (found.empty()) return came ? both("received it in a binary frame") : instead_of(client, pattern);
    const auto copies = receive.copies_allowed ? 1 : found.size();
    if (copies > 1) return {fmt::format("received it {} times", copies), "received it more than once"};
    if (i == 0) return {};
    const auto before = evidence_.matching(client, receive.patterns[i - 1]);
    if (before.empty() || before.front() < found.front()) return {};
    return {fmt::format("received it before {}", shortened(describe_pattern(receive.patterns[i - 1]))),
            "received it too early"};
  }

  std::optional<Verdict> judge_never(const NeverReceive& never, std::size_t step) const {
    const auto failure = over_clients(never.clients, [&](const std::string& client) -> Happening {
      const auto found = evidence_.matching(client, never.pattern);
      if (found.empty()) return {};
      return {fmt::format("received {}", shortened(found.front()->text)), "received what it should not"};
    });
    if (!failure) return std::nullopt;
    auto words =
        fmt::format("{}{} should not have received {}; {}", stimulus_before(step), listed(failure->clients),
                    wanted_after(step, never.pattern), failure->sentence());
    return failed(std::move(words), {number_, step, never.pattern, true, never.clients, failure->clients},
                  failure->kinds());
  }

  /// What is repeated has to come once, in whichever round.
  std::optional<Verdict> judge_repeat(const Repeat& repeat, std::size_t at) const {
    for (const auto& step : repeat.steps) {
      const auto* receive = std::get_if<Receive>(&step.action);
      if (!receive) continue;
      const auto& pattern = receive->patterns.front();
      const auto failure = over_clients(receive->clients, [&](const std::string& client) {
        return evidence_.matching(client, pattern).empty() ? instead_of(client, pattern) : Happening();
      });
      if (!failure) continue;
      auto words =
          fmt::format("within {:.1f} s {} should have received {}; {}", record_.timeout.count() / 1000.0,
                      listed(failure->clients), shortened(describe_pattern(pattern)), failure->sentence());
      return failed(std::move(words), {number_, at, pattern, false, receive->clients, failure->clients},
                    failure->kinds());
    }
    return std::nullopt;
  }

  Verdict failed(std::string words, Finding finding, std::string_view kinds) const {
    Verdict verdict{Status::failed, std::move(words), std::move(finding)};
    verdict.symptom = fmt::format("step {}: {}", verdict.finding->step + 1, kinds);
    const auto& failing = verdict.finding->failing;
    verdict.disturbed = !ownership_.exclusive && asks_for_roster(verdict.finding->pattern) &&
                        std::any_of(failing.begin(), failing.end(), [&](const std::string& client) {
                          return may_be_strangers_doing(client, *verdict.finding);
                        });
    return verdict;
  }

  /// Strangers came or went meanwhile; or the same roster came again, as it does when a stranger logs in
  /// twice.
  bool may_be_strangers_doing(const std::string& client, const Finding& finding) const {
    if (evidence_.strangers_came_and_went(client)) return true;
    return !finding.forbidden && evidence_.matching(client, finding.pattern).size() > 1;
  }

  /// A message that may follow from what strangers do, too.
  bool asks_for_roster(const Json& pattern) const {
    if (!pattern.is_object()) return false;
    if (const auto matcher = matcher_of(pattern); matcher == "one of") {
      const auto& some = pattern["one of"];
      return std::any_of(some.begin(), some.end(), [&](const Json& one) { return asks_for_roster(one); });
    }
    const auto type = pattern.value("type", Json());
    return pattern.contains(ownership_.roster_field) || type == "login" || type == "disconnect";
  }

  // ---- the words ----

  struct Happened : Happening {
    std::vector<std::string> to;
  };
  struct Failure {
    std::vector<std::string> clients;
    std::vector<Happened> what;

    std::string sentence() const { return told(what); }
    std::string kinds() const {
      constexpr std::size_t most_named = 5;  // which of a crowd it meets is a matter of time
      if (clients.size() > most_named)
        return fmt::format("{} clients: {}", clients.size(), what.front().kind);
      std::vector<Happened> alike;
      for (const auto& one : what) {
        const auto same = [&](const Happened& other) { return other.kind == one.kind; };
        auto entry = std::find_if(alike.begin(), alike.end(), same);
        if (entry == alike.end()) entry = alike.insert(entry, Happened{both(one.kind), {}});
        entry->to.insert(entry->to.end(), one.to.begin(), one.to.end());
      }
      return told(alike);
    }
    /// Of a burst: which of its messages is the first to be missed is a matter of time.
    std::string in_short() const { return listed(clients) + " did not receive all of them once, in order"; }

   private:
    static std::string told(const std::vector<Happened>& what) {
      std::vector<std::string> parts;
      for (const auto& one : what) parts.push_back(fmt::format("{} {}", listed(one.to), one.words));
      return fmt::format("{}", fmt::join(parts, "; "));
    }
  };

  template <class ProblemOf>
  static std::optional<Failure> over_clients(const std::vector<std::string>& clients, ProblemOf problem_of) {
    Failure failure;
    for (const auto& client : clients) {
      const Happening problem = problem_of(client);
      if (problem.words.empty()) continue;
      failure.clients.push_back(client);
      const auto same = [&](const Happened& entry) { return entry.words == problem.words; };
      auto entry = std::find_if(failure.what.begin(), failure.what.end(), same);
      if (entry == failure.what.end()) entry = failure.what.insert(entry, Happened{problem, {}});
      entry->to.push_back(client);
    }
    if (failure.clients.empty()) return std::nullopt;
    return failure;
  }

  /// "after carol sent {...}, ": the last thing that a client did before the step.
  std::string stimulus_before(std::size_t step) const {
    const auto& steps = record_.plan.steps;
    while (step-- > 0) {
      const auto& action = steps[step].action;
      if (const auto* send = std::get_if<Send>(&action)) {
        const auto end = evidence_.end_of_connection(send->client());
        return fmt::format(
            "after {} sent {}{}, ", send->client(), shortened(in_words(*send)),
            end ? fmt::format(" (the server ended {}'s connection: {})", send->client(), *end) : "");
      }
      if (const auto* close = std::get_if<Close>(&action)) {
        const auto* send = step > 0 ? std::get_if<Send>(&steps[step - 1].action) : nullptr;
        if (!send || send->client() != close->client) return fmt::format("after {} closed, ", close->client);
        return fmt::format("after {} sent {} and closed, ", close->client, shortened(in_words(*send)));
      }
      if (const auto* vanish = std::get_if<Vanish>(&action))
        return fmt::format("after {} vanished, ", vanish->client);
    }
    return "";
  }

  /// The message that the pattern asks for; "it" where that is the one whose sending was just told.
  std::string wanted_after(std::size_t step, const Json& pattern) const {
    const auto* send = step > 0 ? std::get_if<Send>(&record_.plan.steps[step - 1].action) : nullptr;
    if (!send || !pattern.is_object() || !matches(pattern, send->message, ownership_)) {
      return shortened(describe_pattern(pattern));
    }
    return pattern.contains("exactly") ? "it unchanged" : "it";
  }

  /// The message that comes nearest to the pattern, and where it differs; or why there is none.
  Happening instead_of(const std::string& client, const Json& pattern) const {
    if (const auto nearest = evidence_.nearest(client, pattern)) {
      const auto differences = fmt::format("{}", fmt::join(nearest->differences, ", "));
      return {fmt::format("received {}: {}", shortened(nearest->frame->text), differences),
              "received something else: " + differences};
    }
    if (const auto end = evidence_.end_of_connection(client)) {
      return {fmt::format("received nothing: the server ended the connection ({})", *end),
              "received nothing: the server ended the connection"};
    }
    return both("received nothing");
  }

  const Record& record_;
  std::size_t number_;
  const Segment& segment_;
  const Ownership& ownership_;
  Evidence evidence_;
};

Verdict judge_problem(const Record& record, const Problem& problem) {
  const auto ended = problem.details.empty() ? "" : fmt::format(" ({})", problem.details);
  switch (problem.kind) {
    case Problem::Kind::cannot_connect:
      return {Status::inconclusive, fmt::format("{} could not connect: {}", problem.client, problem.details)};
    case Problem::Kind::login_unconfirmed:
      return {Status::inconclusive,
              fmt::format("{}'s login had no effect before the check began, though logins have one on this "
                          "server{}: does it still serve newcomers after an earlier check?",
                          problem.client, ended)};
    case Problem::Kind::connection_lost:
      return {Status::failed, fmt::format("the server ended {}'s connection{}", problem.client, ended)};
    case Problem::Kind::marker_lost:
      return {Status::failed,
              fmt::format(
                  "a chat sent afterwards did not reach {} within {:.1f} s, though chats reach everybody on "
                  "this server otherwise",
                  problem.client, record.timeout.count() / 1000.0)};
    case Problem::Kind::no_pong:
      return {Status::failed,
              fmt::format("{} sent a ping and should have received a pong; within {:.1f} s none came{}",
                          problem.client, record.timeout.count() / 1000.0, ended)};
    case Problem::Kind::close_unanswered:
      return {Status::failed,
              fmt::format("{} sent a close frame and should have received one; none came", problem.client)};
    case Problem::Kind::not_logged:
      return {Status::failed, fmt::format("the server should have logged {}; it printed {}", problem.client,
                                          problem.details.empty() ? "nothing" : shortened(problem.details))};
    case Problem::Kind::output_unseen:
      return {Status::skipped, "what the server prints can be seen only where --launch starts it"};
    case Problem::Kind::flooded:
      return {Status::failed,
              fmt::format("the server flooded {}: it kept on sending, more than a check can follow",
                          problem.client)};
  }
  return {Status::inconclusive, "unknown problem"};
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::passed:
      return "pass";
    case Status::failed:
      return "fail";
    case Status::blocked:
      return "blocked";
    case Status::inconclusive:
      return "inconclusive";
    case Status::skipped:
      return "skipped";
  }
  return "";
}

Verdict judge(const Record& record, const Ownership& ownership) {
  Verdict verdict;
  for (std::size_t i = 0; i < record.segments.size() && verdict.status == Status::passed; ++i) {
    if (auto failure = SegmentJudge(record, i, ownership).first_failure()) verdict = std::move(*failure);
  }
  // A client that could not even connect, or that drowned, explains whatever else is missing.
  const bool explains = record.problem && (record.problem->kind == Problem::Kind::cannot_connect ||
                                           record.problem->kind == Problem::Kind::flooded);
  if (record.problem && (verdict.status == Status::passed || explains)) {
    verdict = judge_problem(record, *record.problem);
    if (verdict.status == Status::failed) verdict.symptom = symptom_of(*record.problem);
  }
  if (verdict.status == Status::failed) {
    const auto* finding = verdict.finding ? &*verdict.finding : nullptr;
    verdict.diagnosis = diagnose(record, finding, ownership);
  }
  if (!verdict.symptom.empty()) {
    const auto ended = symptom_of_ended_connections(record, verdict.finding);
    if (!ended.empty()) verdict.symptom = ended;
  }
  verdict.message = untagged(std::move(verdict.message), record.plan.tag);
  verdict.symptom = untagged(std::move(verdict.symptom), record.plan.tag);
  return verdict;
}

}  // namespace chatlab::conformance
