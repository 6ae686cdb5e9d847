#include "conformance/report/diagram.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "conformance/legible.hpp"
#include "conformance/tag.hpp"

namespace chatlab::conformance {
namespace {

constexpr std::size_t most_lanes = 8;         // more do not fit beside each other on a page
constexpr std::size_t most_rows = 36;         // more than a page nobody reads
constexpr std::size_t shown_text_bytes = 96;  // as wide as the picture is

using Row = Diagram::Row;

/// Which lane a client has. The first clients have their own, those that something is wrong with too; the
/// others share the last.
class Lanes {
 public:
  Lanes(const CheckResult& result, std::vector<Diagram::Lane>& lanes) {
    std::vector<std::string> names;
    for (const auto& part : result.check->clients) names.push_back(part.name);
    const auto own =
        names.size() <= most_lanes ? std::set(names.begin(), names.end()) : chosen(names, result);
    for (const auto& name : names) {
      if (!own.count(name)) continue;
      lane_of_[name] = lanes.size();
      lanes.push_back({name, false});
    }
    if (own.size() == names.size()) return;
    for (const auto& name : names) lane_of_.try_emplace(name, lanes.size());
    lanes.push_back({fmt::format("{} others", names.size() - own.size()), true});
  }

  std::size_t of(const std::string& client) const { return lane_of_.at(client); }
  bool knows(const std::string& client) const { return lane_of_.count(client) > 0; }

 private:
  static std::set<std::string> chosen(const std::vector<std::string>& names, const CheckResult& result) {
    constexpr std::size_t first = 3;
    std::set<std::string> own(names.begin(), names.begin() + first);
    for (const auto& expectation : result.proof.expectations) {
      for (const auto& message : expectation.messages) {
        for (const auto& client : message.missing) add(own, client);
        for (const auto& frame : message.unwanted) add(own, frame.client);
      }
    }
    add(own, names.back());
    return own;
  }
  static void add(std::set<std::string>& own, const std::string& client) {
    if (own.size() + 1 < most_lanes) own.insert(client);
  }

  std::map<std::string, std::size_t> lane_of_;
};

class Drawing {
 public:
  explicit Drawing(const CheckResult& result) : result_(result), lanes_(result, diagram_.lanes) {}

  Diagram draw() {
    diagram_.title = result_.check->id;
    diagram_.before = setting();
    for (std::size_t i = 0; i < result_.proof.segments.size(); ++i) draw_segment(i);
    fold_alike();
    fold_middle();
    return std::move(diagram_);
  }

 private:
  std::string setting() const {
    std::map<Part::State, std::vector<std::string>> clients;
    for (const auto& part : result_.check->clients) clients[part.state].push_back(part.name);
    std::vector<std::string> parts;
    const auto say = [&](Part::State state, const char* words) {
      const auto& names = clients[state];
      if (names.empty()) return;
      parts.push_back(fmt::format("{} {} {}", listed_briefly(names), names.size() > 1 ? "are" : "is", words));
    };
    say(Part::State::logged_in, "logged in");
    say(Part::State::connected, "connected");
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  // ---- one segment ----

  struct Entry {
    const Event* event = nullptr;
    Proof::Frame frame;
  };

  void draw_segment(std::size_t index) {
    first_row_ = diagram_.rows.size();
    last_row_of_.clear();
    row_of_.clear();
    for (const auto& entry : entries_of(result_.proof.segments[index])) add_entry(entry);
    for (const auto& expectation : result_.proof.expectations) {
      if (expectation.segment == index) mark(expectation);
    }
    if (const auto words = closing_words(result_.proof.segments[index]); !words.empty()) {
      diagram_.rows.push_back({Row::Kind::fence, words});
    }
  }

  std::vector<Entry> entries_of(const Segment& segment) const {
    std::vector<Entry> entries;
    for (const auto& transcript : result_.transcripts) {
      if (!lanes_.knows(transcript.client)) continue;  // a fence's throw-away login
      const auto& window = segment.windows.at(transcript.client);
      for (auto i = window.begin; i < window.end; ++i) {
        const auto& event = transcript.events[i];
        if (!holds_fence_marker(event.text, result_.proof.tag))
          entries.push_back({&event, {transcript.client, i}});
      }
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& left, const Entry& right) { return left.event->at < right.event->at; });
    return entries;
  }

  void add_entry(const Entry& entry) {
    const auto lane = lanes_.of(entry.frame.client);
    const auto& event = *entry.event;
    const auto row = event.kind == Event::Kind::received ? row_of_broadcast(entry) : add_row(entry);
    auto& to = diagram_.rows[row];
    if (std::find(to.lanes.begin(), to.lanes.end(), lane) == to.lanes.end()) to.lanes.push_back(lane);
    last_row_of_[entry.frame.client] = row;
    row_of_[{entry.frame.client, entry.frame.event}] = row;
  }

  /// A message that several receive is one row, as long as each client's own order stays what it was.
  std::size_t row_of_broadcast(const Entry& entry) {
    const auto last = last_row_of_.find(entry.frame.client);
    const auto from = last == last_row_of_.end() ? first_row_ : last->second + 1;
    const auto same = [&](const std::size_t row) { return *raw_text_of_.at(row) == entry.event->text; };
    for (auto row = diagram_.rows.size(); row-- > from;) {
      if (diagram_.rows[row].kind == Row::Kind::received && same(row)) return row;
    }
    return add_row(entry);
  }

  std::size_t add_row(const Entry& entry) {
    const auto row = diagram_.rows.size();
    diagram_.rows.push_back({kind_of(*entry.event), text_of(*entry.event)});
    raw_text_of_[row] = &entry.event->text;
    return row;
  }

  static Row::Kind kind_of(const Event& event) {
    switch (event.kind) {
      case Event::Kind::connected:
        return Row::Kind::connected;
      case Event::Kind::sent:
      case Event::Kind::pinged:
        return Row::Kind::sent;
      case Event::Kind::received:
      case Event::Kind::pong:
        return Row::Kind::received;
      case Event::Kind::closed_by_us:
        return Row::Kind::left;
      case Event::Kind::closed_by_server:
        break;
    }
    return Row::Kind::ended;
  }

  std::string text_of(const Event& event) const {
    if (event.kind == Event::Kind::connected) return "connects";
    if (event.kind == Event::Kind::pinged) return "(ping)";
    if (event.kind == Event::Kind::pong) return "(pong)";
    if (event.kind == Event::Kind::closed_by_us)
      return event.text == "reset" ? "vanishes: TCP is reset" : "closes";
    const auto text = event.text.empty() ? "(an empty message)" : shown(event.text);
    return event.is_text || event.kind == Event::Kind::closed_by_server ? text : "(binary) " + text;
  }
  std::string shown(const std::string& text) const {
    return shortened(printable(untagged(text, result_.proof.tag)), shown_text_bytes);
  }

  // ---- what the verdict rests on ----

  void mark(const Proof::Expectation& expectation) {
    for (const auto& message : expectation.messages) {
      std::size_t row = diagram_.rows.size();
      for (const auto& frame : message.met) {
        if (const auto found = row_of(frame)) diagram_.rows[row = *found].is_evidence = true;
      }
      for (const auto& frame : message.unwanted) {
        if (const auto found = row_of(frame)) add_lane(diagram_.rows[*found].unwanted, frame.client);
      }
      if (message.missing.empty()) continue;
      if (row == diagram_.rows.size()) {  // it came to nobody
        diagram_.rows.push_back({Row::Kind::received, shown(message.text)});
        raw_text_of_[row] = &message.text;
      }
      for (const auto& client : message.missing) {
        if (lanes_.knows(client)) add_lane(diagram_.rows[row].missing, client);
      }
    }
  }

  std::optional<std::size_t> row_of(const Proof::Frame& frame) const {
    const auto found = row_of_.find({frame.client, frame.event});
    return found == row_of_.end() ? std::nullopt : std::optional(found->second);
  }

  void add_lane(std::vector<std::size_t>& to, const std::string& client) const {
    const auto lane = lanes_.of(client);
    if (std::find(to.begin(), to.end(), lane) == to.end()) to.push_back(lane);
  }

  // ---- bounds ----

  static Row left_out(std::size_t count, const char* what) {
    return {Row::Kind::left_out, fmt::format("{} {}", count, what)};
  }

  /// "number 1", "number 2" ... "number 20": the first and the last are shown.
  void fold_alike() {
    constexpr std::size_t fewest = 4;
    std::vector<Row> folded;
    auto& rows = diagram_.rows;
    for (std::size_t begin = 0; begin < rows.size();) {
      auto end = begin + 1;
      while (end < rows.size() && are_alike(rows[begin], rows[end])) ++end;
      const auto count = end - begin;
      if (count < fewest) {
        folded.insert(folded.end(), rows.begin() + static_cast<std::ptrdiff_t>(begin),
                      rows.begin() + static_cast<std::ptrdiff_t>(end));
      } else {
        folded.push_back(rows[begin]);
        folded.push_back(left_out(count - 2, "more like this"));
        folded.push_back(rows[end - 1]);
      }
      begin = end;
    }
    rows = std::move(folded);
  }

  static bool are_alike(const Row& one, const Row& other) {
    return one.kind == other.kind && one.lanes == other.lanes && one.missing == other.missing &&
           one.unwanted == other.unwanted && without_digits(one.text) == without_digits(other.text);
  }
  static std::string without_digits(std::string text) {
    std::erase_if(text, [](char letter) { return letter >= '0' && letter <= '9'; });
    return text;
  }

  /// Of what is still too long, the beginning and the end, and where something is wrong.
  void fold_middle() {
    auto& rows = diagram_.rows;
    if (rows.size() <= most_rows) return;
    std::vector<Row> folded;
    std::size_t gap = 0;
    std::size_t remarkable = 0;
    const auto close_gap = [&] {
      if (gap > 0) folded.push_back(left_out(gap, gap > 1 ? "rows are not shown" : "row is not shown"));
      gap = 0;
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool at_an_end = i < most_rows / 3 || i + most_rows / 3 >= rows.size();
      if (at_an_end || (rows[i].is_remarkable() && ++remarkable <= most_rows / 3)) {
        close_gap();
        folded.push_back(std::move(rows[i]));
      } else {
        ++gap;
      }
    }
    close_gap();
    rows = std::move(folded);
  }

  const CheckResult& result_;
  Diagram diagram_;
  Lanes lanes_;
  std::size_t first_row_ = 0;                                          // of the segment
  std::map<std::string, std::size_t> last_row_of_;                     // by client, in the segment
  std::map<std::pair<std::string, std::size_t>, std::size_t> row_of_;  // by frame
  std::map<std::size_t, const std::string*> raw_text_of_;              // of a row, with its tags
};

std::string lane_names(const Diagram& diagram, const std::vector<std::size_t>& lanes) {
  std::vector<std::string> names;
  for (const auto lane : lanes) names.push_back(diagram.lanes[lane].name);
  return listed(names);
}

std::string row_in_words(const Diagram& diagram, const Row& row) {
  const auto who = lane_names(diagram, row.lanes);
  switch (row.kind) {
    case Row::Kind::sent:
      return fmt::format("{} -> server: {}", who, row.text);
    case Row::Kind::received: {
      if (row.lanes.empty())
        return fmt::format("server -> nobody: missing to {}: {}", lane_names(diagram, row.missing), row.text);
      auto words = fmt::format("server -> {}: {}", who, row.text);
      if (!row.missing.empty()) words += fmt::format("  (missing to {})", lane_names(diagram, row.missing));
      if (!row.unwanted.empty())
        words += fmt::format("  (should not have come to {})", lane_names(diagram, row.unwanted));
      return words;
    }
    case Row::Kind::connected:
    case Row::Kind::left:
      return fmt::format("{} {}", who, row.text);
    case Row::Kind::ended:
      return fmt::format("the server ends the connection of {}: {}", who, row.text);
    case Row::Kind::fence:
      return fmt::format("--- nothing more can come: {}", row.text);
    case Row::Kind::left_out:
      break;
  }
  return fmt::format("... {}", row.text);
}

}  // namespace

Diagram make_diagram(const CheckResult& result) {
  return Drawing(result).draw();
}

std::vector<std::string> diagram_in_words(const Diagram& diagram) {
  std::vector<std::string> words;
  for (const auto& row : diagram.rows) words.push_back(row_in_words(diagram, row));
  return words;
}

}  // namespace chatlab::conformance
