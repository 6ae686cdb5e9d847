#include <fmt/format.h>

#include <algorithm>

#include "loadgen/quantity.hpp"
#include "loadgen/report/colour.hpp"
#include "loadgen/report/report.hpp"

namespace chatlab::loadgen {
namespace {

std::string in_words(std::int64_t time_us) {
  return time_in_words(time_us == Figures::lost_us ? std::nullopt : std::optional(Microseconds(time_us)));
}

std::string bytes_in_words(double bytes) {
  return number_in_words(bytes) + "B";
}

class TextReport {
 public:
  TextReport(const Result& result, bool colour) : result_(result), colour_(colour) {}

  std::string write() {
    add("{}{}{}\n", paint(colour::bold), result_.target, paint(colour::none));
    if (result_.unreachable) {
      add("{}It cannot be measured:{} {}\n", paint(colour::red), paint(colour::none), *result_.unreachable);
      return std::move(text_);
    }
    write_load();
    write_verdict();
    write_times();
    write_integrity();
    write_login();
    write_resources();
    write_parts();
    write_slos();
    return std::move(text_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
  }
  std::string_view paint(std::string_view code) const { return colour_ ? code : std::string_view(); }

  void write_load() {
    const auto& settings = result_.settings;
    add("{}, {:.1f} s{}{}\n", load_in_words(settings), in_seconds(result_.measured),
        result_.interrupted ? " (interrupted)" : "",
        settings.threads > 1 ? fmt::format(", {} threads", settings.threads) : "");
    if (result_.died) {
      add("{}The server died while it was measured{}: {}. What follows is what was seen until then.\n",
          paint(colour::red), paint(colour::none), result_.first_end);
    }
  }

  void write_verdict() {
    const auto trust = result_.verdict.trust;
    const auto code = trust == Trust::valid     ? colour::green
                      : trust == Trust::suspect ? colour::yellow
                                                : colour::red;
    add("\n{}{}{}", paint(code), to_string(trust), paint(colour::none));
    if (result_.verdict.reasons.empty()) add(": the generator kept up");
    add("\n");
    for (const auto& reason : result_.verdict.reasons) add("  - {}\n", reason);
  }

  void write_times() {
    const auto& figures = result_.figures;
    add("\n{:<12}", "");
    for (const double percent : reported_percentiles) add("{:>10}", fmt::format("p{:g}", percent));
    add("{:>10}\n", "max");
    write_row("completion", figures.completion, "");
    if (!result_.confidence.empty()) {
      add("{}{:<12}", paint(colour::dim), "  95 % from");
      for (const auto& interval : result_.confidence) add("{:>10}", in_words(interval.low));
      add("\n{:<12}", "         to");
      for (const auto& interval : result_.confidence) add("{:>10}", in_words(interval.high));
      add("{}\n", paint(colour::none));
    }
    write_row("delivery", figures.delivery, "");
    write_row("first", figures.first, "");
    write_row("spread", figures.spread, "");
    write_row("raw", figures.raw, "not corrected for coordinated omission");
    write_row("send lag", figures.send_lag, "");
    const auto clocks = clocks_in_words(result_);
    if (!clocks.empty()) add("{:<12}{}\n", "hosts", clocks);
  }

  void write_row(std::string_view name, const Histogram& times, std::string_view note) {
    add("{:<12}", name);
    for (const double percent : reported_percentiles) add("{:>10}", cell(times, percent));
    add("{:>10}{}{}\n", cell(times, 100), note.empty() ? "" : "   ", note);
  }
  static std::string cell(const Histogram& times, double percent) {
    return times.count() == 0 ? "-" : time_in_words(times.percentile(percent));
  }

  void write_integrity() {
    const auto& figures = result_.figures;
    const auto& counts = figures.counts;
    const bool whole = integrity_kept(result_);
    add("\nbroadcasts   {:.1f}/s offered, {:.1f}/s achieved; {} deliveries/s, {}/s\n",
        result_.offered_per_s(), result_.achieved_per_s(), number_in_words(result_.deliveries_per_s()),
        bytes_in_words(static_cast<double>(result_.received_bytes) /
                       std::max(1e-9, in_seconds(result_.measured))));
    add("{}reach        {:.4f} %{}: {} of {} deliveries, {} lost, {} duplicated, {} corrupted\n",
        paint(whole ? colour::green : colour::red), figures.reach() * 100, paint(colour::none),
        counts.deliveries, figures.expected, figures.lost(), counts.duplicates,
        result_.oddities.corrupted + counts.impossible);
    add("order        {} FIFO breaks, {:.4f} % agreement between recipients\n", counts.fifo_breaks,
        figures.order_agreement() * 100);
    if (result_.ended)
      add("ended        {} connections by the server: {}\n", result_.ended, result_.first_end);
    if (result_.churned) add("churn        {} clients left and came back\n", result_.churned);
    if (result_.settings.slow) {
      add("slow         {} slow clients got {} chats; the server ended {} of them\n", result_.settings.slow,
          result_.oddities.slow_deliveries, result_.slow_ended);
    }
    if (result_.oddities.strangers)
      add("strangers    {} messages of others, ignored\n", result_.oddities.strangers);
  }

  void write_login() {
    const auto& gathering = result_.gathering;
    add("\nlogin        everybody saw everybody after {:.2f} s; connect p99 {}, login p99 {}; {} received\n",
        in_seconds(gathering.until_everyone_saw_everyone), cell(gathering.connect, 99),
        cell(gathering.login, 99), bytes_in_words(static_cast<double>(gathering.received_bytes)));
    const auto& groups = result_.login_groups;
    if (groups.size() < 2) return;
    add("             mean delivery of logins {}-{}: {}, of logins {}-{}: {}\n", groups.front().first,
        groups.front().last, in_words(static_cast<std::int64_t>(groups.front().mean_us)), groups.back().first,
        groups.back().last, in_words(static_cast<std::int64_t>(groups.back().mean_us)));
  }

  void write_resources() {
    const auto deliveries =
        static_cast<double>(std::max<std::uint64_t>(1, result_.figures.counts.deliveries));
    add("generator    {:.0f} % of a core at most, {:.2f} us for each delivery, {} of memory",
        result_.health.cpu_share * 100, in_seconds(result_.own_cpu) * 1e6 / deliveries,
        bytes_in_words(static_cast<double>(result_.own_resident_bytes)));
    if (result_.health.used_capacity)
      add(", {:.0f} % of what it can take", *result_.health.used_capacity * 100);
    add("\n");
    if (!result_.server) return;
    const auto& server = *result_.server;
    add("server       {:.0f} % of a core, {:.2f} us for each delivery, {} of memory ({} at most); {}\n",
        server.cpu_share() * 100, in_seconds(server.cpu) * 1e6 / deliveries,
        bytes_in_words(static_cast<double>(server.resident_bytes)),
        bytes_in_words(static_cast<double>(server.peak_resident_bytes)), bottleneck(result_));
  }

  void write_parts() {
    for (const auto& part : result_.parts) {
      add("{}{}: {} clients, {} senders, {} of {} deliveries, completion p50 {} p99 {}, {:.0f} % of a core, "
          "{}\n",
          &part == result_.parts.data() ? "\n" : "", part.name, part.clients, part.senders, part.deliveries,
          part.expected, time_in_words(part.completion_p50), time_in_words(part.completion_p99),
          part.cpu_share * 100, to_string(part.trust));
    }
  }

  void write_slos() {
    if (result_.slos.empty()) return;
    add("\n");
    for (const auto& slo : result_.slos) {
      add("{}{}{} {}  ({})\n", paint(slo.kept ? colour::green : colour::red), slo.kept ? "✓" : "✗",
          paint(colour::none), slo.text, slo.measured);
    }
  }

  const Result& result_;
  const bool colour_;
  std::string text_;
};

}  // namespace

std::string text_report(const Result& result, bool colour) {
  return TextReport(result, colour).write();
}

std::string load_in_words(const Settings& settings, std::optional<Axis> varied) {
  std::string words;
  const auto add = [&](Axis axis, const std::string& part) {
    if (varied != axis) words += (words.empty() ? "" : ", ") + part;
  };
  add(Axis::clients, fmt::format("{} clients", settings.clients));
  words += fmt::format("{}{} senders", words.empty() ? "" : ", ", settings.senders);
  add(Axis::rate,
      settings.closed
          ? fmt::format(
                "closed loop, {} broadcasts in flight for each sender (not comparable with an open loop)",
                settings.closed)
          : fmt::format("open loop, {:g} broadcasts/s{}", settings.rate_per_s,
                        settings.arrivals == Arrivals::poisson ? " (poisson)" : ""));
  add(Axis::payload, fmt::format("{} B", settings.text_bytes));
  return words;
}

std::string clocks_in_words(const Result& result) {
  if (result.host_local)
    return "host-local: between a sender and the recipients on its own host; completion is a lower bound";
  if (!result.clock_error || result.clock_error->count() == 0) return "";
  return fmt::format("times between them may be wrong by {}; what is shorter than {} is hidden",
                     time_in_words(std::chrono::ceil<Microseconds>(*result.clock_error)),
                     time_in_words(least_believed(*result.clock_error)));
}

std::string progress_line(const Progress& progress) {
  if (progress.doing == Progress::Doing::gathering)
    return fmt::format("logged in: {} of {}", progress.inside, progress.clients);
  constexpr std::string_view doings[] = {"", "warming up", "measuring", "draining"};
  const auto time = [](std::int64_t time_us) {
    return time_us < 0 ? "-" : time_in_words(Microseconds(time_us));
  };
  const auto backlog = progress.expected > progress.delivered ? progress.expected - progress.delivered : 0;
  return fmt::format("{}: {:.0f} s left, {} sent, {} delivered, {} under way, delivery p50 {} p99 {}",
                     doings[static_cast<std::size_t>(progress.doing)], in_seconds(progress.left),
                     number_in_words(static_cast<double>(progress.written)),
                     number_in_words(static_cast<double>(progress.delivered)),
                     number_in_words(static_cast<double>(backlog)), time(progress.p50_us),
                     time(progress.p99_us));
}

}  // namespace chatlab::loadgen
