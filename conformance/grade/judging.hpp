// One submission being judged: this program once more, in a process of its own, so that whatever a submission
// brings about costs that submission only. It owns the process and what it prints; it is ended with this
// object.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/descriptor.hpp"
#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

class Judging {
 public:
  using Clock = std::chrono::steady_clock;

  /// How it ended: one of the two is empty.
  struct Ending {
    std::string report;   ///< what it printed
    std::string trouble;  ///< why there is no report
    bool out_of_time = false;
  };

  /// Starts this program with these arguments and with $TMPDIR set to the scratch folder.
  static boost::system::result<std::unique_ptr<Judging>, Trouble> start(
      const std::vector<std::string>& arguments, std::unique_ptr<Scratch> scratch,
      std::chrono::milliseconds time);
  ~Judging();

  Judging(const Judging&) = delete;
  Judging& operator=(const Judging&) = delete;

  /// Readable when something has happened.
  int output() const { return output_.get(); }

  pid_t process() const { return process_; }
  const std::filesystem::path& scratch() const { return scratch_->path(); }

  /// Takes what has been printed; how it ended once it has. Never waits.
  std::optional<Ending> look(Clock::time_point now);

 private:
  Judging() = default;
  void read_some(const client::Descriptor& pipe, std::string& text, std::size_t most_bytes);

  pid_t process_ = -1;
  std::optional<int> status_;
  client::Descriptor output_, errors_;
  std::string printed_, complained_;
  bool too_much_ = false;
  bool was_killed_ = false;  // by this object, when its time was over
  Clock::time_point deadline_, last_word_;
  std::unique_ptr<Scratch> scratch_;
};

/// In the process that judges: it ends when the grader does, and takes over what its server leaves behind.
/// False where no grader has started this process.
bool follow_grader();

}  // namespace chatlab::grade
