#include "conformance/grade/confinement.hpp"

#include <fmt/format.h>

#include "conformance/grade/isolation.hpp"

namespace chatlab::grade {
namespace {

using Wanted = Sandbox::Wanted;

constexpr auto own_file_system = "/dev/shm";  // on every Linux, and nothing that a judge needs is there

/// In a network of their own all servers may have the lab's own port, which those listen on that do not look
/// for PORT.
constexpr std::uint16_t lab_port = 8081;

}  // namespace

boost::system::result<Confinement, Trouble> read_confinement(const std::string& sandbox,
                                                             const std::string& network) {
  Confinement wanted;
  if (sandbox == "bwrap") {
    wanted.sandbox.wanted = Wanted::bubblewrap;
  } else if (sandbox == "none") {
    wanted.sandbox.wanted = Wanted::none;
  } else if (!sandbox.empty() && sandbox != "auto") {
    return Trouble{fmt::format("--sandbox is auto, bwrap or none, not '{}'", sandbox)};
  }
  if (network == "own") {
    wanted.network = Network::own;
  } else if (network == "shared") {
    wanted.network = Network::shared;
  } else if (!network.empty() && network != "auto") {
    return Trouble{fmt::format("--network is auto, own or shared, not '{}'", network)};
  }
  return wanted;
}

boost::system::result<Chosen, Trouble> choose_confinement(const Confinement& wanted) {
  const bool own_network = wanted.network != Network::shared;
  std::string why_shared = "as asked for";
  const auto can_be_isolated = [&](const Sandbox& sandbox) {
    const auto tried = try_isolation([&] { return sandbox.try_out(); });
    if (tried.has_error()) why_shared = tried.error().text;
    return tried.has_value();
  };
  if (own_network && wanted.sandbox.wanted != Wanted::none) {
    auto strict = wanted.sandbox;
    strict.wanted = Wanted::bubblewrap;
    const auto sandbox = Sandbox::choose(strict);
    if (can_be_isolated(sandbox)) return Chosen{sandbox, Network::own, "bubblewrap, own network"};
  }
  const auto sandbox = Sandbox::choose(wanted.sandbox);
  if (own_network && !sandbox.with_bubblewrap() && can_be_isolated(sandbox)) {
    return Chosen{sandbox, Network::own, sandbox.description() + "; own network"};
  }
  if (wanted.network == Network::own) {
    return Trouble{fmt::format("--network own cannot be had: {}; --network auto does without where it must",
                               why_shared)};
  }
  if (wanted.sandbox.wanted == Wanted::bubblewrap) {
    const auto tried = sandbox.try_out();
    if (tried.has_error()) {
      return Trouble{
          fmt::format("--sandbox bwrap cannot be had: {}; --sandbox auto does without where it must",
                      tried.error().text)};
    }
  }
  return Chosen{sandbox, Network::shared,
                fmt::format("{}; the machine's network, {}", sandbox.description(), why_shared)};
}

boost::system::result<std::unique_ptr<Submission>, Trouble> confine(const Chosen& chosen,
                                                                    const Confinement& wanted,
                                                                    const SubmissionSettings& settings,
                                                                    client::Launch& launch) {
  std::filesystem::path scratch;
  if (chosen.network == Network::own) {
    const auto entered = enter_own_file_system(own_file_system, wanted.disk_bytes);
    if (entered.has_error()) return entered.error();
    scratch = own_file_system;
  }
  auto submission = Submission::prepare(settings, chosen.sandbox, scratch);
  if (submission.has_error()) return submission;
  if (chosen.network == Network::own) {
    // Only now: a setup may have to fetch packages.
    const auto entered = enter_own_network();
    if (entered.has_error()) return entered.error();
    launch.port = lab_port;
  }
  std::vector<std::string> variables = {"PORT", "WS_PORT", "CHATLAB_LAUNCH"};
  variables.insert(variables.end(), launch.port_variables.begin(), launch.port_variables.end());
  launch.title = launch.command;
  launch.command = (*submission)->confined(launch.command, variables);
  return submission;
}

}  // namespace chatlab::grade
