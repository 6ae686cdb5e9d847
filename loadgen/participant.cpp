#include "loadgen/participant.hpp"

#include <fmt/format.h>

#include "loadgen/control.hpp"
#include "loadgen/handshake.hpp"

namespace chatlab::loadgen {
namespace {

constexpr std::uint16_t going_away = 1001;
constexpr std::uint32_t mask = 0x5bd1e995;  // any will do: what masks guard against are proxies

/// A chat at its longest, and the answers to many pings.
constexpr std::size_t unsent_limit_bytes = 4 << 20;

}  // namespace

bool Participant::open(Moment at) {
  opened_at_ = at;
  walker_ = FrameWalker();
  unsent_.clear();
  mistake_.clear();
  stage_ = Stage::connecting;
  return line_.open(control_->address_of(number_), control_->settings.receive_buffer_bytes) != Step::failed;
}

bool Participant::go_on(Moment) {
  if (stage_ == Stage::connecting) {
    if (line_.connected() == Step::failed) return false;
    if (!control_->tls) return begin_upgrade();
    stage_ = Stage::securing;
  }
  const auto step = line_.secure(control_->tls.get(), control_->settings.url_of(number_).host);
  if (step == Step::done) return begin_upgrade();
  return step == Step::again;
}

bool Participant::begin_upgrade() {
  stage_ = Stage::upgrading;
  return send(upgrade_request(control_->settings.url_of(number_)));
}

bool Participant::take_answer(std::string_view& bytes, Moment at) {
  const auto known = answer_.size();
  answer_ += bytes;
  const auto answer = read_upgrade_answer(answer_);
  if (!answer) {
    bytes = {};
    return true;
  }
  if (answer->error) {
    mistake_ = *answer->error;
    return false;
  }
  bytes.remove_prefix(answer->head_bytes - known);
  answer_ = std::string();
  connected_at_ = at;
  stage_ = Stage::entering;
  std::string frame;
  append_frame(frame, Opcode::text, control_->words.login(number_), mask);
  return send(frame);
}

void Participant::confirm(Moment at) {
  confirmed_at_ = at;
  stage_ = Stage::inside;
}

bool Participant::leave() {
  stage_ = Stage::leaving;
  std::string frames;
  append_frame(frames, Opcode::text, R"({"type":"disconnect"})", mask);
  append_frame(frames, Opcode::close, close_payload(going_away), mask);
  return send(frames);
}

bool Participant::pong(std::string_view payload) {
  std::string frame;
  append_frame(frame, Opcode::pong, payload, mask);
  return send(frame);
}

bool Participant::send(std::string_view frame) {
  if (!unsent_.empty()) {
    if (unsent_.size() > unsent_limit_bytes) {
      mistake_ = "it takes nothing, and asks for ever more answers";
      return false;
    }
    unsent_ += frame;
    return true;
  }
  while (!frame.empty()) {
    const auto [step, bytes] = line_.write(frame);
    if (step == Step::failed || step == Step::ended) return false;
    if (step == Step::again) {
      unsent_ = frame;
      return true;
    }
    frame.remove_prefix(bytes);
  }
  return true;
}

bool Participant::flush() {
  const auto waiting = std::move(unsent_);
  unsent_ = std::string();
  return send(waiting);
}

void Participant::close() {
  line_.close();
  walker_ = FrameWalker();
  unsent_ = std::string();
}

std::string Participant::why() const {
  return mistake_.empty() ? line_.error() : mistake_;
}

}  // namespace chatlab::loadgen
