// Unpacks an archive that a stranger made. Only plain files and folders come out of it, all of them inside
// the given folder; how many and how large they may be is bounded.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

struct ArchiveLimits {
  std::uint64_t bytes = 256u << 20;  ///< unpacked: a chat server with its node_modules has some 100 MiB
  std::size_t entries = 50'000;      ///< node_modules again: some 10,000
  std::size_t depth = 40;            ///< folders in folders: node_modules in node_modules
};

struct Unpacked {
  std::size_t files = 0;
  std::vector<std::string> left_out;  ///< what was not unpacked, and why; the first few
};

/// Zip, tar (compressed in whatever way libarchive reads), 7z, rar. Names that lead out of the folder, links
/// and devices are left out and told; what breaks a limit is a failure.
boost::system::result<Unpacked, Trouble> unpack(const std::filesystem::path& archive,
                                                const std::filesystem::path& folder,
                                                const ArchiveLimits& limits = {});

/// By its name, as people name archives.
bool is_archive_name(const std::filesystem::path& file);

}  // namespace chatlab::grade
