// TLS on the server's port: wss, https, and a certificate that is replaced while the server runs.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdio>

#include "reference-server/tests/chat_client.hpp"
#include "reference-server/tests/running_server.hpp"

namespace chatlab::server::test {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// A self-signed certificate of this name, and its key, in two files.
class TestCertificate {
 public:
  explicit TestCertificate(const std::string& name) { replace(name); }
  ~TestCertificate() {
    std::remove(certificate_file.c_str());
    std::remove(key_file.c_str());
  }

  void replace(const std::string& name) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const File to_certificate(std::fopen(certificate_file.c_str(), "w"), std::fclose);
    PEM_write_X509(to_certificate.get(), certificate.get());
    const File to_key(std::fopen(key_file.c_str(), "w"), std::fclose);
    PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }

  const std::string certificate_file = path("certificate"), key_file = path("key");

 private:
  std::string path(const char* what) {
    return testing::TempDir() + "chatlab-" + std::to_string(getpid()) + "-" + what + ".pem";
  }
};

/// TLS by Asio's own stream, so that nothing is judged by the code that it was written with.
class TlsLine {
 public:
  explicit TlsLine(const tcp::endpoint& server, int highest_version = TLS1_3_VERSION) {
    SSL_CTX_set_max_proto_version(context_.native_handle(), highest_version);
    stream_ = std::make_unique<asio::ssl::stream<tcp::socket>>(io_context_, context_);
    stream_->lowest_layer().connect(server);
    stream_->handshake(asio::ssl::stream_base::client);
  }

  void write(std::string_view bytes) { asio::write(*stream_, asio::buffer(bytes)); }

  std::string read(std::size_t size_bytes) {
    if (unread_.size() < size_bytes) {
      asio::read(*stream_, asio::dynamic_buffer(unread_),
                 asio::transfer_at_least(size_bytes - unread_.size()));
    }
    const auto bytes = unread_.substr(0, size_bytes);
    unread_.erase(0, size_bytes);
    return bytes;
  }

  std::string read_until(const std::string& end) {
    return read(asio::read_until(*stream_, asio::dynamic_buffer(unread_), end));
  }

  /// Whom the server says it is.
  std::string name() {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        SSL_get1_peer_certificate(stream_->native_handle()), X509_free);
    std::array<char, 100> text{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text.data(),
                              text.size());
    return text.data();
  }

  void upgrade() {
    write(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    read_until("\r\n\r\n");
  }

  void expect_message(const std::string& text) {
    const auto frame = encode_frame(Opcode::text, text);
    EXPECT_TRUE(read(frame->size()) == *frame) << "not " << text.substr(0, 100);
  }

 private:
  asio::io_context io_context_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  std::unique_ptr<asio::ssl::stream<tcp::socket>> stream_;
  std::string unread_;
};

class TlsTest : public ::testing::Test {
 protected:
  Settings settings() {
    auto settings = RunningServer::on_a_free_port();
    settings.certificate_file = certificate.certificate_file;
    settings.key_file = certificate.key_file;
    return settings;
  }

  TestCertificate certificate{"first"};
};

TEST_F(TlsTest, CarriesThePageAndTheChat) {
  RunningServer server(settings());
  TlsLine page(server.endpoint()), ann(server.endpoint());
  page.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(page.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  ann.upgrade();
  ann.write(client_frame(Opcode::text, login("ann")));
  ann.expect_message(roster("login", {"ann"}).dump());
  for (const std::size_t size_bytes : {1UL, 16'384UL, 100'000UL, 1'000'000UL}) {
    const auto text = chat(std::string(size_bytes, 'x'));
    ann.write(client_frame(Opcode::text, text));
    ann.expect_message(text);
  }
}

// More than the kernels take, so that the server is left with records that it could not send at once.
TEST_F(TlsTest, CarriesWhatItsReceiverIsLateToRead) {
  RunningServer server(settings());
  TlsLine ann(server.endpoint());
  ann.upgrade();
  ann.write(client_frame(Opcode::text, login("ann")));
  ann.expect_message(roster("login", {"ann"}).dump());
  const auto text = chat(std::string(500'000, 'x'));
  constexpr int count = 14;
  for (int i = 0; i < count; ++i) ann.write(client_frame(Opcode::text, text));
  for (int i = 0; i < count; ++i) ann.expect_message(text);
}

TEST_F(TlsTest, EndsAConnectionThatSpeaksNone) {
  RunningServer server(settings());
  TcpLine plain(server.endpoint());
  plain.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(plain.read_to_end().find("200"), std::string::npos);
}

TEST_F(TlsTest, CutsASlowHandshakeOff) {
  auto impatient = settings();
  impatient.http_timeout = std::chrono::milliseconds(200);
  RunningServer server(impatient);
  TcpLine silent(server.endpoint()), slow(server.endpoint());
  slow.write("\x16\x03\x01");  // a record begins, and its length never comes
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(slow.read_to_end(), "");
}

TEST_F(TlsTest, IsNotOlderThan12) {
  RunningServer server(settings());
  EXPECT_NO_THROW(TlsLine(server.endpoint(), TLS1_2_VERSION));
  EXPECT_THROW(TlsLine(server.endpoint(), TLS1_1_VERSION), boost::system::system_error);
}

TEST_F(TlsTest, TakesANewCertificateOnSighupAndKeepsItsConnections) {
  RunningServer server(settings(), RunningServer::stops_on_signals);
  TlsLine ann(server.endpoint());
  EXPECT_EQ(ann.name(), "first");
  ann.upgrade();
  certificate.replace("second");
  ASSERT_EQ(std::raise(SIGHUP), 0);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string name;
  while (name != "second" && std::chrono::steady_clock::now() < deadline)
    name = TlsLine(server.endpoint()).name();
  EXPECT_EQ(name, "second");
  ann.write(client_frame(Opcode::text, login("ann")));
  ann.expect_message(roster("login", {"ann"}).dump());
}

TEST_F(TlsTest, KeepsTheOldCertificateWhereTheNewOneCannotBeRead) {
  RunningServer server(settings(), RunningServer::stops_on_signals);
  std::remove(certificate.certificate_file.c_str());
  ASSERT_EQ(std::raise(SIGHUP), 0);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(TlsLine(server.endpoint()).name(), "first");
  EXPECT_NE(server.log_after_stop().find("The old certificate stays: cannot use "), std::string::npos);
}

TEST_F(TlsTest, SaysWhichFileIsWrong) {
  spdlog::logger log("not read");
  auto wrong = settings();
  wrong.certificate_file = "/nowhere.pem";
  EXPECT_EQ(Server(wrong, log).listen().error().text,
            "cannot use /nowhere.pem as the certificate: No such file or directory");
  wrong = settings();
  wrong.key_file = wrong.certificate_file;
  EXPECT_NE(Server(wrong, log).listen().error().text.find("as the certificate's key"), std::string::npos);
}

// OpenSSL itself takes a key of another kind than the certificate's, and fails when somebody connects.
TEST_F(TlsTest, DoesNotTakeAnothersKey) {
  const File to_key(std::fopen(certificate.key_file.c_str(), "w"), std::fclose);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                                                           EVP_PKEY_free);
  PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fflush(to_key.get());
  spdlog::logger log("not read");
  EXPECT_NE(Server(settings(), log).listen().error().text.find("as the certificate's key"),
            std::string::npos);
}

}  // namespace
}  // namespace chatlab::server::test
