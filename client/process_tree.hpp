// A command and all that it has started: whoever carries its mark in the environment, in whichever process
// group. It reads /proc and sends signals; it owns nothing.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace chatlab::client {

class ProcessTree {
 public:
  struct Member {
    pid_t number = 0;
    std::size_t resident_bytes = 0;  ///< its own: what it shares with others is left out
  };

  /// `mark`: "NAME=value". `group`: the process group of the command itself.
  ProcessTree(std::string mark, pid_t group) : mark_(std::move(mark)), group_(group) {}

  /// Those that live. One that has ended and was not waited for is none.
  std::vector<Member> members() const;

  /// How long they were ready to run and the machine had no core for them, all together.
  std::chrono::nanoseconds kept_waiting() const;

  /// A signal to each of them, and to the group as a whole: nobody in it can fork on meanwhile.
  void signal(int number) const;

 private:
  std::string mark_;
  pid_t group_;
};

}  // namespace chatlab::client
