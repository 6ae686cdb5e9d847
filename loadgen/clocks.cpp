#include "loadgen/clocks.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/algorithm/string/split.hpp>

#include "loadgen/clock.hpp"

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr int burst = 20;             // questions: one in so many finds nobody in its way
constexpr auto longest_wait = 100ms;  // for one answer: who answers looks up every 10 ms
constexpr auto interval = 1s;         // between bursts now and then
constexpr auto attention = 1ms;       // of who answers, for the next question
constexpr auto longest_connect = 1s;  // to one place
constexpr int most_waiting_hosts = 128;

struct Question {
  std::int64_t number = 0;
};
struct Answer {
  std::int64_t number = 0;
  std::int64_t shown_ns = 0;
};

/// False at the deadline.
bool is_ready(int socket, short event, std::chrono::nanoseconds patience) {
  pollfd wanted{socket, event, 0};
  const auto left = std::max(patience, 0ns);
  const timespec timeout{left / 1s, (left % 1s).count()};
  return ::ppoll(&wanted, 1, &timeout, nullptr) > 0;
}

void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

client::Descriptor connected(const std::string& place) {
  const auto colon = place.find(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(place.substr(colon + 1))));
  ::inet_pton(AF_INET, place.substr(0, colon).c_str(), &address.sin_addr);
  client::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  int failed = 0;
  socklen_t size = sizeof failed;
  if (!is_ready(socket.get(), POLLOUT, longest_connect) ||
      ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failed, &size) != 0 || failed != 0)
    return {};
  send_at_once(socket.get());
  return socket;
}

}  // namespace

// ---- who answers ----

ClockServer::ClockServer() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  ::listen(listening_.get(), most_waiting_hosts);  // of all addresses, on a port that is free
}

std::string ClockServer::places() const {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ifaddrs* all = nullptr;
  if (::getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
      ::getifaddrs(&all) != 0)
    return {};
  std::string places;
  for (const auto* one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET || (one->ifa_flags & IFF_LOOPBACK)) continue;
    char text[INET_ADDRSTRLEN]{};
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, text, sizeof text);
    places += fmt::format("{}{}:{}", places.empty() ? "" : " ", text, ntohs(own.sin_port));
  }
  ::freeifaddrs(all);
  return places;
}

bool ClockServer::answer() {
  bool was_asked = false;
  auto until = now();
  do {
    if (!answer_once()) continue;
    was_asked = true;
    until = now() + attention;
  } while (now() < until);
  return was_asked;
}

bool ClockServer::answer_once() {
  client::Descriptor newcomer(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (newcomer.get() >= 0) {
    send_at_once(newcomer.get());
    askers_.push_back(std::move(newcomer));
  }
  bool was_asked = false;
  std::erase_if(askers_, [&](const client::Descriptor& asker) {
    Question question;
    const auto bytes = ::recv(asker.get(), &question, sizeof question, 0);
    if (bytes < 0) return errno != EAGAIN && errno != EINTR;
    if (bytes != sizeof question) return true;  // it has gone, or is none of ours
    const Answer answer{question.number, now().count()};
    was_asked = true;
    return ::send(asker.get(), &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer;
  });
  return was_asked;
}

// ---- who asks ----

bool ClockClient::connect(std::string_view places) {
  std::vector<std::string> all;
  if (!places.empty()) boost::algorithm::split(all, places, [](char c) { return c == ' '; });
  for (const auto& place : all) {
    connection_ = connected(place);
    if (connection_.get() >= 0) return true;
  }
  return false;
}

bool ClockClient::ask() {
  std::vector<ClockReading> answers;
  last_asked_ = now();
  for (int i = 0; i < burst; ++i) {
    const auto answer = ask_once();
    if (!answer) break;
    answers.push_back(*answer);
  }
  if (answers.empty()) return false;
  readings_.push_back(best_of(answers));
  return true;
}

std::optional<ClockReading> ClockClient::ask_once() {
  if (connection_.get() < 0) return std::nullopt;
  const Question question{++questions_};
  const auto asked = now();
  if (::send(connection_.get(), &question, sizeof question, MSG_NOSIGNAL) != sizeof question)
    return std::nullopt;
  while (is_ready(connection_.get(), POLLIN, longest_wait - (now() - asked))) {
    Answer answer;
    const auto bytes = ::recv(connection_.get(), &answer, sizeof answer, 0);
    const auto heard = now();
    if (bytes != sizeof answer) break;  // it has gone
    // Not one that was waited for before, in vain.
    if (answer.number == questions_) return ClockReading{asked, Moment(answer.shown_ns), heard};
  }
  return std::nullopt;
}

void ClockClient::ask_now_and_then() {
  if (now() - last_asked_ >= interval) ask();
}

}  // namespace chatlab::loadgen
