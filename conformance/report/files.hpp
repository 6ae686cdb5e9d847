// Reports as files: written whole or not at all, so that who looks meanwhile never sees half of one. The one
// place that writes files.
#pragma once

#include <optional>
#include <string>

namespace chatlab::conformance {

/// A file that is there is replaced, with its rights kept; a pipe or a device is written to. Returns what
/// went wrong.
std::optional<std::string> write_file(const std::string& path, const std::string& content);

/// Adds to the end, as GitHub's job summary wants it.
std::optional<std::string> append_to_file(const std::string& path, const std::string& content);

}  // namespace chatlab::conformance
