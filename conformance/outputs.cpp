#include "conformance/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace chatlab::conformance {
namespace {

struct Mistake {
  std::string text;
};

class Reader {
 public:
  explicit Reader(const std::vector<std::pair<std::string, std::string>>& given) : given_(given) {}

  std::vector<Output> read() {
    for (at_ = 0; at_ < given_.size(); ++at_) {
      const auto& [name, value] = given_[at_];
      if (name == "out") {
        read_file(value);
      } else {
        keep_format(value);
      }
    }
    if (format_) add({*format_, ""});
    const bool on_terminal =
        std::any_of(outputs_.begin(), outputs_.end(), [](const Output& one) { return one.file.empty(); });
    if (!on_terminal) outputs_.insert(outputs_.begin(), {Format::text, ""});
    return std::move(outputs_);
  }

 private:
  void keep_format(const std::string& value) {
    const auto format = parse_format(value);
    if (!format) throw Mistake{fmt::format("--format is {}, not '{}'", format_names(), value)};
    if (format_) add({*format_, ""});
    format_ = format;
  }

  void read_file(const std::string& file) {
    if (file.empty()) throw Mistake{"--out takes a file's name; this one is empty"};
    const auto promised = format_of_file(file);
    const bool is_json =
        format_ == Format::gradescope || format_ == Format::classroom;  // of a kind of its own
    const bool keeps_promise = promised == format_ || (promised == Format::json && is_json);
    if (format_ && promised && !keeps_promise) {
      throw Mistake{
          fmt::format("--format {0} --out {1} would write {0} into a file that is named like {2}; for {0} on "
                      "the terminal and {2} in the file say --out {1} --format {0}",
                      to_string(*format_), file, to_string(*promised))};
    }
    if (!format_ && !promised) format_ = take_format_behind();
    if (!format_ && promised == format_behind()) take_format_behind();
    if (!format_ && !promised) {
      throw Mistake{
          fmt::format("the name of --out {} does not say its format; say --format junit --out {}, or another "
                      "of {}",
                      file, file, format_names())};
    }
    add({format_ ? *format_ : *promised, file});
    format_.reset();
  }

  /// "--out FILE --format F", where F is not for the next file.
  std::optional<Format> format_behind() const {
    const bool is_format = at_ + 1 < given_.size() && given_[at_ + 1].first == "format";
    const bool is_for_next = at_ + 2 < given_.size() && given_[at_ + 2].first == "out";
    return is_format && !is_for_next ? parse_format(given_[at_ + 1].second) : std::nullopt;
  }
  std::optional<Format> take_format_behind() {
    const auto format = format_behind();
    if (format) ++at_;
    return format;
  }

  void add(Output output) {
    const auto same = [&](const Output& one) { return one.file == output.file; };
    const auto earlier = std::find_if(outputs_.begin(), outputs_.end(), same);
    if (earlier == outputs_.end()) return outputs_.push_back(std::move(output));
    if (!output.file.empty()) throw Mistake{fmt::format("two reports go to {}; name two files", output.file)};
    throw Mistake{
        fmt::format("{} and {} would both go to the terminal; name a file behind one of them: --format {} "
                    "--out FILE",
                    to_string(earlier->format), to_string(output.format), to_string(output.format))};
  }

  const std::vector<std::pair<std::string, std::string>>& given_;
  std::vector<Output> outputs_;
  std::optional<Format> format_;  // given, and not used yet
  std::size_t at_ = 0;
};

}  // namespace

boost::system::result<std::vector<Output>, OutputMistake> read_outputs(
    const std::vector<std::pair<std::string, std::string>>& given) {
  try {
    return Reader(given).read();
  } catch (const Mistake& mistake) {
    return OutputMistake{mistake.text};
  }
}

}  // namespace chatlab::conformance
