// The command line of chatlab-server, with the environment's PORT and WS_PORT.
#pragma once

#include <string>
#include <variant>

#include "reference-server/server.hpp"

namespace chatlab::server {

/// Printed on standard output; exit code 0.
struct Information {
  std::string text;
};

/// One line for standard error; exit code 2.
struct UsageError {
  std::string text;
};

/// Looks a variable of the environment up; nullptr where it is not set. std::getenv in the program.
using Environment = const char* (*)(const char* name);

/// What the command line asks for. --port wins over PORT, PORT over WS_PORT, and they over 8081.
std::variant<Settings, Information, UsageError> read_options(int argc, const char* const* argv,
                                                             Environment environment);

}  // namespace chatlab::server
