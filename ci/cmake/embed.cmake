# Run by chatlab_embed: writes OUTPUT, a C++ file that holds the bytes of FILES.
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  # The closing NUL keeps the array valid for an empty file; it is not part of the content.
  string(APPEND arrays "constexpr unsigned char file_${index}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", {reinterpret_cast<const char*>(file_${index}), sizeof(file_${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from files of the source tree.
#include \"ci/cmake/embedded_file.hpp\"

#include <span>

namespace {
${arrays}}  // namespace

namespace ${NAMESPACE} {

std::span<const chatlab::EmbeddedFile> embedded_files() {
  static const chatlab::EmbeddedFile files[] = {
${rows}  };
  return files;
}

}  // namespace ${NAMESPACE}
")
