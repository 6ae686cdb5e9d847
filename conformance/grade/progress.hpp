// What is said while a class is graded: on a terminal a bar that is drawn anew, elsewhere a line a student.
// Pure: it returns what is to be written.
#pragma once

#include <chrono>
#include <string>

#include "conformance/grade/grade.hpp"

namespace chatlab::grade {

class Progress {
 public:
  Progress(std::size_t total, bool terminal) : total_(total), terminal_(terminal) {}

  /// A result that was there already.
  void count_kept() { ++kept_; }

  /// For one that has just been graded.
  std::string tell(const Grade& grade);

  /// The bar as it is now; empty where there is no terminal.
  std::string draw(std::size_t running, std::chrono::milliseconds elapsed) const;

  /// Takes the bar away again.
  std::string clear() const { return terminal_ ? "\r\x1b[K" : ""; }

 private:
  std::size_t total_;
  bool terminal_;
  std::size_t kept_ = 0;
  std::size_t done_ = 0;
  std::size_t full_marks_ = 0;
  std::size_t not_tested_ = 0;
};

/// "12 s", "3 min 20 s"
std::string time_text(std::chrono::milliseconds time);

}  // namespace chatlab::grade
