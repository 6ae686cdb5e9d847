#include "reference-server/tests/metric.hpp"

#include <stdexcept>

namespace chatlab::server::test {

double metric(const tcp::endpoint& server, std::string_view name) {
  TcpLine line(server);
  line.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const auto answer = line.read_to_end();
  const auto place = answer.find("\n" + std::string(name) + " ");
  if (place == answer.npos) throw std::runtime_error("no metric " + std::string(name) + " in: " + answer);
  return std::stod(answer.substr(place + name.size() + 2));
}

}  // namespace chatlab::server::test
