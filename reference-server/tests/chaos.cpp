// Two hundred clients that behave as clients do, and as they should not, for as long as is wanted: they log
// in, chat, rename themselves, leave, half-close, reset, stall and send garbage. Two observers hear
// everything and see to it that the rules hold all the time: one order for everybody, each chat once, each
// roster the state at its place, and at the end nobody left, no socket leaked, and no memory kept.
//
//   chaos SECONDS [THREADS]      of the server's: 2 unless told otherwise
#include <fmt/format.h>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/metric.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

constexpr int crowds = 8, clients_a_crowd = 25;
const std::string the_end = "the end";

[[noreturn]] void fail(const std::string& what) {
  fmt::print(stderr, "chaos: {}\n", what);
  std::abort();
}

/// One of the crowd: a connection or none, and what it has said on it.
class Actor {
 public:
  Actor(const tcp::endpoint& server, std::uint32_t seed) : server_(server), random_(seed), seed_(seed) {}

  void do_something() {
    try {
      if (client_) {
        misbehave(below(100));
      } else {
        client_ = std::make_unique<ChatClient>(server_, below(3) == 0 ? 4096 : 0);
        name_ = fmt::format("actor {}-{}", seed_, ++connections_);
        said_ = 0;
        if (below(10) != 0) client_->send(login(name_));
      }
    } catch (const std::exception&) {
      client_.reset();  // the server has ended it, for what it did
    }
  }

  void leave() { client_.reset(); }

 private:
  std::uint32_t below(std::uint32_t end) {
    return std::uniform_int_distribution<std::uint32_t>(0, end - 1)(random_);
  }

  void misbehave(std::uint32_t how) {
    if (how < 60) return say();
    if (how < 70) return client_->send(login(name_ + std::string(below(20), 'x')));
    if (how < 74) return client_->send(R"({"type":"disconnect"})");
    if (how < 78) return client_->line().write(client_frame(Opcode::ping, std::string(below(126), 'p')));
    if (how < 82) return client_->send("not JSON \xF0\x9F\x8E\x89");
    if (how < 85) return say_in_fragments();
    if (how < 88) return end([&] { client_->send_close(); });
    if (how < 91) return end([&] { client_->line().reset(); });
    if (how < 93) return end([&] { client_->line().finish_writing(); });
    if (how < 95) return end([&] { client_->line().write(garbage()); });
    if (how < 97) return end([&] { client_->send("{\"type\":\"chat\",\"text\":\"\xFF\"}"); });
    // The rest stalls: it says nothing and reads nothing, until it does something else.
  }

  template <class How>
  void end(How how) {
    how();
    client_.reset();
  }

  void say() { client_->send(chat(next_words())); }

  void say_in_fragments() {
    const auto text = chat(next_words());
    const auto cut = below(static_cast<std::uint32_t>(text.size()));
    client_->line().write(client_frame(Opcode::text, text.substr(0, cut), false) +
                          client_frame(Opcode::ping, "between") +
                          client_frame(Opcode::continuation, text.substr(cut)));
  }

  std::string next_words() { return fmt::format("{} {} {}", name_, said_++, std::string(below(2000), 'x')); }

  std::string garbage() {
    std::string bytes(1 + below(300), '\0');
    for (auto& byte : bytes) byte = static_cast<char>(below(256));
    return bytes;
  }

  tcp::endpoint server_;
  std::mt19937 random_;
  std::uint32_t seed_;
  int connections_ = 0, said_ = 0;
  std::string name_;
  std::unique_ptr<ChatClient> client_;
};

/// How far the observers have come with what each crowd says: nobody rages on ahead of either, or it would be
/// closed for being slow.
class Pace {
 public:
  void hear(std::size_t observer, const std::string& words) {  // "pace CROWD NUMBER"
    const auto blank = words.rfind(' ');
    auto& number = heard_[std::stoul(words.substr(5))][observer];
    number = std::stoi(words.substr(blank));
    number.notify_all();
  }

  /// Says the next number and waits until both have heard it.
  void keep(ChatClient& client, std::size_t crowd) {
    const int before = heard_[crowd][0];
    client.send(chat(fmt::format("pace {} {}", crowd, before + 1)));
    for (auto& number : heard_[crowd]) number.wait(before);
  }

 private:
  std::array<std::array<std::atomic<int>, 2>, crowds> heard_{};
};

/// Hears everything, minds the rules, and keeps a sum of all of it that another one's must equal.
class Observer {
 public:
  Observer(const tcp::endpoint& server, std::string name, Pace& pace, std::size_t number)
      : name_(std::move(name)), client_(server), pace_(pace), number_(number) {
    client_.send(login(name_));
    while (client_.receive() == "") continue;
  }

  void hear_until_the_end() {
    for (;;) {
      const auto frame = client_.receive_frame();
      if (frame.opcode == Opcode::ping) {
        client_.line().write(client_frame(Opcode::pong, frame.payload));
        continue;
      }
      if (frame.opcode != Opcode::text)
        fail(name_ + " was closed: " +
             nlohmann::json(frame.payload.substr(std::min<std::size_t>(2, frame.payload.size()))).dump());
      const auto message = nlohmann::json::parse(frame.payload);
      if (has_begun_) sum_ = sum_ * 31 + std::hash<std::string>{}(frame.payload);
      if (message["type"] == "chat" ? hear_chat(message["text"]) : hear_roster(message)) return;
    }
  }

  void say(const std::string& words) { client_.send(chat(words)); }
  std::size_t sum() const { return sum_; }
  const std::vector<std::string>& users() const { return users_; }
  std::size_t heard() const { return heard_; }

 private:
  bool hear_chat(const std::string& words) {
    if (words == "begin") has_begun_ = true;
    if (words == "begin" || words == the_end) return words == the_end;
    if (words.starts_with("pace ")) {
      pace_.hear(number_, words);
      return false;
    }
    ++heard_;
    const auto blank = words.find(' ', words.find(' ') + 1);
    const int number = std::stoi(words.substr(blank));
    if (next_[words.substr(0, blank)]++ != number)
      fail(name_ + " heard out of order, twice or not at all: " + words.substr(0, 60));
    return false;
  }

  bool hear_roster(const nlohmann::json& message) {
    const auto before = std::ssize(users_);
    users_ = message["users"].get<std::vector<std::string>>();
    if (!std::ranges::count(users_, name_)) fail(name_ + " is missing from a roster");
    const auto now = std::ssize(users_);
    const bool is_login = message["type"] == "login";
    if (before && (is_login ? now != before && now != before + 1 : now != before - 1)) {
      fail(fmt::format("a roster of {} follows one of {}", now, before));
    }
    return false;
  }

  std::string name_;
  ChatClient client_;
  Pace& pace_;
  std::size_t number_;
  bool has_begun_ = false;
  std::size_t sum_ = 0, heard_ = 0;
  std::vector<std::string> users_;  // as the last roster had them
  std::map<std::string, int> next_;
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator descriptors("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
}

std::size_t resident_mebibytes() {
  std::size_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * 4096 >> 20;
}

/// Lets the crowd rage for so long, and waits until the server has seen the last of it.
void rage(const tcp::endpoint& server, Pace& pace, std::uint32_t seed,
          std::chrono::steady_clock::duration duration) {
  const auto until = std::chrono::steady_clock::now() + duration;
  std::vector<std::thread> threads;
  for (std::uint32_t crowd = 0; crowd < crowds; ++crowd) {
    threads.emplace_back([&server, &pace, seed, crowd, until] {
      ChatClient pacer(server);
      std::vector<std::unique_ptr<Actor>> actors;
      for (std::uint32_t i = 0; i < clients_a_crowd; ++i) {
        actors.push_back(std::make_unique<Actor>(server, seed + crowd * clients_a_crowd + i));
      }
      while (std::chrono::steady_clock::now() < until) {
        for (auto& actor : actors) actor->do_something();
        pace.keep(pacer, crowd);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  while (metric(server, "chatlab_connections") > 2) continue;
}

void run(std::chrono::seconds duration, std::size_t threads) {
  auto settings = RunningServer::on_a_free_port();
  settings.threads = threads;
  settings.outbox_limit_bytes = 1 << 20;
  settings.http_timeout = std::chrono::seconds(2);
  RunningServer server(settings);
  const auto& endpoint = server.endpoint();
  Pace pace;
  Observer ann(endpoint, "ann", pace, 0), bob(endpoint, "bob", pace, 1);
  ann.say("begin");
  std::thread ann_hears([&] { ann.hear_until_the_end(); }), bob_hears([&] { bob.hear_until_the_end(); });
  rage(endpoint, pace, 1, duration / 4);
  const auto descriptors = open_descriptors(), resident = resident_mebibytes();
  rage(endpoint, pace, 1000, duration - duration / 4);
  // Those who are still saying farewell have a moment for it.
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (open_descriptors() > descriptors && std::chrono::steady_clock::now() < deadline) continue;
  const auto descriptors_at_the_end = open_descriptors(), resident_at_the_end = resident_mebibytes();
  ann.say(the_end);
  ann_hears.join();
  bob_hears.join();
  if (ann.sum() != bob.sum()) fail("the observers have not heard the same");
  const std::vector<std::string> stayed = {"ann", "bob"};
  if (ann.users() != stayed)
    fail(fmt::format("the last roster has {} and not ann and bob", fmt::join(ann.users(), ", ")));
  if (metric(endpoint, "chatlab_logged_in") != 2) fail("the room has others than those who are there");
  if (descriptors_at_the_end > descriptors)
    fail(fmt::format("{} descriptors grew to {}", descriptors, descriptors_at_the_end));
  fmt::print(
      "{} chats heard by both; {} slow clients closed; resident {} MiB after a quarter, {} MiB at the end\n",
      ann.heard(), metric(endpoint, "chatlab_slow_clients_closed_total"), resident, resident_at_the_end);
  constexpr std::size_t slack_mebibytes = 64;  // allocators, and the sanitizers' own records
  if (resident_at_the_end > resident + slack_mebibytes) fail("memory grew");
}

}  // namespace
}  // namespace chatlab::server::test

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 5, threads = argc > 2 ? std::atoi(argv[2]) : 2;
  chatlab::server::test::run(std::chrono::seconds(seconds), static_cast<std::size_t>(threads));
}
