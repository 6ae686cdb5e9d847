#include "loadgen/interrupt.hpp"

#include <sys/eventfd.h>

#include <csignal>
#include <cstdint>

namespace chatlab::loadgen {
namespace {

volatile std::sig_atomic_t event_number = -1;  // for the handler, which gets no other argument

void note(int) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_number, &one, sizeof one);
}

}  // namespace

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  event_number = event_.get();
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace chatlab::loadgen
