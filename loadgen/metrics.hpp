// Live metrics for Prometheus while a run goes on: one thread that answers HTTP on a port of this machine,
// with the last text that was published. It owns the thread and the socket; it measures nothing.
#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "client/descriptor.hpp"
#include "client/url.hpp"
#include "loadgen/conductor.hpp"

namespace chatlab::loadgen {

/// In Prometheus' text format. Pure.
std::string metrics_text(const Progress& progress);

class MetricsServer {
 public:
  /// Port 0: any that is free.
  static boost::system::result<std::unique_ptr<MetricsServer>, client::Failure> start(std::uint16_t port);
  ~MetricsServer();

  std::uint16_t port() const { return port_; }
  void publish(std::string text);

 private:
  MetricsServer() = default;
  void serve();
  void answer(int socket);

  client::Descriptor listener_, stop_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;  // guards text_
  std::string text_;
  std::thread thread_;
};

}  // namespace chatlab::loadgen
