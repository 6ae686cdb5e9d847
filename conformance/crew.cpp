#include "conformance/crew.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <stdexcept>

#include "conformance/legible.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {

Crew::Crew(const asio::any_io_executor& executor, std::string tag, Clock::duration patience)
    : tag_(std::move(tag)), patience_(patience), change_(executor) {}

Actor& Crew::add(const std::string& client) {
  actors_.push_back(
      std::make_unique<Actor>(client, tagged(client, tag_), change_, reader_, began_, patience_));
  return *actors_.back();
}

Actor& Crew::get(const std::string& client) {
  for (auto& actor : actors_) {
    if (actor->transcript().client == client) return *actor;
  }
  throw std::logic_error("no client " + client + " in this check");  // a plan names only its own
}

asio::awaitable<boost::system::result<void, client::Failure>> Crew::connect(std::string client,
                                                                            client::Access access,
                                                                            Clock::time_point deadline) {
  auto& actor = get(client);
  const auto is = [&](const auto& one) { return one.get() == &actor; };
  const auto number = std::find_if(actors_.begin(), actors_.end(), is) - actors_.begin();
  return actor.connect(access.for_client(static_cast<std::size_t>(number)), deadline);
}

asio::awaitable<void> Crew::log_in(std::string client) {
  auto& actor = get(client);
  const Json login = {{"type", "login"}, {"username", actor.username()}};
  co_await actor.send(login);
}

asio::awaitable<std::string> Crew::send_marker(std::string client) {
  auto& actor = get(client);
  const auto marker = next_marker();
  const Json chat = {{"type", "chat"}, {"text", marker}, {"username", actor.username()}};
  co_await actor.send(chat);
  co_return marker;
}

asio::awaitable<void> Crew::disband() {
  // All at once: a server that does not take the goodbye, or does not answer it, costs its time once.
  const auto executor = co_await asio::this_coro::executor;
  std::size_t leaving = actors_.size();
  for (auto& actor : actors_) {
    asio::co_spawn(executor, actor->say_goodbye(), [this, &leaving](const std::exception_ptr& failure) {
      --leaving;
      change_.announce();
      if (failure) std::rethrow_exception(failure);
    });
  }
  const auto over = [&] {
    return leaving == 0 &&
           std::none_of(actors_.begin(), actors_.end(), [](auto& one) { return one->is_reading(); });
  };
  // No deadline: each close is bounded, and it ends the reader.
  co_await change_.wait_until(over, Clock::time_point::max());
}

std::vector<Transcript> Crew::take_transcripts() {
  std::vector<Transcript> all;
  for (auto& actor : actors_) all.push_back(actor->take_transcript());
  return all;
}

std::string Crew::last_message() const {
  const Event* last = nullptr;
  std::string sender;
  for (const auto& actor : actors_) {
    for (const auto& event : actor->transcript().events) {
      if (event.kind != Event::Kind::sent || (last && event.at < last->at)) continue;
      last = &event;
      sender = actor->transcript().client;
    }
  }
  return last ? fmt::format("{} sent {}", sender, shortened(last->text)) : "";
}

std::string Crew::fence_name(int number) const {
  return fence_marker(number, tag_);
}

}  // namespace chatlab::conformance
