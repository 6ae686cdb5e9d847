#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "loadgen/inner_server.hpp"
#include "loadgen/program.hpp"
#include "loadgen/result.hpp"

namespace {

/// A number above 1, from whoever started this process.
bool is_several(const char* name) {
  const char* size = std::getenv(name);
  return size && std::atoi(size) > 1;
}

/// Started by mpirun or srun, with others.
bool has_ranks() {
  return is_several("OMPI_COMM_WORLD_SIZE") || is_several("PMI_SIZE") || is_several("SLURM_STEP_NUM_TASKS");
}

/// MPI is linked into a program of its own, so that whoever does not use it does not pay for it.
int become_rank(char** argv) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe");
  ::execv((here.string() + "-mpi").c_str(), argv);
  std::fputs(
      "chatlab-loadgen: started by mpirun or srun, but this build has no MPI: install libopenmpi-dev and "
      "build it "
      "again, or "
      "measure with several processes and merge their reports\n",
      stderr);
  return static_cast<int>(chatlab::loadgen::ExitCode::usage);
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto status = chatlab::loadgen::serve_as_asked(argc, argv)) return *status;
  if (has_ranks()) return become_rank(argv);
  return chatlab::loadgen::run_program(argc, argv, chatlab::loadgen::alone());
}
