#include "loadgen/machine.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

namespace chatlab::loadgen {

Machine Machine::here() {
  Machine machine;
  machine.cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  machine.memory_bytes =
      static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  utsname name{};
  ::uname(&name);
  machine.system = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    machine.processor = line.substr(line.find(':') + 2);
    break;
  }
  return machine;
}

}  // namespace chatlab::loadgen
