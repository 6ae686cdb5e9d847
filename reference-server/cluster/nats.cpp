#include "reference-server/cluster/nats.hpp"

#include <fmt/format.h>

#include <list>
#include <mutex>
#include <utility>

namespace chatlab::server::nats {
namespace {

/// What the library says of the last failure in this thread.
Error failure(natsStatus status, jsErrCode stream_error = jsErrCode(0)) {
  natsStatus last = NATS_OK;
  const char* told = nats_GetLastError(&last);
  if (stream_error == JSNotEnabledErr || stream_error == JSNotEnabledForAccountErr) {
    return {"JetStream is off there; start it with nats-server --jetstream"};
  }
  const bool says_more = told && *told && last == status;
  return {says_more ? fmt::format("{} ({})", natsStatus_GetText(status), told) : natsStatus_GetText(status),
          stream_error == JSStreamNotFoundErr};
}

int size_of(std::string_view text) {
  return static_cast<int>(text.size());
}

std::uint64_t place_of(natsMsg* message) {
  jsMsgMetaData* found = nullptr;
  if (natsMsg_GetMetaData(&found, message) != NATS_OK) return 0;
  const Owned<jsMsgMetaData, jsMsgMetaData_Destroy> data(found);
  return data->Sequence.Stream;
}

Connection::StreamState state_of(jsStreamInfo* found) {
  const Owned<jsStreamInfo, jsStreamInfo_Destroy> info(found);
  return {info->Created, info->State.FirstSeq, info->State.LastSeq};
}

/// See Listener.
template <class Value>
Value* keep(Value value) {
  static auto& mutex = *new std::mutex;  // never destroyed: threads of NATS may outlive main()
  static auto& all = *new std::list<Value>;
  const std::lock_guard lock(mutex);
  return &all.emplace_back(std::move(value));
}

}  // namespace

std::string_view data_of(natsMsg* message) {
  return {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings, Listener listener) {
  natsOptions* made = nullptr;
  if (const auto status = natsOptions_Create(&made); status != NATS_OK) return failure(status);
  const Owned<natsOptions, natsOptions_Destroy> options(made);
  std::unique_ptr<Connection> connection(new Connection);
  auto* const told = keep(std::move(listener));
  connection->timeout_ = settings.timeout;

  std::vector<const char*> urls;
  for (const auto& url : settings.urls) urls.push_back(url.c_str());
  constexpr int forever = -1, most_unanswered_pings = 2, nothing = 1;
  constexpr std::int64_t between_tries_ms = 250, jitter_ms = 100;
  const auto milliseconds = settings.timeout.count();
  auto status = natsOptions_SetServers(options.get(), urls.data(), static_cast<int>(urls.size()));
  const auto set = [&](natsStatus outcome) {
    if (status == NATS_OK) status = outcome;
  };
  set(natsOptions_SetName(options.get(), settings.name.c_str()));
  set(natsOptions_SetTimeout(options.get(), milliseconds));
  set(natsOptions_SetMaxReconnect(options.get(), forever));
  set(natsOptions_SetReconnectWait(options.get(), between_tries_ms));
  set(natsOptions_SetReconnectJitter(options.get(), jitter_ms, jitter_ms));
  set(natsOptions_SetReconnectBufSize(options.get(), nothing));  // what cannot be sent now is refused now
  set(natsOptions_SetWriteDeadline(options.get(), milliseconds));
  set(natsOptions_SetPingInterval(options.get(), milliseconds));
  set(natsOptions_SetMaxPingsOut(options.get(), most_unanswered_pings));
  if (!settings.credentials_file.empty()) {
    set(natsOptions_SetUserCredentialsFromFiles(options.get(), settings.credentials_file.c_str(), nullptr));
  }
  if (!settings.ca_file.empty()) {
    set(natsOptions_SetSecure(options.get(), true));
    set(natsOptions_LoadCATrustedCertificates(options.get(), settings.ca_file.c_str()));
  }
  set(natsOptions_SetDisconnectedCB(
      options.get(), [](natsConnection*, void* told) { static_cast<Listener*>(told)->disconnected(); },
      told));
  set(natsOptions_SetReconnectedCB(
      options.get(), [](natsConnection*, void* told) { static_cast<Listener*>(told)->connected_again(); },
      told));
  set(natsOptions_SetClosedCB(
      options.get(), [](natsConnection*, void* told) { static_cast<Listener*>(told)->closed(); }, told));
  // By default they are printed. What matters shows in the stream's state, which the node looks at.
  set(natsOptions_SetErrorHandler(
      options.get(), [](natsConnection*, natsSubscription*, natsStatus, void*) {}, nullptr));
  natsConnection* opened = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&opened, options.get());
  if (status != NATS_OK) return failure(status);
  connection->connection_.reset(opened);

  jsOptions stream_options;
  jsOptions_Init(&stream_options);
  stream_options.Wait = milliseconds;
  stream_options.PublishAsync.AckHandlerClosure = told;
  stream_options.PublishAsync.AckHandler = [](jsCtx*, natsMsg* message, jsPubAck*, jsPubAckErr* error,
                                              void* told) {
    const Message owner(message);
    std::optional<std::string> lost;
    if (error) lost = error->ErrText ? error->ErrText : natsStatus_GetText(error->Err);
    static_cast<Listener*>(told)->settled(data_of(message), std::move(lost));
  };
  jsCtx* context = nullptr;
  status = natsConnection_JetStream(&context, opened, &stream_options);
  if (status != NATS_OK) return failure(status);
  connection->stream_context_.reset(context);
  return connection;
}

Connection::~Connection() {
  close();
}

void Connection::close() {
  if (connection_) natsConnection_Close(connection_.get());
}

Result<Connection::StreamState> Connection::make_stream(const StreamSettings& settings) {
  jsStreamConfig wanted;
  jsStreamConfig_Init(&wanted);
  const char* subject = settings.subject.c_str();
  wanted.Name = settings.name.c_str();
  wanted.Subjects = &subject;
  wanted.SubjectsLen = 1;
  wanted.MaxBytes = settings.most_bytes;
  wanted.Storage = js_FileStorage;
  wanted.Discard = js_DiscardOld;
  jsStreamInfo* info = nullptr;
  jsErrCode error{};
  const auto status = js_AddStream(&info, stream_context_.get(), &wanted, nullptr, &error);
  if (status == NATS_OK) return state_of(info);
  if (error != JSStreamNameExistErr) return failure(status, error);
  return stream_state(settings.name);
}

Result<Connection::StreamState> Connection::stream_state(const std::string& name) {
  jsStreamInfo* info = nullptr;
  jsErrCode error{};
  const auto status = js_GetStreamInfo(&info, stream_context_.get(), name.c_str(), nullptr, &error);
  if (status != NATS_OK) return failure(status, error);
  return state_of(info);
}

Result<std::uint64_t> Connection::put(const std::string& subject, std::string_view text) {
  jsPubAck* found = nullptr;
  jsErrCode error{};
  const auto status =
      js_Publish(&found, stream_context_.get(), subject.c_str(), text.data(), size_of(text), nullptr, &error);
  if (status != NATS_OK) return failure(status, error);
  const Owned<jsPubAck, jsPubAck_Destroy> acknowledgement(found);
  return acknowledgement->Sequence;
}

std::optional<Error> Connection::put_soon(const std::string& subject, std::string_view text) {
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = timeout_.count();
  const auto status =
      js_PublishAsync(stream_context_.get(), subject.c_str(), text.data(), size_of(text), &options);
  if (status != NATS_OK) return failure(status);
  return std::nullopt;
}

Result<Subscription> Connection::follow(const std::string& subject, std::uint64_t first, OnEvent on_event) {
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverByStartSequence;
  options.Config.OptStartSeq = first;
  natsSubscription* made = nullptr;
  jsErrCode error{};
  const auto status = js_Subscribe(
      &made, stream_context_.get(), subject.c_str(),
      [](natsConnection*, natsSubscription*, natsMsg* message, void* function) {
        const Message owner(message);
        (*static_cast<OnEvent*>(function))(place_of(message), data_of(message));
      },
      keep(std::move(on_event)), nullptr, &options, &error);
  if (status != NATS_OK) return failure(status, error);
  return Subscription(made);
}

Result<Subscription> Connection::subscribe(const std::string& subject, OnMessage on_message) {
  natsSubscription* made = nullptr;
  const auto status = natsConnection_Subscribe(
      &made, connection_.get(), subject.c_str(),
      [](natsConnection*, natsSubscription*, natsMsg* message, void* function) {
        const Message owner(message);
        const char* answer_to = natsMsg_GetReply(message);
        (*static_cast<OnMessage*>(function))(data_of(message), answer_to ? answer_to : "");
      },
      keep(std::move(on_message)));
  if (status != NATS_OK) return failure(status);
  return Subscription(made);
}

Result<Subscription> Connection::subscribe(const std::string& subject) {
  natsSubscription* made = nullptr;
  const auto status = natsConnection_SubscribeSync(&made, connection_.get(), subject.c_str());
  if (status != NATS_OK) return failure(status);
  return Subscription(made);
}

std::optional<Error> Connection::publish(const std::string& subject, std::string_view text) {
  const auto status = natsConnection_Publish(connection_.get(), subject.c_str(), text.data(), size_of(text));
  if (status != NATS_OK) return failure(status);
  return std::nullopt;
}

Message Connection::next(const Subscription& subscription, std::chrono::milliseconds time) {
  natsMsg* message = nullptr;
  natsSubscription_NextMsg(&message, subscription.get(), time.count());
  return Message(message);
}

Connection::Answer Connection::ask(const std::string& subject) {
  natsMsg* answer = nullptr;
  const auto status =
      natsConnection_RequestString(&answer, connection_.get(), subject.c_str(), "", timeout_.count());
  const Message owner(answer);
  if (status == NATS_NO_RESPONDERS) return Answer::nobody_there;
  return status == NATS_OK ? Answer::yes : Answer::none_in_time;
}

std::string Connection::make_inbox() {
  natsInbox* made = nullptr;
  if (natsInbox_Create(&made) != NATS_OK) return "";
  const std::string inbox(made);
  natsInbox_Destroy(made);
  return inbox;
}

std::size_t Connection::most_bytes() const {
  return static_cast<std::size_t>(natsConnection_GetMaxPayload(connection_.get()));
}

}  // namespace chatlab::server::nats
