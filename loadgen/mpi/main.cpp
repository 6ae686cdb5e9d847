// chatlab-loadgen-mpi: what chatlab-loadgen becomes where mpirun or srun has started it.
#include <cstdio>

#include "loadgen/inner_server.hpp"
#include "loadgen/mpi/ranks.hpp"
#include "loadgen/program.hpp"
#include "loadgen/result.hpp"

int main(int argc, char** argv) {
  if (const auto status = chatlab::loadgen::serve_as_asked(argc, argv)) return *status;
  chatlab::loadgen::Ranks ranks;
  if (ranks.size() == 1) {  // each would put the whole load on the server
    std::fputs(
        "chatlab-loadgen: started with others, but they cannot find each other: use OpenMPI's mpirun, or "
        "srun "
        "--mpi=pmix\n",
        stderr);
    return ranks.end(static_cast<int>(chatlab::loadgen::ExitCode::usage));
  }
  return ranks.end(chatlab::loadgen::run_program(argc, argv, ranks));
}
