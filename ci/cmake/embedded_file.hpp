// A file of the source tree that was made part of a program when it was built (chatlab_embed).
#pragma once

#include <string_view>

namespace chatlab {

struct EmbeddedFile {
  std::string_view name;     ///< file name without folders: "index.html"
  std::string_view content;  ///< its bytes; they live as long as the program
};

}  // namespace chatlab
