#include "conformance/embedded_server.hpp"

#include <spdlog/sinks/null_sink.h>

#include <thread>

#include "reference-server/server.hpp"

namespace chatlab::conformance {

struct EmbeddedServer::Running {
  spdlog::logger log{"embedded server", std::make_shared<spdlog::sinks::null_sink_mt>()};
  server::Server server{server::Settings{"", 0}, log};
  std::thread thread;
};

EmbeddedServer::EmbeddedServer() : running_(std::make_unique<Running>()) {}

boost::system::result<std::unique_ptr<EmbeddedServer>, client::Failure> EmbeddedServer::start() {
  std::unique_ptr<EmbeddedServer> embedded(new EmbeddedServer);
  auto& running = *embedded->running_;
  const auto listening = running.server.listen();
  if (listening.has_error()) return client::Failure{listening.error().text};
  embedded->url_ = {false, "127.0.0.1", listening->front().port(), "/"};
  running.thread = std::thread([&running] { running.server.run(); });
  return embedded;
}

EmbeddedServer::~EmbeddedServer() {
  running_->server.stop();
  if (running_->thread.joinable()) running_->thread.join();
}

}  // namespace chatlab::conformance
