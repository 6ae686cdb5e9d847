// How a line of the log looks.
#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace chatlab::server {

/// "2022-03-04T05:06:07.089+00:00 info words"
std::unique_ptr<spdlog::formatter> text_lines();

/// {"time":"...","level":"info","message":"words"}, one object a line
std::unique_ptr<spdlog::formatter> json_lines();

}  // namespace chatlab::server
