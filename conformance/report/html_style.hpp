// The look of the HTML report: on a screen, light or dark, and on paper.
#pragma once

#include <string_view>

namespace chatlab::conformance {

std::string_view html_style();

}  // namespace chatlab::conformance
