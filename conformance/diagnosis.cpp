#include "conformance/diagnosis.hpp"

#include <algorithm>
#include <set>

#include "conformance/evidence.hpp"
#include "conformance/verdict.hpp"

namespace chatlab::conformance {
namespace {

using Who = Diagnosis::Who;

/// Looks at one failure with the eyes of one diagnosis after the other.
class Doctor {
 public:
  Doctor(const Record& record, const Finding* finding, const Ownership& ownership)
      : record_(record), finding_(finding) {
    if (finding) evidence_.emplace(record, record.segments[finding->segment], ownership);
  }

  bool recognises(const Diagnosis& one) const {
    const bool asks_for_finding =
        one.received || one.received_by_sender || one.missed_by || one.copies_to || one.binary;
    if (asks_for_finding && !finding_) return false;
    return (!one.received || was_received(*one.received)) &&
           (!one.received_by_sender || received_by_sender(*one.received_by_sender)) &&
           (!one.missed_by || missed_by(*one.missed_by)) && (!one.copies_to || copies_to(*one.copies_to)) &&
           (!one.ended || ended(*one.ended)) && (!one.binary || came_in_binary());
  }

 private:
  bool was_received(const Json& pattern) const {
    return std::any_of(finding_->failing.begin(), finding_->failing.end(), [&](const std::string& client) {
      const bool missed_it = finding_->forbidden || count_copies(client) == 0;
      return missed_it && !evidence_->matching(client, pattern).empty();
    });
  }

  bool received_by_sender(const Json& pattern) const {
    const auto sender = last_sender();
    return !sender.empty() && !evidence_->matching(sender, pattern).empty();
  }

  bool missed_by(Who who) const {
    if (finding_->forbidden) return false;
    std::set<std::string> missing;
    for (const auto& client : finding_->failing) {
      if (count_copies(client) > 0) continue;
      if (evidence_->was_cut_off(client)) return false;  // that is why it missed it
      missing.insert(client);
    }
    return are(missing, who);
  }

  bool copies_to(Who who) const {
    if (finding_->forbidden) return false;
    std::set<std::string> several;
    for (const auto& client : finding_->expecting) {
      if (count_copies(client) > 1) several.insert(client);
    }
    return are(several, who);
  }

  bool ended(const std::string& how) const {
    for (const auto& transcript : record_.transcripts) {
      for (const auto& event : transcript.events) {
        const bool by_server = event.kind == Event::Kind::closed_by_server;
        if (by_server && event.text.find(how) != std::string::npos) return true;
      }
    }
    return false;
  }

  bool came_in_binary() const {
    if (finding_->forbidden) return false;
    return std::any_of(finding_->failing.begin(), finding_->failing.end(), [&](const std::string& client) {
      const auto found = evidence_->matching(client, finding_->pattern);
      return !found.empty() && !found.front()->is_text;
    });
  }

  std::size_t count_copies(const std::string& client) const {
    return evidence_->matching(client, finding_->pattern).size();
  }

  bool are(const std::set<std::string>& clients, Who who) const {
    if (who == Who::anybody) return !clients.empty();
    std::set<std::string> meant(finding_->expecting.begin(), finding_->expecting.end());
    if (who != Who::everybody) {
      const auto sender = last_sender();
      if (!meant.count(sender)) return false;
      if (who == Who::sender) {
        meant = {sender};
      } else {
        meant.erase(sender);
      }
    }
    return !meant.empty() && clients == meant;
  }

  std::string last_sender() const { return sender_before(record_.plan, finding_->step); }

  const Record& record_;
  const Finding* finding_;
  std::optional<Evidence> evidence_;  // of the segment in which the expectation was not kept
};

}  // namespace

std::optional<Who> parse_who(std::string_view text) {
  if (text == "anybody") return Who::anybody;
  if (text == "sender") return Who::sender;
  if (text == "others") return Who::others;
  if (text == "everybody") return Who::everybody;
  return std::nullopt;
}

std::string diagnose(const Record& record, const Finding* finding, const Ownership& ownership) {
  const Doctor doctor(record, finding, ownership);
  const auto& all = record.plan.diagnoses;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Diagnosis& one) { return doctor.recognises(one); });
  return found == all.end() ? "" : found->say;
}

}  // namespace chatlab::conformance
