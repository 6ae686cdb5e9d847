// The lab's protocol on Boost.Beast as its own example websocket-chat-multi has it: a session per socket on a
// strand, each message posted to it, a queue of shared messages, and one async_write after another. To be
// measured against.
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

class Session;

struct Room {
  std::vector<std::shared_ptr<Session>> members;

  void broadcast(std::string text);
  void announce(const char* type);
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Room& room) : stream_(std::move(socket)), room_(room) {}

  void run() {
    stream_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay(true));
    stream_.async_accept([self = shared_from_this()](beast::error_code failed) {
      if (!failed) self->read();
    });
  }

  void send(const std::shared_ptr<const std::string>& message) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), message] {
      self->queue_.push_back(message);
      if (self->queue_.size() == 1) self->write();
    });
  }

  std::string name;

 private:
  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (failed) return self->leave();
      self->receive(beast::buffers_to_string(self->buffer_.data()));
      self->buffer_.clear();
      self->read();
    });
  }

  void receive(const std::string& text) {
    const auto message = nlohmann::json::parse(text, nullptr, false);
    if (!message.is_object())
      return send(std::make_shared<const std::string>(R"({"error":"not an object"})"));
    const auto type = message.value("type", "");
    if (type == "chat") return room_.broadcast(message.dump());
    if (type == "disconnect") return leave();
    if (type != "login") return;
    name = message.value("username", "");
    if (std::ranges::find(room_.members, shared_from_this()) == room_.members.end()) {
      room_.members.push_back(shared_from_this());
    }
    room_.announce("login");
  }

  void leave() {
    if (std::erase(room_.members, shared_from_this())) room_.announce("disconnect");
  }

  void write() {
    stream_.text(true);
    stream_.async_write(asio::buffer(*queue_.front()),
                        [self = shared_from_this()](beast::error_code failed, std::size_t) {
                          if (failed) return;
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) self->write();
                        });
  }

  websocket::stream<beast::tcp_stream> stream_;
  Room& room_;
  beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<const std::string>> queue_;
};

void Room::broadcast(std::string text) {
  const auto message = std::make_shared<const std::string>(std::move(text));
  for (const auto& member : members) member->send(message);
}

void Room::announce(const char* type) {
  nlohmann::ordered_json message = {{"type", type}, {"users", nlohmann::ordered_json::array()}};
  for (const auto& member : members) message["users"].push_back(member->name);
  broadcast(message.dump());
}

void accept(tcp::acceptor& acceptor, Room& room) {
  acceptor.async_accept(asio::make_strand(acceptor.get_executor()),
                        [&](beast::error_code failed, tcp::socket socket) {
                          if (!failed) std::make_shared<Session>(std::move(socket), room)->run();
                          accept(acceptor, room);
                        });
}

}  // namespace

int main(int argc, char** argv) {
  const bool has_port = argc == 3 && std::string_view(argv[1]) == "--port";
  asio::io_context io_context(1);
  tcp::acceptor acceptor(io_context, {asio::ip::address_v4::loopback(),
                                      static_cast<std::uint16_t>(has_port ? std::atoi(argv[2]) : 0)});
  Room room;
  accept(acceptor, room);
  std::printf("listening on ws://127.0.0.1:%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  io_context.run();
}
