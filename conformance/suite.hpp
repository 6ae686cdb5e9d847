// A suite: the checks of one edition of the protocol, as data. Read from YAML; values only.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/diagnosis.hpp"
#include "conformance/script.hpp"

namespace chatlab::conformance {

/// What a check counts for: a must is graded, a should is reported, an info is told.
enum class Level { must, should, info };

std::string_view to_string(Level level);

/// A client of a check, and how it has been set up before the script begins.
struct Part {
  enum class State { not_connected, connected, logged_in };
  std::string name;
  State state = State::connected;
};

struct Check {
  std::string id;     ///< "area.name"
  std::string title;  ///< what a right server does, in one line
  Level level = Level::must;
  double points = 0;               ///< what a must is worth; 0 for the others
  std::string rule;                ///< number in PROTOCOL.md: "P3"
  std::string quote;               ///< the hand-out's sentence; empty where it has none
  std::string hint;                ///< for the student: where to look
  std::vector<std::string> needs;  ///< ids, or one of the built-in needs below
  std::vector<Part> clients;
  std::map<std::string, std::vector<std::string>> groups;  ///< "crowd: 50 logged in": its clients' names
  std::vector<std::string> names;                          ///< further names that the script uses as $name
  std::chrono::milliseconds
      patience{};  ///< of silence, after which it waits no more; 0: as long as the run says
  std::vector<Step> script;
  std::vector<Diagnosis> diagnoses;  ///< its own, then the suite's
  int line = 0;                      ///< in the suite file

  std::string_view area() const { return std::string_view(id).substr(0, id.find('.')); }
};

struct Suite {
  std::string name;
  std::string title;
  double points = 0;                       ///< the musts' points together
  std::string handout = "the hand-out";    ///< whose words the checks quote
  std::string roster_field = "users";      ///< in which this edition's broadcasts carry the roster
  std::vector<std::string> recognised_by;  ///< ids: a server that passes these speaks this edition
  std::vector<Check> checks;
};

/// The need that is met when what one client sends reaches another one, by whatever message. A check that
/// something is *not* passed on would mean nothing without it.
inline constexpr std::string_view relay_need = "relay";

/// The need that is met when a chat of one client reaches another one.
inline constexpr std::string_view chat_relay_need = "chat_relay";

/// A mistake in a suite file: file, line, what was expected.
struct SuiteError {
  std::string text;
};

/// Finds the suite that another one extends, by the name that it gives. Empty: there is none to extend.
using FindSuite = std::function<boost::system::result<Suite, SuiteError>(const std::string& name)>;

/// Reads and verifies a suite: every field, sentence, name, need and the sum of points. `file` is for
/// messages.
boost::system::result<Suite, SuiteError> parse_suite(const std::string& yaml, const std::string& file,
                                                     const FindSuite& find_suite = {});

}  // namespace chatlab::conformance
