// A run without a server: made from a suite and examples that are spoilt by hand, so that reports of it are
// the same every time. For tests of reports.
#pragma once

#include <functional>
#include <string>

#include "conformance/result.hpp"

namespace chatlab::conformance {

class GoldenRun {
 public:
  GoldenRun();

  RunResult result;

 private:
  using Spoil = std::function<void(Record&)>;
  CheckResult& play(const std::string& id, const Spoil& spoil);
  CheckResult& result_of(const std::string& id);
  void play_all();

  Suite suite_;
};

/// Every check of the suite passes its own example; what judge and prove say of it.
CheckResult play_example(const Check& check, const std::function<void(Record&)>& spoil);

/// A right record made wrong. The windows of the segments follow.
void lose(Record& record, const std::string& client, std::size_t nth_received);
void repeat(Record& record, const std::string& client, std::size_t nth_received);
void replace(Record& record, const std::string& client, std::size_t nth_received, const std::string& text);
void end_connection(Record& record, const std::string& client, const std::string& how);

}  // namespace chatlab::conformance
