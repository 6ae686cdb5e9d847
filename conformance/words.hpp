// A step of a script told as a sentence, for people who have never seen a suite. Pure.
#pragma once

#include <string>

#include "conformance/script.hpp"

namespace chatlab::conformance {

/// "alice and bob receive {...}, exactly one copy each". Names lose their tag.
std::string in_words(const Step& step, const std::string& tag);

/// A message shown in a sentence: plain names, cut in the middle where it is long.
std::string message_in_words(const std::string& text, const std::string& tag);

}  // namespace chatlab::conformance
