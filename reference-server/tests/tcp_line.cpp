#include "reference-server/tests/tcp_line.hpp"

#include <fmt/format.h>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <stdexcept>

namespace chatlab::server::test {

TcpLine::TcpLine(const tcp::endpoint& server, int receive_buffer_bytes) {
  socket_.open(server.protocol());
  // Before connecting: the window that TCP announces is chosen then.
  if (receive_buffer_bytes) socket_.set_option(tcp::socket::receive_buffer_size(receive_buffer_bytes));
  const auto failed = wait_for("the connection", [&](Handler done) {
    socket_.async_connect(server, [done](error_code failed) { done(failed, 0); });
  });
  if (failed) throw std::runtime_error("cannot connect: " + failed.message());
}

void TcpLine::write(std::string_view bytes) {
  const auto failed = wait_for("the server to take bytes",
                               [&](Handler done) { asio::async_write(socket_, asio::buffer(bytes), done); });
  if (failed) throw std::runtime_error("cannot write: " + failed.message());
}

std::string TcpLine::read(std::size_t size_bytes) {
  if (unread_.size() < size_bytes) {
    const auto failed = wait_for("bytes from the server", [&](Handler done) {
      asio::async_read(socket_, asio::dynamic_buffer(unread_),
                       asio::transfer_at_least(size_bytes - unread_.size()), done);
    });
    if (failed) {
      throw std::runtime_error(
          fmt::format("{} bytes were wanted, {} came: {}", size_bytes, unread_.size(), failed.message()));
    }
  }
  const auto bytes = unread_.substr(0, size_bytes);
  unread_.erase(0, size_bytes);
  return bytes;
}

std::string TcpLine::read_until(std::string_view end) {
  const auto failed = wait_for("the end of a text", [&](Handler done) {
    asio::async_read_until(socket_, asio::dynamic_buffer(unread_), std::string(end), done);
  });
  if (failed) throw std::runtime_error("the text has no end: " + failed.message());
  return read(unread_.find(end) + end.size());
}

std::string TcpLine::read_to_end() {
  wait_for("the end of the connection", [&](Handler done) {
    asio::async_read(socket_, asio::dynamic_buffer(unread_), asio::transfer_all(), done);
  });
  return std::exchange(unread_, {});
}

std::string TcpLine::read_http_answer() {
  constexpr std::string_view length_field = "\r\nContent-Length: ";
  auto answer = read_until("\r\n\r\n");
  const auto field = answer.find(length_field);
  if (field == std::string::npos) return answer;
  return answer + read(std::stoul(answer.substr(field + length_field.size())));
}

void TcpLine::reset() {
  socket_.set_option(asio::socket_base::linger(true, 0));
  socket_.close();
}

error_code TcpLine::wait_for(std::string_view what, const std::function<void(Handler)>& start) {
  std::optional<error_code> outcome;
  start([&](error_code failed, std::size_t) { outcome = failed; });
  io_context_->restart();
  io_context_->run_for(patience);
  if (outcome) return *outcome;
  socket_.close();
  io_context_->run();  // the handler refers to `outcome`
  throw std::runtime_error(fmt::format("waited {} s in vain for {}", patience.count(), what));
}

}  // namespace chatlab::server::test
