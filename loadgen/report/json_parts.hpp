// What several reports in JSON have in common.
#pragma once

#include <nlohmann/json.hpp>

#include "loadgen/settings.hpp"

namespace chatlab::loadgen {

using Json = nlohmann::ordered_json;

Json settings_json(const Settings& settings);
Json machine_json();  ///< the machine that this runs on

}  // namespace chatlab::loadgen
