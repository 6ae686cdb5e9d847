// The folder into which a class is graded: one result a student, written whole or not at all, so that a run
// that was interrupted can be gone on with. One grader at a time may hold it.
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/descriptor.hpp"
#include "conformance/grade/grade.hpp"
#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

class Book {
 public:
  /// Makes the folder where there is none. What a grader that was killed has left in $TMPDIR is removed.
  static boost::system::result<std::unique_ptr<Book>, Trouble> open(const std::filesystem::path& folder);

  /// The student's result, where there is one for this key.
  std::optional<Grade> find(const std::string& id, const std::string& key) const;

  /// A student's pages, as HTML.
  struct Pages {
    std::string verdicts;  ///< the same in every grading, but for durations
    std::string run;       ///< of a grade that has_run: what happened in this one
  };
  boost::system::result<void, Trouble> put(const Grade& grade, const Json& report, const Pages& pages);

  /// A file of the whole class: "grades.csv".
  boost::system::result<void, Trouble> write(const std::string& name, const std::string& content);

  /// Removes the results of those who are not in the class (any more).
  void keep_only(const std::vector<std::string>& ids);

  /// Where everything that belongs to no result is put while grading.
  const std::filesystem::path& scratch() const { return scratch_->path(); }

  ~Book();

 private:
  explicit Book(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path student_file(const std::string& id, const char* ending) const;
  std::filesystem::path run_file(const std::string& id) const;
  std::filesystem::path scratch_note() const { return folder_ / ".scratch"; }

  std::filesystem::path folder_;
  client::Descriptor lock_;
  std::unique_ptr<Scratch> scratch_;
};

/// Writes a file beside itself and puts it in place in one step.
boost::system::result<void, Trouble> write_whole(const std::filesystem::path& file,
                                                 const std::string& content);

/// A whole file; a failure names it.
boost::system::result<std::string, Trouble> read_whole(const std::filesystem::path& file);

}  // namespace chatlab::grade
