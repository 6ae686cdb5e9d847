// A YAML node that knows where it stands: reads typed values and, where something else is there, fails with
// file, line and what was expected.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/json.hpp"

namespace chatlab::conformance {

/// Thrown by YamlReader, caught where a file is loaded. what(): "FILE:LINE: what was expected".
class YamlMistake : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class YamlReader {
 public:
  /// Of a whole file. An alias may stand for what holds it, and aliases of aliases for a million nodes: so
  /// the depth and the number of the nodes read are bounded.
  YamlReader(YAML::Node node, std::string file);

  int line() const { return node_.Mark().line + 1; }
  bool is_text() const { return node_.IsScalar(); }

  std::string text() const;
  double number() const;  ///< not negative
  std::vector<std::string> texts() const;
  std::vector<YamlReader> items() const;

  /// The fields of a map in their order. A field that stands twice is a mistake.
  std::vector<std::pair<std::string, YamlReader>> fields() const;

  /// The node as JSON: quoted scalars are strings, plain ones what JSON makes of them.
  Json json() const;

  /// Fails on a field with another name.
  void allow(std::initializer_list<std::string_view> names) const;
  YamlReader required(const char* name) const;
  std::optional<YamlReader> optional(const char* name) const;

  [[noreturn]] void fail(std::string_view expected) const;
  [[noreturn]] void fail_at(int line, std::string_view expected) const;

 private:
  struct Source {
    std::string file;
    int nodes_read = 0;
  };

  YamlReader(YAML::Node node, const YamlReader& parent);

  YAML::Node node_;
  std::shared_ptr<Source> source_;  // one for all readers of a file
  int depth_ = 0;
};

}  // namespace chatlab::conformance
