#include "conformance/yaml_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace chatlab::conformance {

YamlReader::YamlReader(YAML::Node node, std::string file)
    : node_(std::move(node)), source_(std::make_shared<Source>(Source{std::move(file)})) {}

YamlReader::YamlReader(YAML::Node node, const YamlReader& parent)
    : node_(std::move(node)), source_(parent.source_), depth_(parent.depth_ + 1) {
  constexpr int deepest = 64;          // a script with a repeat and a message is 10 deep
  constexpr int most_nodes = 100'000;  // the lab's suite has some 2,000
  if (depth_ > deepest)
    fail(fmt::format("nested more than {} deep: does an alias stand for what holds it?", deepest));
  if (++source_->nodes_read > most_nodes) fail("too much to read: do aliases multiply each other?");
}

std::string YamlReader::text() const {
  if (!node_.IsScalar()) fail("a text was expected here");
  return node_.Scalar();
}

double YamlReader::number() const {
  double value = 0;
  const bool read = node_.IsScalar() && YAML::convert<double>::decode(node_, value);
  if (!read || !std::isfinite(value) || value < 0) fail("a number, not negative, was expected here");
  return value;
}

std::vector<std::string> YamlReader::texts() const {
  std::vector<std::string> all;
  for (const auto& item : items()) all.push_back(item.text());
  return all;
}

std::vector<YamlReader> YamlReader::items() const {
  if (!node_.IsSequence()) fail("a list was expected here");
  std::vector<YamlReader> all;
  for (const auto& item : node_) all.push_back(YamlReader(item, *this));
  return all;
}

std::vector<std::pair<std::string, YamlReader>> YamlReader::fields() const {
  if (!node_.IsMap()) fail("fields ('name: value') were expected here");
  std::vector<std::pair<std::string, YamlReader>> all;
  std::set<std::string> seen;
  for (const auto& field : node_) {
    const auto name = YamlReader(field.first, *this).text();
    if (!seen.insert(name).second) {
      YamlReader(field.first, *this).fail(fmt::format("the field '{}' stands here a second time", name));
    }
    all.emplace_back(name, YamlReader(field.second, *this));
  }
  return all;
}

Json YamlReader::json() const {
  switch (node_.Type()) {
    case YAML::NodeType::Scalar: {
      constexpr auto quoted = "!";
      if (node_.Tag() == quoted) return node_.Scalar();
      auto value = Json::parse(node_.Scalar(), nullptr, false);
      return value.is_primitive() && !value.is_discarded() ? value : Json(node_.Scalar());
    }
    case YAML::NodeType::Sequence: {
      auto array = Json::array();
      for (const auto& item : items()) array.push_back(item.json());
      return array;
    }
    case YAML::NodeType::Map: {
      auto object = Json::object();
      for (const auto& [name, value] : fields()) object[name] = value.json();
      return object;
    }
    default:
      return nullptr;
  }
}

void YamlReader::allow(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : fields()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    value.fail(fmt::format("there is no field '{}'; the fields are {}", name, fmt::join(names, ", ")));
  }
}

YamlReader YamlReader::required(const char* name) const {
  auto found = optional(name);
  if (!found) fail(fmt::format("the field '{}' is missing", name));
  return *found;
}

std::optional<YamlReader> YamlReader::optional(const char* name) const {
  if (!node_.IsMap()) fail("fields ('name: value') were expected here");
  const auto node = node_[name];
  if (!node.IsDefined()) return std::nullopt;
  return YamlReader(node, *this);
}

void YamlReader::fail(std::string_view expected) const {
  fail_at(line(), expected);
}

void YamlReader::fail_at(int line, std::string_view expected) const {
  throw YamlMistake(fmt::format("{}:{}: {}", source_->file, line, expected));
}

}  // namespace chatlab::conformance
