#include "loadgen/preflight.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>

#include <cstring>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

Address address_of(const char* text) {
  Address address;
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (::inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    address.size = sizeof ipv4;
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1) << text;
    ipv6.sin6_family = AF_INET6;
    address.size = sizeof ipv6;
  }
  return address;
}

Options load(std::uint32_t clients, double rate_per_s) {
  Options options;
  options.run.clients = clients;
  options.run.rate_per_s = rate_per_s;
  options.run.url = {false, "chat.example", 8081, "/"};
  return options;
}

std::string refusal(const Options& options, std::vector<const char*> addresses) {
  std::vector<Address> all;
  for (const char* text : addresses) all.push_back(address_of(text));
  return prohibition(options, all).value_or("");
}

TEST(Preflight, LoadsThisMachineOnly) {
  const auto options = load(100, 10);
  for (const char* here : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"})
    EXPECT_EQ(refusal(options, {here}), "") << here;
  for (const char* elsewhere : {"192.0.2.1", "10.0.0.1", "0.0.0.0", "128.0.0.1", "2001:db8::1",
                                "::", "::ffff:192.0.2.1", "::127.0.0.1", "fe80::1"}) {
    EXPECT_NE(refusal(options, {elsewhere}).find("say --i-may-load-this-server"), std::string::npos)
        << elsewhere;
  }
  // A name that means several machines is theirs too.
  EXPECT_NE(refusal(options, {"127.0.0.1", "192.0.2.1"}), "");
}

TEST(Preflight, LoadsOthersPolitelyUnlessReally) {
  struct Row {
    std::uint32_t clients;
    double rate_per_s;
    std::uint32_t closed;
    bool refused;
  };
  for (const auto& row : std::initializer_list<Row>{{200, 25, 0, false},
                                                    {201, 1, 0, true},
                                                    {100, 50, 0, false},
                                                    {100, 51, 0, true},
                                                    {10, 1, 1, true}}) {
    auto options = load(row.clients, row.rate_per_s);
    options.run.closed = row.closed;
    options.may_load_this_server = true;
    const auto words = refusal(options, {"192.0.2.1"});
    EXPECT_EQ(words.find("needs --really") != std::string::npos, row.refused)
        << row.clients << " clients, " << row.rate_per_s << "/s: " << words;
    EXPECT_EQ(words.empty(), !row.refused);
    options.really = true;
    EXPECT_EQ(refusal(options, {"192.0.2.1"}), "");
    options.may_load_this_server = false;  // --really alone opens nothing
    EXPECT_NE(refusal(options, {"192.0.2.1"}), "");
  }
}

TEST(Preflight, WarnsOfMuchAndRefusesTheImpossible) {
  EXPECT_FALSE(concern(load(100, 100)));
  EXPECT_NE(concern(load(1000, 300))->find("300k deliveries a second are expected"), std::string::npos);
  EXPECT_FALSE(obstacle(load(1000, 300)));

  auto options = load(1000, 10'000);
  EXPECT_NE(obstacle(options)->find("10.0M deliveries a second"), std::string::npos);
  options.really = true;
  EXPECT_FALSE(obstacle(options));

  options = load(1, 100'000);
  options.run.duration = 1h;
  EXPECT_NE(obstacle(options)->find("fit into one run"), std::string::npos);
}

/// With no more open files than this, as far as it may be raised.
std::string obstacle_with_files(rlim_t files, const Options& options) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{std::min(files, before.rlim_cur), before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  const auto words = obstacle(options).value_or("");
  rlimit after{};
  ::getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_GE(after.rlim_cur, low.rlim_cur);
  ::setrlimit(RLIMIT_NOFILE, &before);
  return words;
}

TEST(Preflight, RaisesTheLimitOfOpenFilesAsFarAsItMay) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(obstacle_with_files(256, load(500, 1)), "");
  if (limit.rlim_max < 100'000) {
    EXPECT_NE(obstacle_with_files(256, load(100'000, 1)).find("raise the limit (ulimit -Hn)"),
              std::string::npos);
  }
  if (limit.rlim_max < 20'000) GTEST_SKIP() << "this process may open " << limit.rlim_max << " files";
  auto options = load(17'000, 1);
  options.run.senders = 17'000;
  EXPECT_NE(obstacle(options)->find("lower --senders"), std::string::npos);
}

}  // namespace
}  // namespace chatlab::loadgen
