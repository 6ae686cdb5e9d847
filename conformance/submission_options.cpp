#include "conformance/submission_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cxxopts.hpp>

namespace chatlab::conformance {
namespace {

using Text = std::string;
using Texts = std::vector<std::string>;

constexpr const char* of_a_submission[] = {"entry",        "setup",        "sandbox",     "network",
                                           "sandbox-read", "sandbox-user", "sandbox-told"};

}  // namespace

void declare_submission(cxxopts::Options& options) {
  options.add_options("Submission")  //
      ("submission",
       "a folder or an archive that is not trusted: --launch is run in a copy of it, in a sandbox where "
       "there is one",
       cxxopts::value<Text>(), "PLACE")  //
      ("entry",
       "a file of the server's folder, such as app.py: where it is in the submission, --launch is run",
       cxxopts::value<Text>(), "FILE")  //
      ("setup", "run once before, in the same folder; it may use the machine's network",
       cxxopts::value<Text>(), "CMD")                                                                  //
      ("sandbox", "auto, bwrap (bubblewrap) or none (default: auto)", cxxopts::value<Text>(), "KIND")  //
      ("network", "auto, own (a loopback for this server alone) or shared (default: auto)",
       cxxopts::value<Text>(),
       "KIND")  //
      ("sandbox-read", "one more folder that the server may read; repeatable", cxxopts::value<Texts>(),
       "DIR")  //
      ("sandbox-user", "as root: the number of the user that the server runs as (default: 60600)",
       cxxopts::value<Text>(), "UID");
  options.add_options("")("sandbox-told", "", cxxopts::value<Text>());  // the grader's, who has chosen it
}

std::optional<UsageError> read_submission(const cxxopts::ParseResult& given, Options& options) {
  if (!given.count("submission")) {
    for (const char* name : of_a_submission) {
      if (given.count(name))
        return UsageError{fmt::format("--{} is for --submission, which is not given", name)};
    }
    return std::nullopt;
  }
  if (!options.launch) {
    return UsageError{
        "--submission needs --launch, the command that starts its server: --launch 'python3 app.py'"};
  }
  if (given.count("cwd"))
    return UsageError{"--submission and --cwd name two folders; --entry FILE finds the server's"};
  const auto text = [&](const char* name) { return given.count(name) ? given[name].as<Text>() : ""; };
  auto confinement = grade::read_confinement(text("sandbox"), text("network"));
  if (confinement.has_error()) return UsageError{confinement.error().text};
  options.confinement = *confinement;
  options.confinement.told = text("sandbox-told");
  options.confinement.sandbox.limits = *options.launch->limits;
  options.submission.emplace();
  options.submission->limits = *options.launch->limits;
  options.submission->source = text("submission");
  options.submission->entry = text("entry");
  options.submission->setup = text("setup");
  if (given.count("sandbox-read")) {
    for (const auto& folder : given["sandbox-read"].as<Texts>())
      options.confinement.sandbox.readable.push_back(folder);
  }
  if (!given.count("sandbox-user")) return std::nullopt;
  const auto user = text("sandbox-user");
  const auto [end, failed] =
      std::from_chars(user.data(), user.data() + user.size(), options.confinement.sandbox.user);
  if (failed == std::errc{} && end == user.data() + user.size() && options.confinement.sandbox.user > 0)
    return std::nullopt;
  return UsageError{fmt::format("--sandbox-user is the number of a user other than root, not '{}'", user)};
}

}  // namespace chatlab::conformance
