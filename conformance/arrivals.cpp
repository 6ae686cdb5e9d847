#include "conformance/arrivals.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace chatlab::conformance {
namespace {

// Nothing here has a deadline of its own: what is waited for is a connection, and that has one.
constexpr auto no_deadline = Clock::time_point::max();

}  // namespace

Arrivals::Arrivals(const asio::any_io_executor& executor, Scene& scene, const Check& check)
    : executor_(executor),
      scene_(scene),
      waves_(waves_of(check)),
      for_reaching_(executor),
      for_connecting_(executor),
      for_asking_(executor) {
  for (std::size_t i = 0; i < waves_.size(); ++i) {
    for (const auto& client : waves_[i].clients) wave_of_[client] = i;
  }
  spawn(reach_all());
  spawn(connect_all());
}

std::vector<Arrivals::Wave> Arrivals::waves_of(const Check& check) {
  std::map<std::string, std::string> group_of;
  for (const auto& [group, members] : check.groups) {
    for (const auto& member : members) group_of[member] = group;
  }
  std::vector<Wave> waves;
  std::string last_group;
  for (const auto& part : check.clients) {
    if (part.state == Part::State::not_connected) continue;
    const bool waits = part.state == Part::State::connected;
    const auto group = waits && group_of.count(part.name) ? group_of[part.name] : "";
    if (!group.empty() && group == last_group && waves.back().clients.size() < most_at_once) {
      waves.back().clients.push_back(part.name);
    } else {
      waves.push_back({{part.name}, waits});
    }
    last_group = group;
  }
  return waves;
}

asio::awaitable<std::optional<Problem>> Arrivals::wait_for(std::string client) {
  const auto wave = wave_of_.at(client);
  asked_ = std::max(asked_, wave + 1);
  announce();
  co_await for_asking_.wait_until([&] { return connected_ > wave || problem_; }, no_deadline);
  if (connected_ > wave) co_return std::nullopt;
  co_return problem_;
}

asio::awaitable<void> Arrivals::end() {
  ending_ = true;
  announce();
  co_await for_asking_.wait_until([&] { return running_ == 0; }, no_deadline);
}

asio::awaitable<void> Arrivals::reach_all() {
  for (const auto& wave : waves_) {
    const auto may_go_on = [&] { return reached_ <= connected_ + lines_ahead || is_over(); };
    co_await for_reaching_.wait_until(may_go_on, no_deadline);
    if (is_over()) co_return;
    unreached_ = co_await take(wave, &Scene::reach);
    if (!unreached_) ++reached_;
    announce();
    if (unreached_) co_return;
  }
}

asio::awaitable<void> Arrivals::connect_all() {
  for (const auto& wave : waves_) {
    const auto may_go_on = [&] {
      const bool has_line = reached_ > connected_ || unreached_;
      return (has_line && (!wave.waits_until_asked || asked_ > connected_)) || is_over();
    };
    co_await for_connecting_.wait_until(may_go_on, no_deadline);
    if (is_over()) co_return;
    problem_ = unreached_;
    if (reached_ > connected_) problem_ = co_await take(wave, &Scene::connect);
    if (!problem_) ++connected_;
    announce();
  }
}

asio::awaitable<std::optional<Problem>> Arrivals::take(const Wave& wave, Stage stage) {
  if (wave.clients.size() == 1) co_return co_await (scene_.*stage)(wave.clients.front());
  std::optional<Problem> first;
  std::size_t under_way = wave.clients.size();
  Change done(executor_);
  for (const auto& client : wave.clients) {
    asio::co_spawn(executor_, (scene_.*stage)(client),
                   [&](const std::exception_ptr& failure, std::optional<Problem> problem) {
                     --under_way;
                     if (problem && !first) first = std::move(problem);
                     done.announce();
                     if (failure) std::rethrow_exception(failure);
                   });
  }
  co_await done.wait_until([&] { return under_way == 0; }, no_deadline);
  co_return first;
}

void Arrivals::spawn(asio::awaitable<void> task) {
  ++running_;
  asio::co_spawn(executor_, std::move(task), [this](const std::exception_ptr& failure) {
    --running_;
    announce();
    if (failure) std::rethrow_exception(failure);
  });
}

void Arrivals::announce() {
  for (auto* change : {&for_reaching_, &for_connecting_, &for_asking_}) change->announce();
}

}  // namespace chatlab::conformance
