#include "reference-server/tests/running_server.hpp"

#include <fmt/core.h>
#include <spdlog/sinks/ostream_sink.h>

#include <cstdlib>
#include <stdexcept>

namespace chatlab::server::test {

Settings RunningServer::on_a_free_port() {
  Settings settings;
  settings.port = 0;
  return settings;
}

RunningServer::RunningServer(Settings settings, Signals signals)
    : log_("server under test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text_)),
      server_(std::move(settings), log_) {
  log_.set_pattern("%v");
  auto listening = server_.listen();
  if (listening.has_error()) throw std::runtime_error("cannot listen: " + listening.error().text);
  endpoints_ = *listening;
  if (signals == stops_on_signals) server_.handle_signals();
  std::packaged_task<void()> run([this] { server_.run(); });
  returned_ = run.get_future();
  thread_ = std::thread(std::move(run));
}

RunningServer::~RunningServer() {
  if (!thread_.joinable()) return;
  server_.stop();
  join();
}

std::string RunningServer::log_after_stop() {
  server_.stop();
  join();
  returned_.get();  // rethrows what run() threw
  return log_text_.str();
}

void RunningServer::join() {
  if (returned_.wait_for(patience) != std::future_status::ready) {
    fmt::print(stderr, "the server did not stop within {} s\n", patience.count());
    std::abort();
  }
  thread_.join();
}

}  // namespace chatlab::server::test
