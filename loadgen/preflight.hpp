// Before anything is sent: may this server be loaded, and can this machine do it?
#pragma once

#include <optional>

#include "loadgen/address.hpp"
#include "loadgen/options.hpp"

namespace chatlab::loadgen {

/// What on this machine stands in the way of the run, and what to do about it; nothing: go ahead. Raises this
/// process's limit of open files where it is too low, for the servers that it starts too.
std::optional<std::string> obstacle(const Options& options);

/// Why this server must not be loaded like this; nothing: it may. Asked before anything is sent to it.
std::optional<std::string> prohibition(const Options& options, const std::vector<Address>& addresses);

/// What may be done, but should be known.
std::optional<std::string> concern(const Options& options);

}  // namespace chatlab::loadgen
