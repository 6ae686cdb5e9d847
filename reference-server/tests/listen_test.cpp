// Where the server listens, and what it says where it cannot.
#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

boost::system::result<std::vector<tcp::endpoint>, ListenError> listen_on(Settings settings) {
  spdlog::logger log("not read", std::make_shared<spdlog::sinks::null_sink_mt>());
  Server server(std::move(settings), log);
  return server.listen();
}

std::string error_of(Settings settings) {
  const auto listening = listen_on(std::move(settings));
  return listening.has_error() ? listening.error().text : "no error";
}

bool has_ipv6_loopback() {
  asio::io_context io_context;
  error_code failed;
  tcp::acceptor acceptor(io_context);
  acceptor.open(tcp::v6(), failed);
  if (!failed) acceptor.bind({asio::ip::address_v6::loopback(), 0}, failed);
  return !failed;
}

TEST(Listening, TakesBothLoopbackAddressesOnOnePort) {
  RunningServer server;
  ASSERT_EQ(server.endpoints().size(), has_ipv6_loopback() ? 2U : 1U);
  EXPECT_EQ(server.endpoints().front().address(), asio::ip::address_v4::loopback());
  for (const auto& endpoint : server.endpoints()) {
    EXPECT_TRUE(endpoint.address().is_loopback());
    EXPECT_EQ(endpoint.port(), server.endpoint().port());
    EXPECT_NE(endpoint.port(), 0);
  }
}

TEST(Listening, MakesOneRoomOfBothAddresses) {
  if (!has_ipv6_loopback()) GTEST_SKIP() << "this machine has no ::1";
  RunningServer server;
  ChatClient ann(tcp::endpoint(asio::ip::address_v4::loopback(), server.endpoint().port()));
  ann.send(login("ann"));
  ann.receive();
  ChatClient bob(tcp::endpoint(asio::ip::address_v6::loopback(), server.endpoint().port()));
  bob.send(login("bob"));
  EXPECT_EQ(bob.receive_json(), roster("login", {"ann", "bob"}));
  EXPECT_EQ(ann.receive_json(), roster("login", {"ann", "bob"}));
}

TEST(Listening, TwoServersWithPort0GetDifferentOnes) {
  RunningServer one, other;
  EXPECT_NE(one.endpoint().port(), other.endpoint().port());
}

TEST(Listening, TakesOneAddressWhereToldSo) {
  const auto listening = listen_on({"127.0.0.1", 0});
  ASSERT_TRUE(listening.has_value()) << listening.error().text;
  EXPECT_EQ(listening->size(), 1U);
}

TEST(Listening, NamesAPortInUse) {
  RunningServer server;
  const auto port = server.endpoint().port();
  const auto error = error_of({"", port});
  EXPECT_NE(error.find("port " + std::to_string(port) + " is in use on 127.0.0.1"), std::string::npos)
      << error;
  EXPECT_NE(error.find("--port"), std::string::npos) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

TEST(Listening, NamesTheOneAddressOnWhichThePortIsInUse) {
  if (!has_ipv6_loopback()) GTEST_SKIP() << "this machine has no ::1";
  asio::io_context io_context;
  tcp::acceptor taken(io_context, {asio::ip::address_v6::loopback(), 0});
  const auto port = taken.local_endpoint().port();
  const auto error = error_of({"", port});
  EXPECT_NE(error.find("port " + std::to_string(port) + " is in use on "), std::string::npos) << error;
}

TEST(Listening, NamesAnAddressThatIsNotThisMachines) {
  const auto error = error_of({"192.0.2.1", 0});  // TEST-NET-1 of RFC 5737: nobody's
  EXPECT_NE(error.find("192.0.2.1"), std::string::npos) << error;
}

TEST(Listening, NamesAHostWithoutAnAddress) {
  const auto error = error_of({"not a host", 0});
  EXPECT_TRUE(error.starts_with("no address for --host not a host: ")) << error;
}

}  // namespace
}  // namespace chatlab::server::test
