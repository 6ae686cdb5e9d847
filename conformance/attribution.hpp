// Who caused a roster: one of this check's clients, or a stranger who logged in or left at the same moment?
// A roster names our clients whoever caused it, so that is told by what has changed since the one before.
// Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "conformance/ownership.hpp"

namespace chatlab::conformance {

enum class CausedBy {
  ours,       ///< our names have changed, and no other; or it is no roster, and speaks of us
  strangers,  ///< other names have changed, and none of ours; or it is no roster, and does not speak of us
  both,       ///< a stranger's, which shows what nobody had announced for us until then
  marker,     ///< the throw-away login of a fence
  unknown,    ///< no roster came before it
};

inline bool may_be_ours(CausedBy cause) {
  return cause == CausedBy::ours || cause == CausedBy::unknown;
}

/// Follows what one client receives.
class Attribution {
 public:
  explicit Attribution(const Ownership& ownership) : ownership_(ownership) {}

  /// The cause of the client's next event. All of them have to be shown, from the first one on.
  CausedBy next(const Event& event);

 private:
  /// Sums over the names' hashes: the same for the same names in any order, each as often.
  struct Roster {
    std::size_t ours = 0;
    std::size_t strangers = 0;
    std::size_t markers = 0;  // throw-away logins of fences
  };

  Roster read(const Json& names) const;

  const Ownership& ownership_;
  std::optional<Roster> before_;
  CausedBy last_ = CausedBy::unknown;
};

}  // namespace chatlab::conformance
