#include "client/target.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <fstream>

namespace chatlab::client {
namespace {

using namespace std::chrono_literals;

/// A server that listens and nothing more: the kernel takes the connections. `port` and `host` are Python.
std::string listener(std::string_view port = "os.environ['PORT']", std::string_view host = "'127.0.0.1'") {
  return fmt::format(
      R"py(exec /usr/bin/python3 -c "
import os, signal, socket, sys
family = socket.AF_INET6 if ':' in {1} else socket.AF_INET
server = socket.create_server(({1}, int({0})), family=family)
signal.pause()" )py",
      port, host);
}

Launch run(std::string command, const std::filesystem::path& directory = {},
           std::chrono::milliseconds startup = 10s) {
  return Launch{std::move(command), directory.string(), startup};
}

/// "started", or the failure.
std::string outcome(const Launch& launch) {
  const auto server = LaunchedServer::start(launch);
  return server.has_error() ? server.error().text : "started";
}

bool accepts(const Url& url) {
  using boost::asio::ip::tcp;
  boost::asio::io_context io_context;
  tcp::socket socket(io_context);
  boost::system::error_code failed;
  socket.connect({boost::asio::ip::make_address(url.host), url.port}, failed);
  return !failed;
}

/// An empty folder of its own for each test, and an end: start() and the destructor wait for processes, so
/// one that cannot be ended would hold the test for ever. The alarm ends the test program then.
class TargetTest : public testing::Test {
 protected:
  void SetUp() override {
    constexpr unsigned patience_s = 30;
    ::alarm(patience_s);
    auto name = testing::TempDir() + "chatlab-target-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override {
    ::alarm(0);
    std::filesystem::remove_all(folder);
  }

  std::filesystem::path folder;
};

/// A named pipe that the processes of a test hold open: it ends when the last of them has ended.
class LifeLine {
 public:
  explicit LifeLine(const std::filesystem::path& path) {
    if (::mkfifo(path.c_str(), 0600) == 0) {
      reading_end_ = Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    }
  }

  /// True where all who have opened the pipe have ended, or end within 10 s.
  bool ends() const {
    constexpr int patience_ms = 10'000;
    pollfd waiting{reading_end_.get(), 0, 0};  // the end is reported unasked
    return ::poll(&waiting, 1, patience_ms) == 1 && (waiting.revents & POLLHUP) != 0;
  }

  /// True where somebody still holds it.
  bool is_held() const {
    pollfd now{reading_end_.get(), 0, 0};
    return ::poll(&now, 1, 0) == 0;
  }

 private:
  Descriptor reading_end_;
};

TEST_F(TargetTest, StartsACommandThatListensOnPort) {
  const auto server = LaunchedServer::start(run(listener()));
  ASSERT_TRUE(server.has_value()) << server.error().text;
  const auto& url = (*server)->url();
  EXPECT_EQ(url.text(), fmt::format("ws://127.0.0.1:{}/", url.port));
  EXPECT_TRUE(accepts(url));
}

TEST_F(TargetTest, SetsWsPortToo) {
  EXPECT_EQ(outcome(run(listener("os.environ['WS_PORT']"))), "started");
}

TEST_F(TargetTest, GivesThePortInFurtherVariables) {
  auto launch = run(listener("os.environ['CHAT_PORT']"));
  launch.port_variables = {"OTHER", "CHAT_PORT"};
  EXPECT_EQ(outcome(launch), "started");
}

TEST_F(TargetTest, PutsThePortIntoTheCommandWhereverItStands) {
  EXPECT_EQ(outcome(run("test {port} -eq $PORT && " + listener("'{port}'"))), "started");
}

TEST_F(TargetTest, ItsPortWinsOverTheCallersEnvironment) {
  ::setenv("PORT", "1", 1);
  EXPECT_EQ(outcome(run(listener())), "started");
  ::unsetenv("PORT");
}

TEST_F(TargetTest, FindsAServerThatListensOnIpv6Only) {
  const auto server = LaunchedServer::start(run(listener("os.environ['PORT']", "'::1'")));
  if (server.has_error() && !std::filesystem::exists("/proc/net/if_inet6")) GTEST_SKIP() << "no IPv6 here";
  ASSERT_TRUE(server.has_value()) << server.error().text;
  EXPECT_EQ((*server)->url().text(), fmt::format("ws://[::1]:{}/", (*server)->url().port));
}

TEST_F(TargetTest, TwoServersAtOnceGetDifferentPorts) {
  const auto one = LaunchedServer::start(run(listener()));
  const auto other = LaunchedServer::start(run(listener()));
  ASSERT_TRUE(one.has_value() && other.has_value());
  EXPECT_NE((*one)->url().port, (*other)->url().port);
  EXPECT_TRUE(accepts((*one)->url()));
  EXPECT_TRUE(accepts((*other)->url()));
}

TEST_F(TargetTest, FreesThePortAtItsEnd) {
  Url url;
  {
    const auto server = LaunchedServer::start(run(listener()));
    ASSERT_TRUE(server.has_value()) << server.error().text;
    url = (*server)->url();
  }
  EXPECT_FALSE(accepts(url));
}

TEST_F(TargetTest, RunsInItsFolder) {
  EXPECT_EQ(outcome(run(
                "test \"$(pwd -P)\" = '" + std::filesystem::canonical(folder).string() + "' && " + listener(),
                folder)),
            "started");
}

TEST_F(TargetTest, NamesAFolderThatDoesNotExist) {
  const auto failure = outcome(run("true", folder / "missing"));
  EXPECT_TRUE(failure.starts_with(fmt::format("cannot start 'true' in {}: ", (folder / "missing").string())))
      << failure;
}

TEST_F(TargetTest, GivesExitStatusAndLastOutputOfACommandThatEnds) {
  const std::string command = "echo to the $((1 + 1))nd; echo no good >&2; exit 7";
  EXPECT_EQ(outcome(run(command)), "'" + command +
                                       "' did not start: it exited with status 7. Its last output:\n"
                                       "to the 2nd\nno good\n");
}

TEST_F(TargetTest, SaysThatACommandPrintedNothing) {
  EXPECT_EQ(outcome(run("true")), "'true' did not start: it exited with status 0. It printed nothing.");
}

TEST_F(TargetTest, NamesTheSignalThatEndedACommand) {
  const auto failure = outcome(run("kill -KILL $$"));
  EXPECT_NE(failure.find("it was ended by signal 9 (Killed; the system does so where memory runs out). "),
            std::string::npos)
      << failure;
}

TEST_F(TargetTest, TakesAStatusPast128ForWhatItMayBe) {
  const auto ending = [](const char* status) {
    const auto failure = outcome(run(std::string("exit ") + status));
    return failure.substr(failure.find("it exited"));
  };
  EXPECT_EQ(ending("134"), "it exited with status 134, as after signal 6 (Aborted). It printed nothing.");
  EXPECT_EQ(
      ending("137"),
      "it exited with status 137, as after signal 9 (Killed; the system does so where memory runs out). "
      "It printed nothing.");
  for (const char* other : {"126", "128", "160", "255"}) {
    EXPECT_EQ(ending(other), fmt::format("it exited with status {}. It printed nothing.", other));
  }
}

TEST_F(TargetTest, NamesACommandThatDoesNotExist) {
  const auto failure = outcome(run("no-such-program-anywhere"));
  EXPECT_NE(failure.find("exited with status 127"), std::string::npos) << failure;
  EXPECT_NE(failure.find("not found"), std::string::npos) << failure;
}

TEST_F(TargetTest, ShowsTheEndOfALongOutput) {
  const auto failure = outcome(run("head -c 100000 /dev/zero | tr '\\0' x; echo the end; exit 1"));
  EXPECT_TRUE(failure.ends_with("xxxthe end\n")) << failure;
  EXPECT_LT(failure.size(), 5000U);
}

TEST_F(TargetTest, SaysThatNobodyListened) {
  const LifeLine life(folder / "life");
  const auto failure =
      outcome(run("exec 9> life; echo up and running on $((8000 + 81)); sleep 1000 & wait", folder, 300ms));
  EXPECT_NE(failure.find("runs, but after 0.3 s nothing listened on port "), std::string::npos) << failure;
  EXPECT_NE(failure.find("PORT"), std::string::npos) << failure;
  EXPECT_TRUE(failure.ends_with("Its last output:\nup and running on 8081\n")) << failure;
  EXPECT_TRUE(life.ends()) << "what did not start was left running";
}

TEST_F(TargetTest, EndsTheWholeProcessGroup) {
  const LifeLine life(folder / "life");
  {
    const auto server =
        LaunchedServer::start(run("exec 9> life; sleep 1000 & sh -c '"
                                  "sleep 1000; true' & (" +
                                      listener() + ") & wait",
                                  folder));
    ASSERT_TRUE(server.has_value()) << server.error().text;
    EXPECT_TRUE(life.is_held());
  }
  EXPECT_TRUE(life.ends()) << "a child of the shell lives on";
}

TEST_F(TargetTest, EndsAChildThatIgnoresTheRequestToStop) {
  const LifeLine life(folder / "life");
  {
    // The child ignores SIGTERM, the shell does not: it ends first.
    const auto server = LaunchedServer::start(
        {"exec 9> life; (trap '' TERM; while :; do sleep 1000; done) & " + listener(), folder});
    ASSERT_TRUE(server.has_value()) << server.error().text;
    EXPECT_TRUE(life.is_held());
  }
  EXPECT_TRUE(life.ends()) << "a child of the shell lives on";
}

TEST_F(TargetTest, EndsACommandThatIgnoresTheRequestToStop) {
  const LifeLine life(folder / "life");
  {
    const auto server = LaunchedServer::start(run("exec 9> life; trap '' TERM; " + listener(), folder));
    ASSERT_TRUE(server.has_value()) << server.error().text;
    EXPECT_TRUE(life.is_held());
  }
  EXPECT_TRUE(life.ends());
}

TEST_F(TargetTest, EndsWhatACommandLeftBehindThatEndedItself) {
  const LifeLine life(folder / "life");
  const auto failure = outcome(run("exec 9> life; sleep 1000 & exit 3", folder));
  EXPECT_NE(failure.find("exited with status 3"), std::string::npos) << failure;
  EXPECT_TRUE(life.ends()) << "a child of the shell lives on";
}

TEST_F(TargetTest, EndsAChildThatLeftTheGroup) {
  const LifeLine life(folder / "life");
  {
    const auto server =
        LaunchedServer::start(run("exec 9> life; setsid sleep 1000 & exec 9>&-; " + listener(), folder));
    ASSERT_TRUE(server.has_value()) << server.error().text;
    EXPECT_TRUE(life.is_held());
  }
  EXPECT_TRUE(life.ends()) << "a child in a session of its own lives on";
}

TEST_F(TargetTest, EndsTheServerWhenItsOwnerIsKilled) {
  const LifeLine life(folder / "life");
  const auto owner = ::fork();
  if (owner == 0) {
    const auto server = LaunchedServer::start(run("exec 9> life; " + listener(), folder));
    ::kill(::getpid(), server ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(owner, &status, 0), owner);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the server did not start";
  EXPECT_TRUE(life.ends()) << "the server outlives its owner";
}

TEST_F(TargetTest, StartsAgainOnTheSamePortAndForgetsTheOldOutput) {
  const auto server = LaunchedServer::start(run("echo started; " + listener()));
  ASSERT_TRUE(server.has_value()) << server.error().text;
  const auto url = (*server)->url();
  EXPECT_EQ((*server)->output(0), "started\n");
  EXPECT_EQ((*server)->output((*server)->output_bytes()), "");
  const auto again = (*server)->restart();
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ((*server)->url().text(), url.text());
  EXPECT_TRUE(accepts(url));
  EXPECT_EQ((*server)->output(0), "started\n");
  EXPECT_EQ((*server)->ending(), std::nullopt);
}

TEST_F(TargetTest, IsNotTakenForItsPredecessorThatStillListens) {
  // Somebody whose environment is not known has the port, too, until the second connection: the first one
  // found the server started, the next one comes when it is started again.
  std::ofstream(folder / "late.py") << R"py(
import os, signal, socket
listening = socket.socket()
listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listening.bind(("127.0.0.1", int(os.environ["PORT"])))
is_first = not os.path.exists("first")
open("first" if is_first else "second", "w").close()
listening.listen()
if is_first and os.fork() == 0:
    os.setsid()
    listening.set_inheritable(True)
    until_the_second = f"import socket; server = socket.socket(fileno={listening.fileno()}); server.accept(); server.accept()"
    os.execve("/usr/bin/python3", ["python3", "-c", until_the_second], {})
signal.pause()
)py";
  const auto server = LaunchedServer::start(run("exec /usr/bin/python3 late.py", folder));
  ASSERT_TRUE(server.has_value()) << server.error().text;
  const auto again = (*server)->restart();
  ASSERT_TRUE(again.has_value()) << again.error().text;
  EXPECT_TRUE(std::filesystem::exists(folder / "second"));
}

/// A limit that the test goes past, and others that do not matter.
Launch bounded(std::string command, const std::filesystem::path& directory, void (*tighten)(Limits&)) {
  auto launch = run(std::move(command), directory);
  tighten(launch.limits.emplace());
  return launch;
}

TEST_F(TargetTest, EndsWhatForksWithoutEnd) {
  const LifeLine life(folder / "life");
  const auto failure = outcome(bounded("exec 9> life; while :; do sleep 1000 & done", folder,
                                       [](Limits& limits) { limits.processes = 20; }));
  EXPECT_NE(failure.find("did not start: it was ended: it ran more than 20 processes at once"),
            std::string::npos)
      << failure;
  EXPECT_TRUE(life.ends());
}

TEST_F(TargetTest, EndsWhatUsesTooMuchMemoryTogether) {
  const LifeLine life(folder / "life");
  const auto hungry = "/usr/bin/python3 -c \"import signal; a = b'x' * (30 << 20); signal.pause()\"";
  const auto failure = outcome(bounded(fmt::format("exec 9> life; {} & {} & wait", hungry, hungry), folder,
                                       [](Limits& limits) { limits.memory_bytes = 50 << 20; }));
  EXPECT_NE(failure.find("it was ended: it used more than 50 MiB of memory"), std::string::npos) << failure;
  EXPECT_TRUE(life.ends());
}

TEST_F(TargetTest, BoundsTheMemoryOfOneProcess) {
  const auto failure = outcome(bounded("exec /usr/bin/python3 -c \"b'x' * (100 << 20)\"", folder,
                                       [](Limits& limits) { limits.memory_bytes = 90 << 20; }));
  EXPECT_NE(failure.find("MemoryError"), std::string::npos) << failure;
}

TEST_F(TargetTest, BoundsWhatIsPrintedAndWritten) {
  const auto small = [](Limits& limits) { limits.file_bytes = 64 << 10; };
  for (const char* spam : {"exec yes", "yes & sleep 1000"}) {
    const auto failure = outcome(bounded(spam, folder, small));
    EXPECT_NE(failure.find("did not start: it was ended: it printed more than 64 KiB"), std::string::npos)
        << failure.substr(0, 200);
  }
  EXPECT_NE(outcome(bounded("exec yes > file", folder, small)).find("File size limit exceeded"),
            std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(folder / "file"), 64u << 10);
}

TEST_F(TargetTest, BoundsTheTimeOfOneProcess) {
  const auto failure = outcome(bounded("while :; do :; done", folder,
                                       [](Limits& limits) { limits.cpu_time = std::chrono::seconds(1); }));
  EXPECT_NE(failure.find("(CPU time limit exceeded)"), std::string::npos) << failure;
}

TEST_F(TargetTest, GivesTheServerATidyPlaceToRun) {
  // Nothing to read on standard input, and Python's output is not lost in a buffer.
  const auto failure = outcome(run("cat; echo buffered=$PYTHONUNBUFFERED; exit 1"));
  EXPECT_TRUE(failure.ends_with("Its last output:\nbuffered=1\n")) << failure;
}

}  // namespace
}  // namespace chatlab::client
