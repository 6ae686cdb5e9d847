#include "loadgen/search.hpp"

#include <algorithm>
#include <cmath>

namespace chatlab::loadgen {
namespace {

constexpr double stride = 2;        // of the climb
constexpr double step_down = 1.05;  // from a load that held once and was not confirmed
constexpr int unsure_believed = 4;  // in a row: fewer may be a busy machine's
constexpr int noes_believed = 2;    // in a row: one may be a moment's, and would end the climb far too low

}  // namespace

Search::Search(Range range) : range_(range) {
  step_ = SearchStep{SearchStep::Why::climb, rounded(std::clamp(range_.first, range_.least, range_.most))};
}

std::optional<SearchStep> Search::next() const {
  return step_;
}

void Search::take(Held held) {
  if (!step_) return;
  if (++windows_ > most_windows) {
    finding_.limit = Finding::Limit::patience;
    return end(false);
  }
  if (held == Held::no && step_->why != SearchStep::Why::confirm && ++doubts_ < noes_believed) return;
  doubts_ = 0;
  if (held == Held::no) bad_ = bad_ > 0 ? std::min(bad_, step_->load) : step_->load;
  switch (step_->why) {
    case SearchStep::Why::climb:
      return took_climb(held);
    case SearchStep::Why::narrow:
      return took_narrow(held);
    case SearchStep::Why::confirm:
      return took_confirm(held);
  }
}

void Search::took_climb(Held held) {
  const double load = step_->load;
  if (held == Held::cannot_tell) {
    if (++unsure_ < unsure_believed) return;  // once more
    unsure_ = 0;
    finding_.limit = Finding::Limit::generator;
    if (good_ > 0) return confirm(good_);
    if (load <= range_.least) return end(false);
    step_->load = rounded(std::max(range_.least, load / stride));
    return;
  }
  unsure_ = 0;
  if (held == Held::yes) {
    good_ = load;
    if (bad_ > 0) return narrow_or_confirm();
    if (finding_.limit == Finding::Limit::generator) return confirm(good_);
    if (load >= range_.most) {
      finding_.limit = Finding::Limit::range;
      return confirm(good_);
    }
    step_->load = rounded(std::min(range_.most, load * stride));
    return;
  }
  finding_.limit = Finding::Limit::server;
  if (good_ > 0) return narrow_or_confirm();
  if (load <= range_.least) return end(false);
  step_->load = rounded(std::max(range_.least, load / stride));
}

void Search::took_narrow(Held held) {
  if (held == Held::cannot_tell) {
    if (++unsure_ < unsure_believed) return;
    unsure_ = 0;
    finding_.limit = Finding::Limit::generator;
    return confirm(good_);
  }
  unsure_ = 0;
  if (held == Held::yes) good_ = step_->load;
  narrow_or_confirm();
}

void Search::narrow_or_confirm() {
  const double middle = rounded(std::sqrt(good_ * bad_));
  if (bad_ / good_ <= range_.resolution || middle <= good_ || middle >= bad_) return confirm(good_);
  step_ = SearchStep{SearchStep::Why::narrow, middle};
}

void Search::confirm(double load) {
  confirmed_ = unsure_ = 0;
  step_ = SearchStep{SearchStep::Why::confirm, load};
}

void Search::took_confirm(Held held) {
  if (held == Held::yes) {
    if (++confirmed_ == confirmations) end(true);
    return;
  }
  if (held == Held::cannot_tell) {
    if (++unsure_ == unsure_believed) end(false);
    return;
  }
  finding_.limit = Finding::Limit::server;
  const double load = step_->load;
  if (load <= range_.least) {
    good_ = 0;
    return end(false);
  }
  good_ = std::max(range_.least, rounded(std::min(load / step_down, range_.whole ? load - 1 : load)));
  confirm(good_);
}

void Search::end(bool confirmed) {
  finding_.load = good_;
  finding_.confirmed = confirmed;
  finding_.failed = bad_;
  step_.reset();
}

double Search::rounded(double load) const {
  if (range_.whole) return std::round(load);
  // Three digits: nobody asks for 413.26 broadcasts a second.
  const double unit = std::pow(10, std::floor(std::log10(load)) - 2);
  return std::round(load / unit) * unit;
}

}  // namespace chatlab::loadgen
