#include "loadgen/preset.hpp"

#include <array>

namespace chatlab::loadgen {
namespace {

using namespace std::chrono_literals;

constexpr std::array all{
    Preset{"class", "40 students in a room: everybody types now and then, every 10 s or so",
           [](Settings& run) {
             run.clients = run.senders = 40;
             run.rate_per_s = 4;
             run.arrivals = Arrivals::poisson;
             run.text_bytes = 80;  // a sentence
             run.duration = 30s;
             run.login_rate_per_s = 20;
           }},
    Preset{"lecture", "300 listeners, and 3 who talk",
           [](Settings& run) {
             run.clients = 303;
             run.senders = 3;
             run.rate_per_s = 3;
             run.arrivals = Arrivals::poisson;
             run.duration = 30s;
           }},
    Preset{"storm",
           "everyone, 300 clients, joins within 10 s, each login a roster for everybody; then a few chats",
           [](Settings& run) {
             run.clients = 300;
             run.senders = 10;
             run.rate_per_s = 10;
             run.login_rate_per_s = 30;
           }},
    Preset{"flood", "as many broadcasts as the server can do: 10 senders, 16 in flight for each",
           [](Settings& run) {
             run.clients = 100;
             run.senders = 10;
             run.closed = 16;
           }},
};

}  // namespace

std::span<const Preset> presets() {
  return all;
}

const Preset* preset_named(std::string_view name) {
  for (const auto& preset : all) {
    if (preset.name == name) return &preset;
  }
  return nullptr;
}

}  // namespace chatlab::loadgen
