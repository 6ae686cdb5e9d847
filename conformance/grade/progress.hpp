// What is said while a class is graded: on a terminal a bar that is drawn anew, elsewhere a line a student.
// Pure: it returns what is to be written.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "conformance/grade/grade.hpp"

namespace chatlab::grade {

class Progress {
 public:
  /// `columns`: how wide the terminal is at the moment; empty where there is none.
  explicit Progress(std::size_t total, std::function<std::size_t()> columns = {})
      : total_(total), columns_(std::move(columns)) {}

  /// A result that was there already.
  void count_kept() { ++kept_; }

  /// For one that has just been graded.
  std::string tell(const Grade& grade);

  /// The bar as it is now, in one line of the terminal; empty where there is none.
  std::string draw(std::size_t running, std::chrono::milliseconds elapsed) const;

  /// Takes the bar away again.
  std::string clear() const { return columns_ ? "\r\x1b[K" : ""; }

 private:
  std::size_t total_;
  std::function<std::size_t()> columns_;
  std::size_t kept_ = 0;
  std::size_t done_ = 0;
  std::size_t full_marks_ = 0;
  std::size_t not_tested_ = 0;
};

/// "12 s", "3 min 20 s"
std::string time_text(std::chrono::milliseconds time);

}  // namespace chatlab::grade
