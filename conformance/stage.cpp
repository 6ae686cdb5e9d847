#include "conformance/stage.hpp"

#include <algorithm>

#include "conformance/entrance.hpp"
#include "conformance/match.hpp"

namespace chatlab::conformance {
namespace {

std::vector<std::string> names_of(const std::vector<Part>& clients) {
  std::vector<std::string> names;
  for (const auto& part : clients) names.push_back(part.name);
  return names;
}

}  // namespace

Stage::Stage(const asio::any_io_executor& executor, Plan plan, client::Url url, Capabilities capabilities,
             Ownership ownership, std::chrono::milliseconds timeout)
    : ownership_(std::move(ownership)),
      scene_{std::move(url), capabilities, timeout, Crew(executor, plan.tag, timeout)},
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
  co_await scene_.crew.disband();
  record_.notes = fencing_.take_notes();
  record_.transcripts = scene_.crew.transcripts();
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
  if (const auto* action = std::get_if<Close>(&step.action)) {
    co_await scene_.crew.get(action->client).close();
  } else if (const auto* action = std::get_if<Vanish>(&step.action)) {
    scene_.crew.get(action->client).vanish();
  } else if (const auto* action = std::get_if<Fence>(&step.action)) {
    co_return goes_on(co_await fencing_.put_up(*action));
  } else if (const auto* action = std::get_if<Repeat>(&step.action)) {
    co_return co_await repeat(*action);
  }
  co_return true;  // NeverReceive asks for nothing while the script runs
}

asio::awaitable<bool> Stage::send(const Send& send) {
  auto& actor = scene_.crew.get(send.client);
  if (!actor.is_open()) co_return goes_on(scene_.problem(Problem::Kind::connection_lost, send.client));
  co_await actor.send(send.message);
  co_return true;
}

asio::awaitable<bool> Stage::receive(const Receive& receive, Clock::time_point deadline) {
  const auto has = [&](const std::string& client) { return has_all(client, receive.patterns); };
  const auto over = [&] {
    return std::all_of(receive.clients.begin(), receive.clients.end(), [&](const std::string& client) {
      const auto& actor = scene_.crew.get(client);
      return !actor.is_open() || actor.is_flooded() || has(client);
    });
  };
  co_await scene_.crew.wait_until(over, deadline);
  for (const auto& client : receive.clients) {
    if (!scene_.crew.get(client).is_flooded()) continue;
    co_return goes_on(scene_.problem(Problem::Kind::flooded, client));
  }
  co_return std::all_of(receive.clients.begin(), receive.clients.end(), has);
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

bool Stage::has_all(const std::string& client, const std::vector<Json>& patterns) {
  const auto& events = scene_.crew.get(client).transcript().events;
  const auto begin = events.begin() + static_cast<std::ptrdiff_t>(windows_.begin_of(client));
  return std::all_of(patterns.begin(), patterns.end(), [&](const Json& pattern) {
    return std::any_of(begin, events.end(), [&](const Event& event) {
      return event.kind == Event::Kind::received && event.value && is_ours(event, ownership_) &&
             matches(pattern, *event.value, ownership_);
    });
  });
}

bool Stage::goes_on(std::optional<Problem> problem) {
  if (problem) record_.problem = std::move(problem);
  return !record_.problem;
}

}  // namespace chatlab::conformance
