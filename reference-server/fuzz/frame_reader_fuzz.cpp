// Any bytes as WebSocket frames: they are read the same however they are cut, and what is said to be text is.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "reference-server/frame_reader.hpp"

namespace {

using namespace chatlab::server;

/// All that is heard, as one text.
std::string read(std::string_view bytes, std::size_t step_bytes) {
  std::string heard, incomplete;
  FrameReader reader(5000);
  for (std::size_t at = 0; at < bytes.size(); at += step_bytes) {
    incomplete += bytes.substr(at, step_bytes);
    std::span<char> rest = incomplete;
    while (const auto received = reader.next(rest)) {
      heard += std::to_string(received->kind) + ' ' + std::to_string(static_cast<int>(received->code)) + ' ';
      heard.append(received->payload).push_back('\n');
      if (received->kind == Received::text && !is_utf8(received->payload)) std::abort();
      if (received->kind == Received::close || received->kind == Received::violation) return heard;
    }
    incomplete.erase(0, incomplete.size() - rest.size());
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size_bytes);
  if (bytes.empty()) return 0;
  const std::size_t step_bytes = 1 + data[0] % 16;
  if (read(bytes.substr(1), bytes.size()) != read(bytes.substr(1), step_bytes)) std::abort();
  return 0;
}
