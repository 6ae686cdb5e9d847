// chatlab-loadgen-mpi: what chatlab-loadgen becomes where mpirun or srun has started it.
#include "loadgen/inner_server.hpp"
#include "loadgen/mpi/ranks.hpp"
#include "loadgen/program.hpp"

int main(int argc, char** argv) {
  if (const auto status = chatlab::loadgen::serve_as_asked(argc, argv)) return *status;
  chatlab::loadgen::Ranks ranks;
  return ranks.end(chatlab::loadgen::run_program(argc, argv, ranks));
}
