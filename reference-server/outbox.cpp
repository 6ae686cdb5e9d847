#include "reference-server/outbox.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "reference-server/limits.hpp"

namespace chatlab::server {

Outbox::Outbox(tcp::socket socket)
    : socket_(std::move(socket)), pushed_(socket_.get_executor(), asio::steady_timer::time_point::max()) {}

void Outbox::push(const Frame& frame) {
  if (finished_) return;
  if (queued_bytes_ + frame->size() > limits::outbox_bytes) {
    overflowed_ = true;
    abandon();
    return;
  }
  queued_bytes_ += frame->size();
  queue_.push_back(frame);
  pushed_.cancel();
}

asio::awaitable<void> Outbox::write_all() {
  error_code failed;
  std::vector<asio::const_buffer> batch;
  while (!failed && !(finished_ && queue_.empty())) {
    if (queue_.empty()) {
      error_code woken;
      co_await pushed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      continue;
    }
    batch.clear();
    const auto count = std::min(queue_.size(), limits::frames_per_write);
    for (std::size_t i = 0; i < count; ++i) batch.push_back(asio::buffer(*queue_[i]));
    const auto written_bytes =
        co_await asio::async_write(socket_, batch, asio::redirect_error(asio::use_awaitable, failed));
    queued_bytes_ -= written_bytes;
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (failed) abandon();  // the reader learns of it by its read failing
}

void Outbox::push_from_beast(const Frame& bytes) {
  constexpr char final_close = static_cast<char>(0x88);  // FIN bit and opcode 8
  push(bytes);
  // RFC 6455, 5.5.1: no data after a close frame, so broadcasts that come later are not for this client.
  if (!bytes->empty() && bytes->front() == final_close) finish();
}

void Outbox::finish() {
  finished_ = true;
  pushed_.cancel();
}

void Outbox::abandon() {
  finish();
  error_code ignored;  // a socket that cannot be closed cannot be used either
  socket_.close(ignored);
}

}  // namespace chatlab::server
