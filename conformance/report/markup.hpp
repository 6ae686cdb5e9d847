// Foreign text made harmless for the languages that reports are written in. Pure.
#pragma once

#include <string>
#include <string_view>

namespace chatlab::conformance {

/// For HTML, SVG and XML, between tags and in quoted attributes. Control characters, which XML forbids, and
/// bytes that are not UTF-8 are written out; line breaks stay where `lines` is true.
std::string escaped_markup(std::string_view text, bool lines = false);

/// For a line of Markdown as GitHub reads it: nothing in it is formatting, a link, HTML or a mention.
std::string escaped_markdown(std::string_view text);

}  // namespace chatlab::conformance
