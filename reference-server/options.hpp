// The command line of chatlab-server, with the environment's PORT and WS_PORT.
#pragma once

#include <spdlog/common.h>

#include <string>
#include <variant>

#include "reference-server/settings.hpp"

namespace chatlab::server {

/// Printed on standard output; exit code 0.
struct Information {
  std::string text;
};

/// One line for standard error; exit code 2.
struct UsageError {
  std::string text;
};

struct Options {
  Settings settings;
  spdlog::level::level_enum log_level = spdlog::level::info;
  bool logs_json = false;
};

/// Looks a variable of the environment up; nullptr where it is not set. std::getenv in the program.
using Environment = const char* (*)(const char* name);

/// What the command line asks for: of the server, and of its log. --port wins over PORT, PORT over WS_PORT,
/// and they over 8081.
std::variant<Options, Information, UsageError> read_options(int argc, const char* const* argv,
                                                            Environment environment);

}  // namespace chatlab::server
