// One chat client: a line to the server, where it stands between connecting and leaving, and what it has not
// been able to write yet. It owns its line; one thread uses it.
#pragma once

#include "loadgen/frame.hpp"
#include "loadgen/line.hpp"
#include "loadgen/moment.hpp"

namespace chatlab::loadgen {

struct Control;

enum class Stage : std::uint8_t {
  outside,
  connecting,
  securing,
  upgrading,
  entering,  ///< login sent, not confirmed
  inside,
  leaving,
  gone,  ///< the server ended it
};

class Participant {
 public:
  Participant(Control& control, std::uint32_t number) : control_(&control), number_(number) {}

  // Each returns false where the line has broken; why() says how.
  bool open(Moment at);
  bool go_on(Moment at);  ///< the socket is ready while connecting or securing
  /// While upgrading: takes the server's answer; what follows it is left in `bytes`.
  bool take_answer(std::string_view& bytes, Moment at);
  bool leave();
  bool pong(std::string_view payload);
  bool send(std::string_view frame);
  bool flush();

  void close();
  void confirm(Moment at);

  Stage stage() const { return stage_; }
  void end(Stage stage) { stage_ = stage; }
  std::uint32_t number() const { return number_; }
  Line& line() { return line_; }
  const Line& line() const { return line_; }
  FrameWalker& walker() { return walker_; }
  bool has_unsent() const { return !unsent_.empty(); }
  std::size_t unsent_bytes() const { return unsent_.size(); }
  std::string why() const;

  bool was_connected() const { return connected_at_ != never; }
  bool was_confirmed() const { return confirmed_at_ != never; }
  std::chrono::nanoseconds connect_time() const { return connected_at_ - opened_at_; }
  std::chrono::nanoseconds login_time() const { return confirmed_at_ - connected_at_; }

  bool saw_everyone = false;
  bool wants_writable = false;  ///< what epoll has been told

 private:
  bool begin_upgrade();

  Control* control_;
  Line line_;
  FrameWalker walker_;
  std::string unsent_;  // behind what the kernel has taken
  std::string answer_;  // the handshake's, while it comes
  std::string mistake_;
  Moment opened_at_ = never, connected_at_ = never, confirmed_at_ = never;
  std::uint32_t number_;
  Stage stage_ = Stage::outside;
};

}  // namespace chatlab::loadgen
