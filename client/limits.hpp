// What a command that is started for a test, and all that it starts, may use of the machine. Values only.
#pragma once

#include <chrono>
#include <cstddef>

namespace chatlab::client {

struct Limits {
  /// Memory of all its processes together; each one's own data is bounded by it too. A lab's server needs
  /// some 30 MB, Java ten times as much.
  std::size_t memory_bytes = std::size_t{2} << 30;
  /// At the same time. A server with a worker for each core, and the shells that start it, stay far below.
  std::size_t processes = 64;
  /// Of any one file, and of what it prints.
  std::size_t file_bytes = std::size_t{256} << 20;
  /// CPU time of each of its processes. A whole suite takes a second of it.
  std::chrono::seconds cpu_time{300};
};

}  // namespace chatlab::client
