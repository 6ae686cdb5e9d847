// How code that nobody trusts is confined when it is started: a command line around its own. With bubblewrap
// it sees the system's programs, read-only, and its own folder, and nothing of the user, of the other
// submissions or of other processes. As root, it is also another user, so that it can harm nothing without
// bubblewrap either. It starts nothing by itself but to find out what works here.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "client/limits.hpp"
#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

/// What a submission may use where nothing else is said: a student's code has no need of what a server of
/// one's own may take.
constexpr client::Limits submission_limits() {
  client::Limits limits;
  limits.memory_bytes = std::size_t{1} << 30;  // Java and Node are far below
  limits.file_bytes = std::size_t{64} << 20;   // any file, and all that it prints
  limits.cpu_time = std::chrono::seconds(120);
  return limits;
}

/// The folders that belong to one submission.
struct Room {
  std::filesystem::path submission;
  std::filesystem::path home;       ///< its $HOME, empty at first
  std::filesystem::path temporary;  ///< its /tmp
};

class Sandbox {
 public:
  enum class Wanted { automatic, bubblewrap, none };

  struct Settings {
    Wanted wanted = Wanted::automatic;
    uid_t user = 60600;  ///< as root: who the code runs as; systemd leaves 60578 to 61183 to nobody
    std::vector<std::filesystem::path> readable{};  ///< further folders that it may read, such as a toolchain
    client::Limits limits = submission_limits();    ///< each process is held to them
  };

  /// `wanted` decides; where that is left to this program, bubblewrap if it works here.
  static Sandbox choose(Settings settings);

  /// Runs a command that does nothing, confined.
  boost::system::result<void, Trouble> try_out() const;

  bool with_bubblewrap() const { return with_bubblewrap_; }

  /// "bubblewrap", or "none", and why.
  const std::string& description() const { return description_; }

  /// A command for /bin/sh that runs `command` confined, in `folder` (relative to the submission), with a
  /// fresh environment in which the variables of these names are as they are outside.
  std::string confined(std::string_view command, const Room& room, const std::filesystem::path& folder,
                       const std::vector<std::string>& variables) const;

  /// Makes the room's folders belong to the user that the code runs as.
  boost::system::result<void, Trouble> hand_over(const std::filesystem::path& folder) const;

 private:
  explicit Sandbox(Settings settings) : settings_(std::move(settings)) {}
  bool changes_user() const;
  std::string bubblewrap_command(const Room& room, const std::filesystem::path& folder) const;
  std::string search_path() const;

  Settings settings_;
  bool with_bubblewrap_ = false;
  std::string description_;
};

}  // namespace chatlab::grade
