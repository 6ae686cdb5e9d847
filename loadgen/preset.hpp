// Loads that mean something to a course, by their names. Pure: values only.
#pragma once

#include <span>
#include <string_view>

#include "loadgen/settings.hpp"

namespace chatlab::loadgen {

struct Preset {
  std::string_view name;
  std::string_view words;  ///< for --help: who does what
  void (*apply)(Settings&);
};

std::span<const Preset> presets();

/// Nothing where there is none of this name.
const Preset* preset_named(std::string_view name);

}  // namespace chatlab::loadgen
