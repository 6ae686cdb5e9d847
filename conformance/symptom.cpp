#include "conformance/symptom.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "conformance/legible.hpp"

namespace chatlab::conformance {
namespace {

std::string_view name_of(Problem::Kind kind) {
  switch (kind) {
    case Problem::Kind::connection_lost:
      return "connection lost";
    case Problem::Kind::marker_lost:
      return "marker lost";
    case Problem::Kind::no_pong:
      return "no pong";
    case Problem::Kind::close_unanswered:
      return "close unanswered";
    case Problem::Kind::not_logged:
      return "not logged";
    case Problem::Kind::flooded:
      return "flooded";
    case Problem::Kind::cannot_connect:
    case Problem::Kind::login_unconfirmed:
    case Problem::Kind::output_unseen:
      break;  // no failure of the server's
  }
  return "";
}

/// Where the script had got to with this client.
std::size_t end_of_script(const Record& record, const std::string& client) {
  std::size_t end = 0;
  for (const auto& segment : record.segments) {
    const auto window = segment.windows.find(client);
    if (window != segment.windows.end()) end = std::max(end, window->second.end);
  }
  return end;
}

}  // namespace

std::string symptom_of(const Problem& problem) {
  return fmt::format("{}: {}", problem.client, name_of(problem.kind));
}

std::string symptom_of_ended_connections(const Record& record, const std::optional<Finding>& finding) {
  const auto sender = finding ? sender_before(record.plan, finding->step) : "";
  const auto is_meant = [&](const std::string& client) {
    return client == sender || (record.problem && record.problem->client == client) ||
           (finding && std::count(finding->failing.begin(), finding->failing.end(), client) > 0);
  };
  std::vector<std::string> ended;
  for (const auto& transcript : record.transcripts) {
    if (!is_meant(transcript.client)) continue;
    const auto* end = end_by_server(transcript, 0, end_of_script(record, transcript.client));
    // The reason that follows the code is each server's own.
    if (end)
      ended.push_back(fmt::format("{} ({})", transcript.client, end->text.substr(0, end->text.find(':'))));
  }
  return ended.empty() ? "" : fmt::format("the server ended the connection of {}", listed(ended));
}

}  // namespace chatlab::conformance
