// A command and everything that it starts. All of it is ended when this object goes, and when this program
// dies, however that happens. It owns the captured output.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/descriptor.hpp"
#include "client/url.hpp"

namespace chatlab::client {

class Process {
 public:
  /// Runs `command` with /bin/sh in `directory` (empty: this process's own), with `variables` ("NAME=value")
  /// set besides this process's environment. A failure names the command and the system's reason.
  static boost::system::result<std::unique_ptr<Process>, Failure> start(
      const std::string& command, const std::string& directory, const std::vector<std::string>& variables);

  /// SIGTERM to all of it, then SIGKILL.
  ~Process();

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// How the command ended: "it exited with status 1"; empty while it runs.
  std::optional<std::string> ending();

  /// How much it has printed so far, on standard output and error.
  std::size_t output_bytes() const;

  /// The end of what it has printed from byte `begin` on.
  std::string output(std::size_t most_bytes, std::size_t begin = 0) const;

 private:
  Process() = default;
  std::vector<pid_t> members() const;

  pid_t group_ = -1;           // its leader is the command's shell
  std::string mark_;           // in the environment of all that it starts, in whichever group that may be
  std::optional<int> status_;  // of the leader, once it has been waited for
  Descriptor output_;          // a file without a name
  Descriptor life_;            // the end of a pipe; closed when this program dies, which ends the group
};

}  // namespace chatlab::client
