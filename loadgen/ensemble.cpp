#include "loadgen/ensemble.hpp"

namespace chatlab::loadgen {

Ensemble& alone() {
  static Ensemble one;
  return one;
}

}  // namespace chatlab::loadgen
