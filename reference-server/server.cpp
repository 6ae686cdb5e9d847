#include "reference-server/server.hpp"

#include <sys/resource.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <random>
#include <thread>

#include "reference-server/certificate.hpp"

namespace chatlab::server {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// The end of a coroutine that nobody waits for. An exception is a bug: it ends run() and the program.
void rethrow(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

std::string accept_failure(const error_code& failed) {
  if (failed == asio::error::no_descriptors || failed == boost::system::errc::too_many_files_open_in_system) {
    return "Out of file descriptors: new connections wait until others end";
  }
  return fmt::format("A connection could not be accepted: {}", failed.message());
}

/// A socket is a descriptor: takes as many as this process may have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE,
            &limit);  // where that fails the old limit serves, and accept() says when it is met
}

std::vector<std::unique_ptr<Worker>> make_workers(std::size_t count, Shared& shared) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(shared));
  return workers;
}

/// Where the server is one of several, what its clients say goes through the sequence of all of them.
std::unique_ptr<Order> make_order(const Settings& settings, Metrics& metrics, std::uint64_t process) {
  if (settings.cluster.is_wanted()) {
    return std::make_unique<cluster::ClusterOrder>(settings, metrics, settings.cluster.node, process);
  }
  return std::make_unique<Order>(settings.username_limit_bytes, settings.coalesce_rosters, metrics);
}

}  // namespace

Server::Server(Settings settings, spdlog::logger& log)
    : settings_(std::move(settings)),
      log_(log),
      process_(std::random_device()()),
      order_(make_order(settings_, metrics_, process_)),
      shared_{settings_, *order_, metrics_, log_},
      workers_(make_workers(settings_.threads, shared_)),
      io_context_(workers_.front()->io_context()) {}

boost::system::result<std::vector<tcp::endpoint>, ListenError> Server::listen() {
  raise_descriptor_limit();
  if (!settings_.certificate_file.empty()) {
    auto loaded = load_certificate(settings_.certificate_file, settings_.key_file);
    if (loaded.has_error()) return ListenError{loaded.error()};
    tls_ = std::move(*loaded);
  }
  auto opened = open_acceptors(io_context_, settings_.host, settings_.port);
  if (opened.has_error()) return opened.error();
  acceptors_ = std::move(*opened);
  std::vector<tcp::endpoint> endpoints;
  for (const auto& acceptor : acceptors_) endpoints.push_back(acceptor.local_endpoint());
  if (auto failed = join_cluster()) return std::move(*failed);
  return endpoints;
}

std::optional<ListenError> Server::join_cluster() {
  if (!settings_.cluster.is_wanted()) return std::nullopt;
  auto joined = cluster::join(settings_.cluster, process_, static_cast<cluster::ClusterOrder&>(*order_),
                              metrics_, log_, [this] { stop(); });
  if (joined.has_error()) return ListenError{joined.error().text};
  membership_ = std::move(*joined);
  return std::nullopt;
}

void Server::handle_signals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  if (tls_) signals_.add(SIGHUP);
  wait_for_signal();
}

void Server::wait_for_signal() {
  signals_.async_wait([this](error_code failed, int signal) {
    if (failed) return;
    if (signal != SIGHUP) return stop();
    auto loaded = load_certificate(settings_.certificate_file, settings_.key_file);
    if (loaded.has_error()) {
      log_.error("The old certificate stays: {}", loaded.error());
    } else {
      tls_ = std::move(*loaded);
      log_.info("Certificate loaded again");
    }
    wait_for_signal();
  });
}

void Server::run() {
  for (auto& acceptor : acceptors_) asio::co_spawn(io_context_, accept(acceptor), rethrow);
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers_.size(); ++i)
    threads.emplace_back([&worker = *workers_[i]] { worker.run(); });
  workers_.front()->run();
  for (auto& thread : threads) thread.join();
}

void Server::stop() {
  asio::post(io_context_, [this] {
    if (std::exchange(stopping_, true)) return;
    signals_.cancel();
    for (auto& acceptor : acceptors_) acceptor.close();
    if (membership_) membership_->leave();
    order_->fall_silent();
    for (auto& worker : workers_) worker->stop();
  });
}

asio::awaitable<void> Server::accept(tcp::acceptor& acceptor) {
  bool is_in_trouble = false;
  while (!stopping_) {
    auto& worker = next_worker();
    auto [failed, socket] = co_await acceptor.async_accept(worker.io_context(), as_result);
    if (!failed) {
      worker.adopt(std::move(socket), tls_);
      is_in_trouble = false;
    } else if (!stopping_) {
      if (!std::exchange(is_in_trouble, true)) log_.warn("{}", accept_failure(failed));
      asio::steady_timer pause(io_context_, limits::accept_pause);
      co_await pause.async_wait(as_result);
    }
  }
}

/// In turn, so that all threads have their share.
Worker& Server::next_worker() {
  return *workers_[accepted_++ % workers_.size()];
}

}  // namespace chatlab::server
