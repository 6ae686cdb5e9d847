#include "conformance/stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/match.hpp"

namespace chatlab::conformance {

Stage::Stage(const asio::any_io_executor& executor, Plan plan, client::Url url, Capabilities capabilities,
             Ownership ownership, std::chrono::milliseconds timeout)
    : url_(std::move(url)),
      capabilities_(capabilities),
      ownership_(std::move(ownership)),
      timeout_(timeout),
      crew_(executor, plan.tag) {
  record_.plan = std::move(plan);
  record_.timeout = timeout;
  for (const auto& part : record_.plan.check->clients) crew_.add(part.name);
}

asio::awaitable<Record> Stage::perform() {
  const auto began = Clock::now();
  bool going = co_await set_up();
  record_.notes.clear();  // how the setting up ended is no part of the verdict
  const auto& steps = record_.plan.steps;
  begin_segment(0);
  std::size_t at = 0;
  for (; going && at < steps.size(); ++at) {
    going = co_await perform_step(steps[at]);
    if (!std::holds_alternative<Fence>(steps[at].action)) continue;
    end_segment(at + 1);
    begin_segment(at + 1);
  }
  end_segment(at);
  co_await crew_.disband();
  record_.transcripts = crew_.transcripts();
  record_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  co_return std::move(record_);
}

// ---- before the script ----

asio::awaitable<bool> Stage::set_up() {
  std::vector<std::string> logged_in;
  for (const auto& part : record_.plan.check->clients) {
    if (part.state == Part::State::not_connected) continue;
    if (!co_await connect(part.name)) co_return false;
    if (part.state == Part::State::connected) continue;
    co_await crew_.log_in(part.name);
    if (!co_await confirm_login(part.name)) co_return false;
    logged_in.push_back(part.name);
  }
  if (logged_in.empty()) co_return true;
  if (!co_await confirm_through_others()) co_return false;
  // What the logins caused must not be taken for what the script causes.
  const Fence baseline{{logged_in.front()}, logged_in};
  co_return co_await fence(baseline);
}

// A login has taken effect when the server shows it: by its announcement, or by a chat that reaches its
// sender.
asio::awaitable<bool> Stage::confirm_login(std::string client) {
  auto& actor = crew_.get(client);
  std::string sign;
  if (capabilities_.newcomer_hears_login) {
    sign = actor.username();
  } else if (capabilities_.sender_hears_chat) {
    sign = co_await crew_.send_marker(client);
  } else {
    co_return true;  // confirm_through_others() follows, or nothing can be seen on this server
  }
  const auto over = [&] { return actor.has_received(sign) || !actor.is_open() || actor.is_flooded(); };
  co_await crew_.wait_until(over, deadline());
  if (actor.has_received(sign)) co_return true;
  co_return stop(Problem::Kind::login_unconfirmed, client);
}

// Where nobody hears of himself, each client is known to be logged in once it hears a chat of another one.
// That one may have been sent too early: so another follows, until it is heard.
asio::awaitable<bool> Stage::confirm_through_others() {
  if (capabilities_.newcomer_hears_login || capabilities_.sender_hears_chat) co_return true;
  if (!capabilities_.others_hear_chat) co_return true;
  constexpr std::chrono::milliseconds between_markers{50};
  std::vector<std::string> clients;
  for (const auto& part : record_.plan.check->clients) {
    if (part.state == Part::State::logged_in) clients.push_back(part.name);
  }
  if (clients.size() < 2) co_return true;
  const auto until = deadline();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    auto& listener = crew_.get(clients[i]);
    bool heard = false;
    while (!heard && Clock::now() < until && listener.is_open()) {
      const auto marker = co_await crew_.send_marker(clients[i == 0 ? 1 : 0]);
      const auto over = [&] { return listener.has_received(marker) || !listener.is_open(); };
      heard = co_await crew_.wait_until(over, std::min(until, Clock::now() + between_markers));
    }
    if (!heard || !listener.is_open()) co_return stop(Problem::Kind::login_unconfirmed, clients[i]);
  }
  co_return true;
}

// ---- the steps ----

asio::awaitable<bool> Stage::perform_step(const Step& step) {
  if (const auto* action = std::get_if<Connect>(&step.action)) co_return co_await connect(action->client);
  if (const auto* action = std::get_if<Send>(&step.action)) co_return co_await send(*action);
  if (const auto* action = std::get_if<Receive>(&step.action))
    co_return co_await receive(*action, deadline());
  if (const auto* action = std::get_if<Close>(&step.action)) {
    co_await crew_.get(action->client).close();
  } else if (const auto* action = std::get_if<Vanish>(&step.action)) {
    crew_.get(action->client).vanish();
  } else if (const auto* action = std::get_if<Fence>(&step.action)) {
    co_return co_await fence(*action);
  } else if (const auto* action = std::get_if<Repeat>(&step.action)) {
    co_return co_await repeat(*action);
  }
  co_return true;  // NeverReceive asks for nothing while the script runs
}

asio::awaitable<bool> Stage::connect(std::string client) {
  const auto connected = co_await crew_.connect(client, url_, deadline());
  if (connected) co_return true;
  record_.problem = Problem{Problem::Kind::cannot_connect, client, connected.error().text};
  co_return false;
}

asio::awaitable<bool> Stage::send(const Send& send) {
  auto& actor = crew_.get(send.client);
  if (!actor.is_open()) co_return stop(Problem::Kind::connection_lost, send.client);
  co_await actor.send(send.message);
  co_return true;
}

asio::awaitable<bool> Stage::receive(const Receive& receive, Clock::time_point deadline) {
  const auto has = [&](const std::string& client) { return has_all(client, receive.patterns); };
  const auto over = [&] {
    return std::all_of(receive.clients.begin(), receive.clients.end(), [&](const std::string& client) {
      const auto& actor = crew_.get(client);
      return !actor.is_open() || actor.is_flooded() || has(client);
    });
  };
  co_await crew_.wait_until(over, deadline);
  for (const auto& client : receive.clients) {
    if (crew_.get(client).is_flooded()) co_return stop(Problem::Kind::flooded, client);
  }
  co_return std::all_of(receive.clients.begin(), receive.clients.end(), has);
}

asio::awaitable<bool> Stage::repeat(const Repeat& repeat) {
  constexpr int rounds_in_the_timeout = 10;
  const auto until = deadline();
  for (;;) {
    bool all_came = true;
    for (const auto& step : repeat.steps) {
      if (const auto* action = std::get_if<Receive>(&step.action)) {
        const auto patience = std::min(until, Clock::now() + timeout_ / rounds_in_the_timeout);
        all_came = co_await receive(*action, patience) && all_came;
      } else if (!co_await perform_step(step)) {
        co_return false;
      }
    }
    if (all_came) co_return true;
    if (Clock::now() >= until || record_.problem) co_return false;
  }
}

// ---- fences ----

// Closes the observers' windows: by a chat where chats arrive, by a login where only those do, by silence
// where nothing does.
asio::awaitable<bool> Stage::fence(Fence fence) {
  std::set<std::string> open(fence.observers.begin(), fence.observers.end());
  if (capabilities_.others_hear_chat) {
    for (const auto& client : fence.clients) {
      if (!co_await fence_by_chat(client, fence.observers)) co_return false;
    }
    // Each has heard the others' markers. A lone sender may not have heard its own.
    const auto& sender = fence.clients.front();
    const bool deaf = !capabilities_.sender_hears_chat && fence.clients.size() == 1 && open.count(sender);
    open.clear();
    if (deaf) open.insert(sender);
  }
  if (!open.empty() && capabilities_.others_hear_login) {
    if (!co_await fence_by_login(open)) co_return false;
    open.clear();
  }
  if (!open.empty()) co_await fence_by_silence(open);
  co_return true;
}

// The marker follows on the connection that caused what is to be seen. Where the server has ended that one,
// it has read all of it, and an observer's own marker will do.
asio::awaitable<bool> Stage::fence_by_chat(std::string client, std::vector<std::string> observers) {
  auto speakers = observers;
  speakers.insert(speakers.begin(), client);
  for (const auto& speaker : speakers) {
    if (!crew_.get(speaker).is_open()) continue;
    std::set<std::string> listeners(observers.begin(), observers.end());
    if (!capabilities_.sender_hears_chat) listeners.erase(speaker);
    const auto marker = co_await crew_.send_marker(speaker);
    if (co_await await_marker(marker, listeners)) co_return true;
    if (crew_.get(speaker).is_open()) co_return false;
    record_.problem.reset();  // the marker may have been lost with its speaker
  }
  co_return stop(Problem::Kind::connection_lost, client);
}

// The throw-away client stays until the check ends: its leaving would be one more broadcast.
asio::awaitable<bool> Stage::fence_by_login(std::set<std::string> open) {
  const auto name = crew_.next_marker();
  auto& stranger = crew_.add(name);
  if (!co_await connect(name)) co_return false;
  const Json login = {{"type", "login"}, {"username", name}};
  co_await stranger.send(login);
  co_return co_await await_marker(name, open);
}

asio::awaitable<void> Stage::fence_by_silence(std::set<std::string> open) {
  co_await crew_.wait_until([] { return false; }, Clock::now() + quiet_window);
  record_.notes.push_back(fmt::format(
      "That nothing more came to {} rests on {} ms of silence: no message could be used as a marker.",
      fmt::join(open, ", "), quiet_window.count()));
  for (const auto& observer : open) {
    const auto now = crew_.get(observer).transcript().events.size();
    fenced_[observer] = {now, now};
  }
}

// Waits until all of them have it, and notes where it stands in each transcript.
asio::awaitable<bool> Stage::await_marker(std::string marker, std::set<std::string> by) {
  const auto over = [&] {
    return std::all_of(by.begin(), by.end(), [&](const std::string& client) {
      const auto& actor = crew_.get(client);
      return actor.has_received(marker) || !actor.is_open() || actor.is_flooded();
    });
  };
  co_await crew_.wait_until(over, deadline());
  for (const auto& client : by) {
    const auto& actor = crew_.get(client);
    if (actor.is_flooded()) co_return stop(Problem::Kind::flooded, client);
    if (!actor.has_received(marker)) {
      co_return stop(actor.is_open() ? Problem::Kind::marker_lost : Problem::Kind::connection_lost, client);
    }
    const auto position = marker_position(client, marker);
    fenced_[client] = {position, position + 1};
  }
  co_return true;
}

// ---- windows ----

bool Stage::has_all(const std::string& client, const std::vector<Json>& patterns) {
  const auto& events = crew_.get(client).transcript().events;
  const auto begin = segment_.windows[client].begin;
  return std::all_of(patterns.begin(), patterns.end(), [&](const Json& pattern) {
    return std::any_of(events.begin() + static_cast<std::ptrdiff_t>(begin), events.end(),
                       [&](const Event& event) {
                         return event.kind == Event::Kind::received && event.value &&
                                is_ours(event, ownership_) && matches(pattern, *event.value, ownership_);
                       });
  });
}

std::size_t Stage::marker_position(const std::string& client, const std::string& marker) {
  const auto& events = crew_.get(client).transcript().events;
  const auto found = std::find_if(events.begin(), events.end(), [&](const Event& event) {
    return event.kind == Event::Kind::received && event.text.find(marker) != std::string::npos;
  });
  return static_cast<std::size_t>(found - events.begin());
}

void Stage::begin_segment(std::size_t first_step) {
  segment_ = {first_step, first_step, {}};
  for (const auto& part : record_.plan.check->clients) {
    const auto fenced = fenced_.find(part.name);
    const auto begin =
        fenced != fenced_.end() ? fenced->second.next_begin : crew_.get(part.name).transcript().events.size();
    segment_.windows[part.name].begin = begin;
  }
  fenced_.clear();
}

void Stage::end_segment(std::size_t end_step) {
  if (end_step == segment_.first_step) return;
  segment_.end_step = end_step;
  for (auto& [client, window] : segment_.windows) {
    const auto fenced = fenced_.find(client);
    window.end = fenced != fenced_.end() ? fenced->second.end : crew_.get(client).transcript().events.size();
  }
  record_.segments.push_back(segment_);
}

bool Stage::stop(Problem::Kind kind, const std::string& client) {
  const auto& events = crew_.get(client).transcript().events;
  std::string details;
  const auto end = std::find_if(events.rbegin(), events.rend(), [](const Event& event) {
    return event.kind == Event::Kind::closed_by_server;
  });
  if (end != events.rend()) details = end->text;
  record_.problem = Problem{kind, client, details};
  return false;
}

}  // namespace chatlab::conformance
