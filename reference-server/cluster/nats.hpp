// NATS' C API with owners, errors that are returned, and functions for callbacks. Nothing of the room.
#pragma once

#include <nats/nats.h>

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatlab::server::nats {

struct Error {
  std::string text;
  bool is_missing = false;  ///< it was answered that there is no such stream
};
template <class Value>
using Result = boost::system::result<Value, Error>;

template <class Object, void (*destroy)(Object*)>
struct Destroy {
  void operator()(Object* object) const { destroy(object); }
};
template <class Object, void (*destroy)(Object*)>
using Owned = std::unique_ptr<Object, Destroy<Object, destroy>>;
using Subscription = Owned<natsSubscription, natsSubscription_Destroy>;
using Message = Owned<natsMsg, natsMsg_Destroy>;

std::string_view data_of(natsMsg* message);

struct ConnectionSettings {
  std::vector<std::string> urls;
  std::string name;                   ///< for NATS' own lists
  std::string credentials_file;       ///< empty: none
  std::string ca_file;                ///< PEM; empty: the system's
  std::chrono::milliseconds timeout;  ///< of connecting, and of what is asked for
};

/// What the connection tells, from threads of its own. They may still do so when it has ended, so whatever
/// its functions and those of subscriptions refer to has to live on; they themselves are kept to the
/// program's end.
struct Listener {
  std::function<void()> disconnected;
  std::function<void()> connected_again;
  std::function<void()> closed;  ///< for good
  /// A published text has its place, or not: then why.
  std::function<void(std::string_view text, std::optional<std::string> lost)> settled;
};

/// One connection, and the stream in which a room's events get their places.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings, Listener listener);
  Connection(const Connection&) = delete;
  ~Connection();

  /// From here on everything fails.
  void close();

  struct StreamState {
    std::int64_t created;  ///< tells a stream from another one that has taken its place
    std::uint64_t first, last;
  };
  struct StreamSettings {
    std::string name, subject;
    std::int64_t most_bytes;
  };
  /// Makes the stream where it is not there.
  Result<StreamState> make_stream(const StreamSettings& settings);
  Result<StreamState> stream_state(const std::string& name);

  /// Puts a text into the stream and returns its place.
  Result<std::uint64_t> put(const std::string& subject, std::string_view text);

  /// The same without waiting; Listener::settled tells how it went. An error: it was not taken.
  std::optional<Error> put_soon(const std::string& subject, std::string_view text);

  /// All events of the stream from this place on. The function is called from a thread of the connection.
  using OnEvent = std::function<void(std::uint64_t place, std::string_view text)>;
  Result<Subscription> follow(const std::string& subject, std::uint64_t first, OnEvent on_event);

  /// What comes there, and where an answer is wanted.
  using OnMessage = std::function<void(std::string_view text, std::string_view answer_to)>;
  Result<Subscription> subscribe(const std::string& subject, OnMessage on_message);
  Result<Subscription> subscribe(const std::string& subject);
  std::optional<Error> publish(const std::string& subject, std::string_view text);

  /// The next message of a subscription without a function; null: none came in time.
  Message next(const Subscription& subscription, std::chrono::milliseconds time);

  /// Whether anybody answers there.
  enum class Answer { yes, nobody_there, none_in_time };
  Answer ask(const std::string& subject);

  std::string make_inbox();
  std::size_t most_bytes() const;  ///< of one message

 private:
  Connection() = default;

  std::chrono::milliseconds timeout_{};
  Owned<natsConnection, natsConnection_Destroy> connection_;
  Owned<jsCtx, jsCtx_Destroy> stream_context_;
};

}  // namespace chatlab::server::nats
