#include "conformance/report/causes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>

namespace chatlab::conformance {
namespace {

class Causes {
 public:
  explicit Causes(const RunResult& result) : result_(result) {}

  std::vector<Cause> find() {
    for (const auto& check : result_.checks) {
      const auto* root = root_of(check);
      if (!root) continue;
      auto cause = std::find_if(causes_.begin(), causes_.end(), [&](auto& one) { return one.root == root; });
      if (cause == causes_.end()) cause = causes_.insert(cause, {root, {}});
      if (root != &check) cause->blocked.push_back(&check);
    }
    std::stable_sort(causes_.begin(), causes_.end(),
                     [](const Cause& left, const Cause& right) { return rank(left) < rank(right); });
    return std::move(causes_);
  }

 private:
  /// Null for what needs no explanation.
  const CheckResult* root_of(const CheckResult& check) {
    switch (check.verdict.status) {
      case Status::failed:
        return &check;
      case Status::inconclusive:
        return reasons_.try_emplace(check.verdict.message, &check).first->second;
      case Status::blocked:
        return root_of_blocked(check);
      case Status::passed:
      case Status::skipped:
        break;
    }
    return nullptr;
  }

  /// A need is an earlier check, so this ends.
  const CheckResult* root_of_blocked(const CheckResult& check) {
    for (const auto& need : check.blocked_by) {
      if (const auto* found = result_of(need)) {
        if (const auto* root = root_of(*found)) return root;
      }
      if (need != relay_need && need != chat_relay_need) continue;
      for (const char* shown_by : {"login.announced", "chat.everyone"}) {
        if (need == chat_relay_need && shown_by == std::string_view("login.announced")) continue;
        const auto* found = result_of(shown_by);
        if (found && found->verdict.status == Status::failed) return found;
      }
    }
    return reasons_.try_emplace(check.verdict.message, &check).first->second;
  }

  const CheckResult* result_of(std::string_view id) const {
    const auto is = [&](const CheckResult& one) { return one.check->id == id; };
    const auto found = std::find_if(result_.checks.begin(), result_.checks.end(), is);
    return found == result_.checks.end() ? nullptr : &*found;
  }

  static int rank(const Cause& cause) {
    const bool failed = cause.root->verdict.status == Status::failed;
    return (failed ? 0 : 10) + static_cast<int>(cause.root->check->level);
  }

  const RunResult& result_;
  std::vector<Cause> causes_;
  std::map<std::string, const CheckResult*> reasons_;  // by message
};

}  // namespace

std::vector<Cause> find_causes(const RunResult& result) {
  return Causes(result).find();
}

double blocked_points(const Cause& cause) {
  double sum = 0;
  for (const auto* result : cause.blocked) sum += result->points();
  return sum;
}

std::string points_in_words(double points) {
  return fmt::format("{:g} {}", points, points == 1 ? "point" : "points");
}

std::string ids_of(const std::vector<const CheckResult*>& results) {
  std::vector<std::string_view> ids;
  for (const auto* result : results) ids.push_back(result->check->id);
  return fmt::format("{}", fmt::join(ids, ", "));
}

}  // namespace chatlab::conformance
