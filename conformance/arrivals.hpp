// Brings about the connections with which a check begins, as early as it makes no difference to the server:
// while one client logs in, the next one becomes a WebSocket, and for the one after that TCP is connected.
// Each of the three happens in the order of the check's clients, so that a server sees the same as if one had
// come after the other. Clients of a group are alike, and come several at once. It logs nobody in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/change.hpp"
#include "conformance/scene.hpp"

namespace chatlab::conformance {

class Arrivals {
 public:
  /// Begins at once. Scene and check must outlive it, and end() must have been waited for before it is
  /// destroyed.
  Arrivals(const asio::any_io_executor& executor, Scene& scene, const Check& check);

  /// Empty: this client is connected. To be asked for one after the other, in the check's order; who is not
  /// to be logged in connects no earlier than it is asked for.
  asio::awaitable<std::optional<Problem>> wait_for(std::string client);

  /// Lets go of those who have not been asked for, and waits until nothing is under way any more.
  asio::awaitable<void> end();

 private:
  /// How many lines are reached ahead: a server with the smallest backlog takes one.
  static constexpr std::size_t lines_ahead = 1;
  /// Of a group, at once: as many as the backlog of a modest server, listen(5), takes.
  static constexpr std::size_t most_at_once = 5;

  /// Those who come at once: one client, or some of a group.
  struct Wave {
    std::vector<std::string> clients;
    bool waits_until_asked = false;  ///< what the others' logins cause must not come to them
  };
  using Stage = asio::awaitable<std::optional<Problem>> (Scene::*)(std::string);

  static std::vector<Wave> waves_of(const Check& check);
  asio::awaitable<void> reach_all();
  asio::awaitable<void> connect_all();
  asio::awaitable<std::optional<Problem>> take(const Wave& wave, Stage stage);
  void spawn(asio::awaitable<void> task);
  void announce();
  bool is_over() const { return ending_ || problem_; }

  asio::any_io_executor executor_;
  Scene& scene_;
  std::vector<Wave> waves_;
  std::map<std::string, std::size_t> wave_of_;
  std::size_t asked_ = 0;             // waves: those before it, and it
  std::size_t reached_ = 0;           // how many of them
  std::size_t connected_ = 0;         // how many of them
  std::optional<Problem> unreached_;  // the next one of them, and why
  std::optional<Problem> problem_;    // with the next one to be connected
  bool ending_ = false;
  int running_ = 0;
  Change for_reaching_, for_connecting_, for_asking_;  // one for each that waits
};

}  // namespace chatlab::conformance
