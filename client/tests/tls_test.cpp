// wss://: whom the client trusts, and what it says of the others. No test elsewhere may use TLS: the client
// reads the store of trusted certificates once, and here it must be ours.
#include <gtest/gtest.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <fstream>

#include "client/connection.hpp"
#include "client/tests/certificate.hpp"
#include "client/tests/peer.hpp"

namespace chatlab::client::test {
namespace {

/// Made once: the client reads the system's store once, when it first needs it.
const Certificate& trusted_certificate() {
  static const Certificate made = self_signed("localhost");
  return made;
}

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    // OpenSSL takes this file for the system's store.
    const auto path = ::testing::TempDir() + "chatlab-trusted-" + std::to_string(::getpid()) + ".pem";
    std::ofstream(path) << trusted_certificate().certificate_pem;
    ::setenv("SSL_CERT_FILE", path.c_str(), 1);
  }
  static void TearDownTestSuite() { std::remove(std::getenv("SSL_CERT_FILE")); }

  /// A peer with TLS that upgrades and says hello, if the client lets it come so far.
  PeerServer::Script greet_with(const Certificate& certificate) {
    context.use_certificate_chain(asio::buffer(certificate.certificate_pem));
    context.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
    return [this](Peer& peer) -> asio::awaitable<void> {
      asio::ssl::stream<tcp::socket&> stream(peer.socket(), context);
      try {
        co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
        std::string head;
        auto buffer = asio::dynamic_buffer(head);
        co_await asio::async_read_until(stream, buffer, "\r\n\r\n", asio::use_awaitable);
        const auto answer = upgrade_answer(head) + server_frame(0x81, "hello");
        co_await asio::async_write(stream, asio::buffer(answer), asio::use_awaitable);
      } catch (const boost::system::system_error&) {
        co_return;  // the client did: it says why
      }
      co_await peer.wait_for_end();
    };
  }

  auto open(const Url& url) { return loop.run(Connection::open(url, Clock::now() + patience)); }

  EventLoop loop;
  asio::ssl::context context{asio::ssl::context::tls_server};
};

TEST_F(TlsTest, TalksToAServerThatItTrusts) {
  PeerServer server(loop, greet_with(trusted_certificate()));
  const auto connection = open(server.secure_url("localhost"));
  ASSERT_TRUE(connection.has_value()) << connection.error().text;
  const auto received = loop.run((*connection)->receive());
  ASSERT_TRUE(received.has_value()) << received.error().text;
  EXPECT_EQ(received->payload, "hello");
}

TEST_F(TlsTest, RefusesACertificateThatNobodyHasSigned) {
  PeerServer server(loop, greet_with(self_signed("localhost")));
  const auto url = server.secure_url("localhost");
  const auto connection = open(url);
  ASSERT_TRUE(connection.has_error());
  EXPECT_EQ(connection.error().text,
            "the certificate of " + url.text() + " cannot be trusted: self-signed certificate");
}

TEST_F(TlsTest, RefusesATrustedCertificateOfAnotherHost) {
  PeerServer server(loop, greet_with(trusted_certificate()));
  const auto url = server.secure_url("127.0.0.1");
  const auto connection = open(url);
  ASSERT_TRUE(connection.has_error());
  EXPECT_EQ(connection.error().text,
            "the certificate of " + url.text() + " cannot be trusted: it is not for 127.0.0.1");
}

TEST_F(TlsTest, SaysThatAPlainServerSpeaksNoTls) {
  PeerServer server(loop, [](Peer& peer) -> asio::awaitable<void> {
    co_await peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    co_await peer.wait_for_end();
  });
  const auto url = server.secure_url("127.0.0.1");
  const auto connection = open(url);
  ASSERT_TRUE(connection.has_error());
  const auto& text = connection.error().text;
  EXPECT_TRUE(text.starts_with("TLS with " + url.text() + " failed: ")) << text;
  EXPECT_TRUE(text.ends_with(". If the server does not speak TLS, use ws://")) << text;
}

TEST_F(TlsTest, WaitsForTheHandshakeUntilTheDeadlineOnly) {
  PeerServer server(loop, [](Peer& peer) -> asio::awaitable<void> { co_await peer.wait_for_end(); });
  const auto url = server.secure_url("127.0.0.1");
  const auto connection = loop.run(Connection::open(url, Clock::now() + std::chrono::milliseconds(50)));
  ASSERT_TRUE(connection.has_error());
  EXPECT_EQ(connection.error().text,
            url.text() + " took the connection but did not answer the TLS handshake in time");
}

TEST_F(TlsTest, SaysThatAServerEndedTheHandshake) {
  PeerServer server(loop, [](Peer&) -> asio::awaitable<void> { co_return; });
  const auto url = server.secure_url("127.0.0.1");
  const auto connection = open(url);
  ASSERT_TRUE(connection.has_error());
  EXPECT_TRUE(connection.error().text.starts_with("TLS with " + url.text() + " failed: "))
      << connection.error().text;
}

TEST_F(TlsTest, SaysThatATlsServerDoesNotAnswerPlainWebSocket) {
  PeerServer server(loop, greet_with(trusted_certificate()));
  const auto connection = open(server.url());
  ASSERT_TRUE(connection.has_error());
  EXPECT_TRUE(connection.error().text.starts_with(
      server.url().text() + " did not answer the WebSocket handshake as RFC 6455 asks: "))
      << connection.error().text;
}

}  // namespace
}  // namespace chatlab::client::test
