// The reference server, run inside this program on a free port: the target where the command line names none.
// It owns the thread that serves; destruction stops it.
#pragma once

#include <memory>

#include "client/url.hpp"

namespace chatlab::conformance {

class EmbeddedServer {
 public:
  static boost::system::result<std::unique_ptr<EmbeddedServer>, client::Failure> start();
  ~EmbeddedServer();

  const client::Url& url() const { return url_; }

 private:
  struct Running;  // the server and its thread; keeps the server's headers out of this one

  EmbeddedServer();
  std::unique_ptr<Running> running_;
  client::Url url_;
};

}  // namespace chatlab::conformance
