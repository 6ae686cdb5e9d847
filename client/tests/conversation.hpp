// The fixture of the tests of an open connection: a client that is connected to a peer with a script.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "client/connection.hpp"
#include "client/tests/peer.hpp"

namespace chatlab::client::test {

class ConversationTest : public ::testing::Test {
 protected:
  /// Opens a connection to a peer that upgrades and then plays the script.
  void talk_to(PeerServer::Script script) {
    script_ = std::move(script);
    server_.emplace(loop, [this](Peer& peer) -> asio::awaitable<void> {
      co_await peer.upgrade();
      co_await script_(peer);
    });
    auto opened = loop.run(Connection::open(server_->url(), Clock::now() + patience));
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    connection = std::move(*opened);
  }

  /// Opens a connection to a peer that sends these bytes and then waits for the end.
  void listen_to(const std::string& bytes) {
    talk_to([bytes](Peer& peer) -> asio::awaitable<void> {
      co_await peer.write(bytes);
      co_await peer.wait_for_end();
    });
  }

  error_code send(std::string text, Clock::duration within = patience, Form form = Form::text) {
    return loop.run(connection->send(std::move(text), Clock::now() + within, form));
  }

  /// The next message, or the failure.
  std::string receive() {
    const auto received = loop.run(connection->receive());
    return received.has_error() ? "failure: " + received.error().text : received->payload;
  }

  void finish_script() { server_->finish(); }

  EventLoop loop;
  std::unique_ptr<Connection> connection;

 private:
  PeerServer::Script script_;
  std::optional<PeerServer> server_;
};

}  // namespace chatlab::client::test
