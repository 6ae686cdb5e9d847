// The options that there are, with their words, and their values read one by one. What they mean together is
// options.cpp's.
#pragma once

#include <fmt/format.h>

#include <cxxopts.hpp>

#include "loadgen/options.hpp"
#include "loadgen/quantity.hpp"

namespace chatlab::loadgen {

using Text = std::string;
using Texts = std::vector<std::string>;

cxxopts::Options declare_options();

/// Reads the values of options, and remembers the first mistake.
class Values {
 public:
  explicit Values(const cxxopts::ParseResult& given) : given_(given) {}

  bool has(const char* name) const { return given_.count(name) > 0; }
  std::string text(const char* name) const { return given_[name].as<Text>(); }

  void number(const char* name, double least, double most, auto& value) {
    if (!has(name)) return;
    const auto read = parse_number(text(name));
    constexpr bool whole = std::is_integral_v<std::remove_reference_t<decltype(value)>>;
    if (!read || *read < least || *read > most ||
        (whole && *read != static_cast<double>(static_cast<long long>(*read)))) {
      mistake(fmt::format("--{} is a {}number from {} to {}, not '{}'", name, whole ? "whole " : "", least,
                          most, text(name)));
      return;
    }
    value = static_cast<std::remove_reference_t<decltype(value)>>(*read);
  }

  void time(const char* name, std::chrono::nanoseconds least, std::chrono::nanoseconds& value) {
    if (!has(name)) return;
    const auto read = parse_time(text(name));
    if (!read || *read < least) {
      mistake(fmt::format("--{} is a time such as 30s, 250ms or 2m{}, not '{}'", name,
                          least.count() ? fmt::format(", at least {:g} s", in_seconds(least)) : "",
                          text(name)));
      return;
    }
    value = *read;
  }

  void mistake(std::string text) {
    if (!mistake_) mistake_ = UsageError{std::move(text)};
  }
  const std::optional<UsageError>& first_mistake() const { return mistake_; }

 private:
  const cxxopts::ParseResult& given_;
  std::optional<UsageError> mistake_;
};

}  // namespace chatlab::loadgen
