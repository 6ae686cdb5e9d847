#include "conformance/grade/submission.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/trim.hpp>
#include <cstdint>
#include <system_error>
#include <thread>

#include "client/process.hpp"
#include "conformance/grade/server_folder.hpp"
#include "conformance/legible.hpp"

namespace chatlab::grade {
namespace {

namespace fs = std::filesystem;
using Done = boost::system::result<void, Trouble>;

/// Plain files and folders of a submission's folder; links and the rest are left out, as with archives.
Done copy_folder(const fs::path& source, const fs::path& target, const ArchiveLimits& limits) {
  std::error_code failed;
  std::uint64_t bytes = 0;
  std::size_t entries = 0;
  fs::recursive_directory_iterator at(source, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const auto place = target / at->path().lexically_relative(source);
    if (++entries > limits.entries) {
      return Trouble{fmt::format("it holds more than {} files, which no submission needs", limits.entries)};
    }
    if (at->is_symlink(failed)) continue;
    if (at->is_directory(failed)) {
      if (at->path().filename() == ".git") {
        at.disable_recursion_pending();
      } else {
        fs::create_directory(place, failed);
      }
    } else if (at->is_regular_file(failed)) {
      bytes += at->file_size(failed);
      if (bytes > limits.bytes) {
        return Trouble{fmt::format("it has more than {} MiB, which no submission needs", limits.bytes >> 20)};
      }
      fs::copy_file(at->path(), place, failed);
    }
    if (failed) break;
  }
  if (failed) return Trouble{fmt::format("it cannot be copied: {}", failed.message())};
  return {};
}

}  // namespace

boost::system::result<std::unique_ptr<Submission>, Trouble> Submission::prepare(
    const SubmissionSettings& settings, const Sandbox& sandbox, const fs::path& parent) {
  auto scratch = Scratch::make(parent);
  if (scratch.has_error()) return scratch.error();
  std::unique_ptr<Submission> submission(new Submission(std::move(*scratch), sandbox));
  for (const auto step : {&Submission::fetch, &Submission::find}) {
    const auto done = (submission.get()->*step)(settings);
    if (done.has_error()) return done.error();
  }
  const auto given = sandbox.hand_over(submission->scratch_->path());
  if (given.has_error()) return given.error();
  const auto ready = submission->set_up(settings);
  if (ready.has_error()) return ready.error();
  return submission;
}

Submission::Submission(std::unique_ptr<Scratch> scratch, const Sandbox& sandbox)
    : scratch_(std::move(scratch)), sandbox_(sandbox) {
  const auto& path = scratch_->path();
  room_ = {path / "submission", path / "home", path / "tmp"};
  for (const auto& folder : {room_.submission, room_.home, room_.temporary}) fs::create_directory(folder);
}

std::string Submission::confined(std::string_view command, const std::vector<std::string>& variables) const {
  return sandbox_.confined(command, room_, folder_, variables);
}

Done Submission::fetch(const SubmissionSettings& settings) {
  std::error_code failed;
  const auto& source = settings.source;
  if (fs::is_directory(source, failed)) return copy_folder(source, room_.submission, settings.archive);
  if (!fs::is_regular_file(source, failed)) {
    return Trouble{fmt::format("there is no submission '{}'", conformance::printable(source.string()))};
  }
  if (is_archive_name(source)) return unpack_into(source, room_.submission, settings.archive);
  fs::copy_file(source, room_.submission / source.filename(), failed);
  if (failed) return Trouble{fmt::format("'{}' cannot be copied: {}", source.string(), failed.message())};
  return {};
}

Done Submission::unpack_into(const fs::path& archive, const fs::path& folder, const ArchiveLimits& limits) {
  auto unpacked = unpack(archive, folder, limits);
  if (unpacked.has_error()) return unpacked.error();
  std::move(unpacked->left_out.begin(), unpacked->left_out.end(), std::back_inserter(notes_));
  return {};
}

Done Submission::find(const SubmissionSettings& settings) {
  if (settings.entry.empty()) return {};
  auto found = find_server_folder(room_.submission, settings.entry);
  if (found.has_error() && unpack_inner_archives(settings.archive)) {
    found = find_server_folder(room_.submission, settings.entry);
  }
  if (found.has_error()) return found.error();
  folder_ = found->path;
  if (!found->others.empty()) {
    constexpr std::size_t named = 5;
    auto others = found->others;
    if (others.size() > named) others.resize(named);
    notes_.push_back(fmt::format("of {} folders with '{}', '{}' was tested; the others: '{}'{}",
                                 found->others.size() + 1, settings.entry,
                                 conformance::printable(folder_.string()), fmt::join(others, "', '"),
                                 found->others.size() > named ? ", ..." : ""));
  }
  return {};
}

/// Students hand in an archive in an archive. One that cannot be unpacked is told in the notes. False where
/// there is none.
bool Submission::unpack_inner_archives(const ArchiveLimits& limits) {
  constexpr std::size_t most = 4;  // each may be as large as the limits say
  std::vector<fs::path> archives;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(room_.submission, failed)) {
    if (entry.is_regular_file(failed) && is_archive_name(entry.path())) archives.push_back(entry.path());
  }
  std::sort(archives.begin(), archives.end());
  if (archives.size() > most) archives.resize(most);
  for (const auto& archive : archives) {
    auto folder = archive;
    folder += ".unpacked";
    fs::create_directory(folder, failed);
    const auto done = unpack_into(archive, folder, limits);
    if (done.has_error()) notes_.push_back(done.error().text);
  }
  return !archives.empty();
}

Done Submission::set_up(const SubmissionSettings& settings) {
  if (settings.setup.empty()) return {};
  const auto process =
      client::Process::start(confined(settings.setup, {"CHATLAB_LAUNCH"}), "", {}, settings.limits);
  if (process.has_error()) return Trouble{process.error().text};
  constexpr std::chrono::milliseconds between_looks{10};
  const auto until = std::chrono::steady_clock::now() + settings.setup_time;
  const auto failed = [&](const std::string& how) {
    constexpr std::size_t shown_bytes = 4000;
    const auto printed = boost::algorithm::trim_copy((*process)->output(shown_bytes));
    return Trouble{fmt::format("the setup '{}' failed: {}.{}", settings.setup, how,
                               printed.empty() ? " It printed nothing." : " Its last output:\n" + printed)};
  };
  while (!(*process)->ending()) {
    if (std::chrono::steady_clock::now() > until) {
      return failed(fmt::format("it did not end in {:g} s",
                                std::chrono::duration<double>(settings.setup_time).count()));
    }
    std::this_thread::sleep_for(between_looks);
  }
  const auto ending = *(*process)->ending();
  return ending == "it exited with status 0" ? Done() : Done(failed(ending));
}

}  // namespace chatlab::grade
