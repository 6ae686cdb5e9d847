// A server that nobody trusts, made ready to be launched: which sandbox and which network it gets on this
// machine, and its submission prepared in them.
#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <string>

#include "client/target.hpp"
#include "conformance/grade/sandbox.hpp"
#include "conformance/grade/submission.hpp"

namespace chatlab::grade {

enum class Network {
  automatic,  ///< own where it can be made, else shared
  own,        ///< a loopback that only this process and the server have
  shared,     ///< the machine's
};

struct Confinement {
  Sandbox::Settings sandbox;
  Network network = Network::automatic;
  std::string told{};  ///< how it is described, where whoever has chosen knows better; empty: as it is found
  std::size_t disk_bytes = std::size_t{512}
                           << 20;  ///< of all that the submission is and writes; own network only
};

/// "auto", "bwrap", "none"; "auto", "own", "shared"; empty: auto. A failure says what was wanted.
boost::system::result<Confinement, Trouble> read_confinement(const std::string& sandbox,
                                                             const std::string& network);

/// What was chosen, and in words.
struct Chosen {
  Sandbox sandbox;
  Network network = Network::shared;
  std::string description;  ///< "bubblewrap, own network"
};

/// Finds out what works here, and changes nothing. A failure only where something is asked for by name and
/// cannot be had.
boost::system::result<Chosen, Trouble> choose_confinement(const Confinement& wanted);

/// Takes this process into its network where it gets one, and makes `launch` start the submission's server.
/// The server lives no longer than what is returned. Only while this process has one thread.
boost::system::result<std::unique_ptr<Submission>, Trouble> confine(const Chosen& chosen,
                                                                    const Confinement& wanted,
                                                                    const SubmissionSettings& settings,
                                                                    client::Launch& launch);

}  // namespace chatlab::grade
