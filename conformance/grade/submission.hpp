// One submission, made ready to be started: copied or unpacked into a scratch folder, its server's folder
// found, its setup run. It owns the scratch folder; what was handed in is never written to.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "conformance/grade/archive.hpp"
#include "conformance/grade/sandbox.hpp"
#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

struct SubmissionSettings {
  std::filesystem::path source;  ///< a folder, an archive, or a single file
  std::string entry;             ///< a file of the server's folder; empty: the submission's own folder
  std::string setup;             ///< a command to run there once; empty: none
  std::chrono::milliseconds setup_time{300'000};  ///< packages have to be fetched
  client::Limits limits = submission_limits();    ///< of the setup
  ArchiveLimits archive{};
};

class Submission {
 public:
  /// In a scratch folder below `parent` (empty: $TMPDIR).
  static boost::system::result<std::unique_ptr<Submission>, Trouble> prepare(
      const SubmissionSettings& settings, const Sandbox& sandbox, const std::filesystem::path& parent = {});

  /// A command for /bin/sh that runs `command` in the server's folder, confined.
  std::string confined(std::string_view command, const std::vector<std::string>& variables) const;

  /// Where the server was found, below the submission.
  const std::filesystem::path& folder() const { return folder_; }

  /// What the reader of the result should know: what was not unpacked, which folders there were to choose
  /// from.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  Submission(std::unique_ptr<Scratch> scratch, const Sandbox& sandbox);
  boost::system::result<void, Trouble> fetch(const SubmissionSettings& settings);
  boost::system::result<void, Trouble> unpack_into(const std::filesystem::path& archive,
                                                   const std::filesystem::path& folder,
                                                   const ArchiveLimits& limits);
  boost::system::result<void, Trouble> find(const SubmissionSettings& settings);
  bool unpack_inner_archives(const ArchiveLimits& limits);
  boost::system::result<void, Trouble> set_up(const SubmissionSettings& settings);

  std::unique_ptr<Scratch> scratch_;
  Sandbox sandbox_;
  Room room_;
  std::filesystem::path folder_ = ".";
  std::vector<std::string> notes_;
};

}  // namespace chatlab::grade
