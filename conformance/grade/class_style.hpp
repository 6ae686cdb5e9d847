// What the page of a class adds to the look of the HTML report.
#pragma once

#include <string_view>

namespace chatlab::grade {

std::string_view class_style();

}  // namespace chatlab::grade
