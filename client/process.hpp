// A command and everything that it starts. All of it is ended when this object goes, and when this program
// dies, however that happens. It owns the captured output.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/descriptor.hpp"
#include "client/limits.hpp"
#include "client/process_tree.hpp"
#include "client/url.hpp"

namespace chatlab::client {

class Process {
 public:
  /// Runs `command` with /bin/sh in `directory` (empty: this process's own), with `variables` ("NAME=value")
  /// set besides this process's environment. Past its limits, where there are any, it is ended. A failure
  /// names the command and the system's reason.
  static boost::system::result<std::unique_ptr<Process>, Failure> start(
      const std::string& command, const std::string& directory, const std::vector<std::string>& variables,
      const std::optional<Limits>& limits = {});

  /// SIGTERM to all of it, then SIGKILL.
  ~Process();

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// How the command ended: "it exited with status 1", "it was ended: it used more than 2 GiB of memory";
  /// empty while it runs.
  std::optional<std::string> ending();

  /// How long it could have run and the machine had no core for it: no fault of its own.
  std::chrono::nanoseconds kept_waiting() const { return ProcessTree(mark_, group_).kept_waiting(); }

  /// How much it has printed so far, on standard output and error.
  std::size_t output_bytes() const;

  /// The end of what it has printed from byte `begin` on.
  std::string output(std::size_t most_bytes, std::size_t begin = 0) const;

 private:
  Process() = default;
  boost::system::result<void, Failure> spawn(const std::string& command, const std::string& directory,
                                             std::vector<std::string> variables);
  std::string printed_too_much() const;
  void watch(const std::stop_token& stop);
  void end_all(std::chrono::milliseconds grace);

  std::optional<Limits> limits_;
  pid_t group_ = -1;           // its leader is the command's shell
  std::string mark_;           // in the environment of all that it starts
  std::optional<int> status_;  // of the leader, once it has been waited for
  Descriptor output_;          // a file without a name
  Descriptor life_;            // the end of a pipe; closed when this program dies, which ends the group

  std::mutex excess_mutex_;  // guards excess_
  std::string excess_;       // which limit it went past; written by the watch
  std::jthread watch_;       // looks at what all of it uses; reads mark_, group_, limits_ and output_ only
};

}  // namespace chatlab::client
