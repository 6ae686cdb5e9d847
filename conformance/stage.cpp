#include "conformance/stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>

#include "conformance/entrance.hpp"
#include "conformance/evidence.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

std::vector<std::string> names_of(const std::vector<Part>& clients) {
  std::vector<std::string> names;
  for (const auto& part : clients) names.push_back(part.name);
  return names;
}

/// What one client waits for. It looks at each event once, however often it is asked.
class Expectation {
 public:
  Expectation(const Actor& actor, std::size_t begin, const Receive& receive, const Ownership& ownership)
      : actor_(actor), begin_(begin), receive_(receive), ownership_(ownership), attribution_(ownership) {
    for (const auto& pattern : receive.patterns) missing_.push_back(&pattern);
  }

  bool has_come() {
    const auto& events = actor_.transcript().events;
    for (; next_ < events.size(); ++next_) {
      const auto& event = events[next_];
      const auto cause = attribution_.next(event);
      if (next_ < begin_ || (receive_.text_frames_only && !event.is_text)) continue;
      std::erase_if(missing_,
                    [&](const Json* pattern) { return is_copy(event, cause, *pattern, ownership_); });
    }
    return missing_.empty();
  }

  /// True too where nothing more can come, or more than one can look at.
  bool is_over() { return has_come() || !actor_.is_open() || actor_.is_flooded(); }

 private:
  const Actor& actor_;
  std::size_t begin_;  // of the client's window; what came before only helps to tell who caused what
  std::size_t next_ = 0;
  const Receive& receive_;
  const Ownership& ownership_;
  Attribution attribution_;
  std::vector<const Json*> missing_;
};

}  // namespace

Stage::Stage(const asio::any_io_executor& executor, Plan plan, client::Access access,
             Capabilities capabilities, Ownership ownership, std::chrono::milliseconds timeout,
             const client::LaunchedServer* launched)
    : ownership_(std::move(ownership)),
      scene_{std::move(access), capabilities,
             timeout,           Crew(executor, plan.tag, timeout),
             launched,          launched ? launched->output_bytes() : 0},
      windows_(scene_.crew, names_of(plan.check->clients)),
      fencing_(scene_, windows_) {
  record_.plan = std::move(plan);
  record_.timeout = timeout;
  for (const auto& part : record_.plan.check->clients) scene_.crew.add(part.name);
}

asio::awaitable<Record> Stage::perform() {
  const auto began = Clock::now();
  Entrance entrance(scene_, fencing_);
  bool going = goes_on(co_await entrance.admit(*record_.plan.check));
  fencing_.take_notes();  // how the letting in ended is no part of the verdict
  const auto& steps = record_.plan.steps;
  windows_.begin(0);
  std::size_t begun = 0;
  std::size_t at = 0;
  while (going && at < steps.size()) {
    const auto& step = steps[at++];
    going = co_await perform_step(step);
    if (!std::holds_alternative<Fence>(step.action)) continue;
    record_.segments.push_back(windows_.end(at));
    windows_.begin(begun = at);
  }
  if (begun < at) record_.segments.push_back(windows_.end(at));
  record_.last_message = untagged(scene_.crew.last_message(), record_.plan.tag);
  co_await scene_.crew.disband();
  record_.notes = fencing_.take_notes();
  record_.transcripts = scene_.crew.take_transcripts();
  record_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  co_return std::move(record_);
}

asio::awaitable<bool> Stage::perform_step(const Step& step) {
  if (const auto* action = std::get_if<Connect>(&step.action)) {
    co_return goes_on(co_await scene_.connect(action->client));
  }
  if (const auto* action = std::get_if<Send>(&step.action)) co_return co_await send(*action);
  if (const auto* action = std::get_if<Receive>(&step.action)) {
    co_return co_await receive(*action, scene_.deadline());
  }
  if (const auto* action = std::get_if<Ping>(&step.action)) co_return co_await ping(action->client);
  if (const auto* action = std::get_if<Close>(&step.action)) co_return co_await close(*action);
  if (const auto* action = std::get_if<Fence>(&step.action)) {
    co_return goes_on(co_await fencing_.put_up(*action));
  }
  if (const auto* action = std::get_if<Repeat>(&step.action)) co_return co_await repeat(*action);
  if (const auto* action = std::get_if<ServerLogs>(&step.action))
    co_return co_await server_logs(action->texts);
  if (const auto* action = std::get_if<Vanish>(&step.action)) scene_.crew.get(action->client).vanish();
  if (const auto* action = std::get_if<StopReading>(&step.action))
    scene_.crew.get(action->client).stop_reading();
  co_return true;  // NeverReceive asks for nothing while the script runs
}

asio::awaitable<bool> Stage::send(const Send& send) {
  auto& actor = scene_.crew.get(send.client());
  if (!actor.is_open()) {
    if (send.may_be_impossible) co_return true;
    co_return goes_on(scene_.problem(Problem::Kind::connection_lost, send.client()));
  }
  auto payload = send.payload();
  co_await actor.send(std::move(payload), send.form);
  co_return true;
}

asio::awaitable<bool> Stage::ping(std::string client) {
  auto payload = tagged("ping", record_.plan.tag);
  if (co_await scene_.crew.get(client).ping(std::move(payload), scene_.deadline())) co_return true;
  co_return goes_on(scene_.problem(Problem::Kind::no_pong, client));
}

asio::awaitable<bool> Stage::close(Close close) {
  auto& actor = scene_.crew.get(close.client);
  co_await actor.close();
  co_await scene_.crew.wait_until([&] { return !actor.is_reading(); }, scene_.deadline());
  if (actor.was_answered() || !close.wants_answer) co_return true;
  co_return goes_on(scene_.problem(Problem::Kind::close_unanswered, close.client));
}

asio::awaitable<bool> Stage::server_logs(std::vector<std::string> texts) {
  if (!scene_.launched) co_return goes_on(Problem{Problem::Kind::output_unseen, "", ""});
  constexpr std::chrono::milliseconds between_looks{20};
  const auto until = scene_.deadline();
  for (;;) {
    const auto output = scene_.launched->output(scene_.output_begin);
    std::erase_if(texts, [&](const std::string& text) { return boost::algorithm::icontains(output, text); });
    if (texts.empty()) co_return true;
    if (Clock::now() >= until) {
      const auto missing = fmt::format("\"{}\"", fmt::join(texts, "\" and \""));
      co_return goes_on(Problem{Problem::Kind::not_logged, missing, output});
    }
    co_await scene_.crew.wait_until([] { return false; }, Clock::now() + between_looks);
  }
}

asio::awaitable<bool> Stage::receive(const Receive& receive, Clock::time_point deadline) {
  std::vector<Expectation> expectations;
  for (const auto& client : receive.clients) {
    expectations.emplace_back(scene_.crew.get(client), windows_.begin_of(client), receive, ownership_);
  }
  const auto over = [&] {
    return std::all_of(expectations.begin(), expectations.end(), [](auto& one) { return one.is_over(); });
  };
  co_await wait_for(over, receive.clients, deadline);
  for (const auto& client : receive.clients) {
    if (!scene_.crew.get(client).is_flooded()) continue;
    co_return goes_on(scene_.problem(Problem::Kind::flooded, client));
  }
  co_return std::all_of(expectations.begin(), expectations.end(), [](auto& one) { return one.has_come(); });
}

// Until the deadline, or, in a check that has its own patience, until nothing has come to the clients for so
// long. A slow server is not taken for a silent one: what has come before says how long its pauses are, and
// it has more time in all.
asio::awaitable<void> Stage::wait_for(std::function<bool()> over, std::vector<std::string> clients,
                                      Clock::time_point deadline) {
  const auto patience = record_.plan.check->patience;
  if (patience.count() == 0) {
    co_await scene_.crew.wait_until(over, deadline);
    co_return;
  }
  const auto count = [&] {
    std::size_t events = 0;
    for (const auto& client : clients) events += scene_.crew.get(client).transcript().events.size();
    return events;
  };
  const auto silence = [&] {
    constexpr int leeway = 4;
    Clock::duration pause{};
    for (const auto& client : clients) {
      pause = std::max<Clock::duration>(pause, longest_pause(scene_.crew.get(client).transcript()));
    }
    return std::max<Clock::duration>(patience, leeway * pause);
  };
  const auto latest = deadline + 2 * scene_.timeout;
  for (bool something_came = true; something_came && !over() && Clock::now() < latest;) {
    const auto before = count();
    const auto changed = [&] { return over() || count() > before; };
    something_came = co_await scene_.crew.wait_until(changed, std::min(latest, Clock::now() + silence()));
  }
}

asio::awaitable<bool> Stage::repeat(const Repeat& repeat) {
  constexpr int rounds_in_the_timeout = 10;
  const auto until = scene_.deadline();
  for (;;) {
    bool all_came = true;
    for (const auto& step : repeat.steps) {
      if (const auto* action = std::get_if<Receive>(&step.action)) {
        const auto patience = std::min(until, Clock::now() + scene_.timeout / rounds_in_the_timeout);
        all_came = co_await receive(*action, patience) && all_came;
      } else if (!co_await perform_step(step)) {
        co_return false;
      }
    }
    if (all_came) co_return true;
    if (Clock::now() >= until || record_.problem) co_return false;
  }
}

bool Stage::goes_on(std::optional<Problem> problem) {
  if (problem) record_.problem = std::move(problem);
  return !record_.problem;
}

}  // namespace chatlab::conformance
