#include "client/tests/peer.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace chatlab::client::test {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::string big_endian(std::uint64_t value, int width_bytes) {
  std::string bytes;
  for (int shift = 8 * (width_bytes - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
  }
  return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string upgrade_answer(const std::string& request_head) {
  constexpr std::string_view field = "Sec-WebSocket-Key: ";
  const auto start = request_head.find(field);
  if (start == std::string::npos) throw std::runtime_error("not an upgrade: " + request_head);
  const auto key = request_head.substr(start + field.size(), 24);  // 16 bytes in base64
  const auto salted = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  ::SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest);
  unsigned char base64[32] = {};
  ::EVP_EncodeBlock(base64, digest, sizeof digest);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         std::string(reinterpret_cast<const char*>(base64)) + "\r\n\r\n";
}

std::string server_frame(int first_byte, std::string_view payload) {
  std::string bytes(1, static_cast<char>(first_byte));
  if (payload.size() < 126) {
    bytes += big_endian(payload.size(), 1);
  } else if (payload.size() <= 0xFFFF) {
    bytes += '\x7E' + big_endian(payload.size(), 2);
  } else {
    bytes += '\x7F' + big_endian(payload.size(), 8);
  }
  return bytes.append(payload);
}

asio::awaitable<std::string> Peer::read_head() {
  auto buffer = asio::dynamic_buffer(unread_);
  const auto size_bytes = co_await asio::async_read_until(socket_, buffer, "\r\n\r\n", asio::use_awaitable);
  co_return co_await read(size_bytes);
}

asio::awaitable<void> Peer::upgrade() {
  const auto head = co_await read_head();
  co_await write(upgrade_answer(head));
}

asio::awaitable<void> Peer::write(std::string bytes) {
  co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
}

asio::awaitable<ClientFrame> Peer::read_frame() {
  const auto head = co_await read(2);
  const auto first = static_cast<unsigned char>(head[0]);
  const auto second = static_cast<unsigned char>(head[1]);
  ClientFrame frame;
  frame.opcode = first & 0x0F;
  frame.is_final = (first & 0x80) != 0;
  frame.is_masked = (second & 0x80) != 0;
  std::uint64_t size_bytes = second & 0x7F;
  if (size_bytes >= 126) {
    const auto length = co_await read(size_bytes == 126 ? 2 : 8);
    size_bytes = from_big_endian(length);
  }
  std::string mask(4, '\0');
  if (frame.is_masked) mask = co_await read(4);
  frame.payload = co_await read(size_bytes);
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
  }
  co_return frame;
}

asio::awaitable<std::string> Peer::wait_for_end() {
  char ignored[4096];
  for (;;) {
    const auto [failed, size_bytes] = co_await socket_.async_read_some(asio::buffer(ignored), as_result);
    if (failed == asio::error::eof) co_return "end";
    if (failed == asio::error::connection_reset) co_return "reset";
    if (failed) co_return failed.message();
  }
}

void Peer::reset() {
  socket_.set_option(asio::socket_base::linger(true, 0));
  socket_.close();
}

asio::awaitable<std::string> Peer::read(std::size_t size_bytes) {
  if (unread_.size() < size_bytes) {
    auto buffer = asio::dynamic_buffer(unread_);
    const auto missing = asio::transfer_at_least(size_bytes - unread_.size());
    co_await asio::async_read(socket_, buffer, missing, asio::use_awaitable);
  }
  auto bytes = unread_.substr(0, size_bytes);
  unread_.erase(0, size_bytes);
  co_return bytes;
}

PeerServer::PeerServer(EventLoop& loop, Script script)
    : loop_(loop),
      script_(std::move(script)),
      acceptor_(loop.context(), {asio::ip::address_v4::loopback(), 0}) {
  loop.start(serve());
}

Url PeerServer::url() const {
  return Url{false, "127.0.0.1", acceptor_.local_endpoint().port(), "/"};
}

Url PeerServer::secure_url(std::string host) const {
  return Url{true, std::move(host), acceptor_.local_endpoint().port(), "/"};
}

asio::awaitable<void> PeerServer::serve() {
  Peer peer(co_await acceptor_.async_accept(asio::use_awaitable));
  co_await script_(peer);
  finished_ = true;
}

}  // namespace chatlab::client::test
