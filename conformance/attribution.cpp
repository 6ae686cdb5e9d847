#include "conformance/attribution.hpp"

#include <functional>
#include <string>

#include "conformance/tag.hpp"

namespace chatlab::conformance {

CausedBy Attribution::next(const Event& event) {
  if (event.kind != Event::Kind::received) return CausedBy::unknown;
  const auto* names = roster_in(event, ownership_);
  if (!names || !names->is_array() || ownership_.exclusive) {
    return is_ours(event, ownership_) ? CausedBy::ours : CausedBy::strangers;
  }
  auto now = read(*names);
  if (!before_) {
    before_ = std::move(now);
    return last_ = CausedBy::unknown;
  }
  const bool ours_changed = now.ours != before_->ours;
  const bool strangers_changed = now.strangers != before_->strangers;
  const bool markers_changed = now.markers != before_->markers;
  before_ = std::move(now);
  if (strangers_changed) return last_ = ours_changed ? CausedBy::both : CausedBy::strangers;
  if (markers_changed) return last_ = CausedBy::marker;
  if (ours_changed) return last_ = CausedBy::ours;
  return last_ == CausedBy::ours ? CausedBy::ours
                                 : CausedBy::unknown;  // a copy of the one before, or a change to the same
}

Attribution::Roster Attribution::read(const Json& names) const {
  Roster roster;
  const auto count = [&](const std::string& name) {
    auto& whose = is_our_name(name, ownership_)              ? roster.ours
                  : holds_fence_marker(name, ownership_.tag) ? roster.markers
                                                             : roster.strangers;
    constexpr std::size_t nobody = 1;  // so that a name whose hash is 0 counts too
    whose += std::hash<std::string>()(name) | nobody;
  };
  for (const auto& entry : names) {
    if (entry.is_string()) {
      count(entry.get_ref<const std::string&>());
    } else {
      count(to_text(entry));
    }
  }
  return roster;
}

}  // namespace chatlab::conformance
