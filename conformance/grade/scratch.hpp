// A folder of its own in $TMPDIR that goes with this object, with all that is in it. Links in it are removed
// and never followed.
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>
#include <memory>
#include <string>

namespace chatlab::grade {

/// What went wrong, in words.
struct Trouble {
  std::string text;
};

class Scratch {
 public:
  /// In `parent`; empty: in $TMPDIR, or /tmp.
  static boost::system::result<std::unique_ptr<Scratch>, Trouble> make(std::filesystem::path parent = {});
  ~Scratch();

  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Removes a folder, also where what stands in it may not be read or entered by its owner.
void remove_folder(const std::filesystem::path& folder);

}  // namespace chatlab::grade
