#include "conformance/windows.hpp"

namespace chatlab::conformance {

void Windows::begin(std::size_t first_step) {
  segment_ = {first_step, first_step, {}};
  for (const auto& client : clients_) {
    const auto closed = boundaries_.find(client);
    segment_.windows[client].begin =
        closed != boundaries_.end() ? closed->second.next_begin : count_events(client);
  }
  boundaries_.clear();
}

void Windows::close_now(const std::string& client, Segment::Closing why) {
  const auto now = count_events(client);
  boundaries_[client] = {now, now, why};
}

Segment Windows::end(std::size_t end_step) {
  segment_.end_step = end_step;
  for (auto& [client, window] : segment_.windows) {
    const auto closed = boundaries_.find(client);
    window.end = closed != boundaries_.end() ? closed->second.end : count_events(client);
    if (closed != boundaries_.end()) window.closing = closed->second.closing;
  }
  return segment_;
}

std::size_t Windows::count_events(const std::string& client) const {
  return crew_.get(client).transcript().events.size();
}

}  // namespace chatlab::conformance
