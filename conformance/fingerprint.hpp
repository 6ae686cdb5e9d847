// Servers of which the one mistake is known, by what they look like to the suite: says which of them a server
// behaves like. It rather says nothing than something wrong. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/result.hpp"

namespace chatlab::conformance {

struct Fingerprint {
  /// How a check failed.
  struct Failure {
    std::string symptom;    ///< Verdict::symptom
    std::string diagnosis;  ///< Verdict::diagnosis; empty: there is none

    bool operator==(const Failure&) const = default;
  };

  std::string name;
  std::string mistake;                      ///< a sentence: what this server does wrong
  std::map<std::string, Failure> failures;  ///< by the check's id
  std::set<std::string> blocked;
  std::set<std::string> undecided;  ///< checks of which this server may fail or pass each
};

struct Fingerprints {
  std::string suite;
  std::vector<Fingerprint> servers;
};

/// Of the file fingerprints.json, which conformance/tests/fault_table.py writes.
Fingerprints read_fingerprints(std::string_view json);

/// The ones that are part of the program.
const Fingerprints& known_fingerprints();

/// The one server whose verdicts were the same, check by check, with the same symptoms and diagnoses; null
/// where there is none, or more than one: the nearest would be named for a mistake that may not be there.
/// Checks that were skipped tell nothing, but every must has to be judged, and each of the server's failures.
const Fingerprint* find_alike(const RunResult& result, const Fingerprints& known);

}  // namespace chatlab::conformance
