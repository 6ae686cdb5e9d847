// On the NATS server that follower_test.py has started; NATS_URL says where.
#include "reference-server/cluster/follower.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace chatlab::server::cluster {
namespace {

using namespace std::chrono_literals;
using Events = std::vector<std::pair<Sequence, std::string>>;

/// Rung from NATS' thread.
class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      has_rung_ = true;
    }
    rung_.notify_one();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    const bool rang = rung_.wait_for(lock, 30s, [&] { return has_rung_; });
    has_rung_ = false;
    return rang;
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  bool has_rung_ = false;
};

class FollowerTest : public testing::Test {
 protected:
  void put(const std::string& text) { ASSERT_TRUE(connection_->put(name_, text).has_value()); }

  /// As many as come until the last one.
  Events take_until(const std::string& last) {
    Events events;
    const auto keep = [&](Sequence place, std::string_view text) { events.emplace_back(place, text); };
    while (events.empty() || events.back().second != last) {
      if (!bell_->wait()) {
        ADD_FAILURE() << "'" << last << "' does not come";
        break;
      }
      EXPECT_FALSE(follower_.take(keep));
    }
    return events;
  }

  /// What an administrator does with the stream.
  template <class Action>
  void administer(Action action) {
    natsConnection* connection = nullptr;
    jsCtx* stream_context = nullptr;
    ASSERT_EQ(natsConnection_ConnectTo(&connection, url_.c_str()), NATS_OK);
    ASSERT_EQ(natsConnection_JetStream(&stream_context, connection, nullptr), NATS_OK);
    EXPECT_EQ(action(stream_context, name_.c_str(), nullptr, nullptr), NATS_OK);
    jsCtx_Destroy(stream_context);
    natsConnection_Destroy(connection);
  }

  const std::string name_ = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string url_ = std::getenv("NATS_URL");
  std::unique_ptr<nats::Connection> connection_ = std::move(
      *nats::Connection::open({{url_}, name_, "", "", 30s}, {[] {}, [] {}, [] {}, [](auto&&, auto&&) {}}));
  std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  Follower follower_{*connection_, name_, name_, [bell = bell_] { bell->ring(); }};
};

TEST_F(FollowerTest, GivesEachEventOnceInOrder) {
  ASSERT_FALSE(follower_.begin());
  put("a");
  put("b");
  ASSERT_FALSE(follower_.follow_from(0));
  put("c");
  EXPECT_EQ(take_until("c"), (Events{{1, "a"}, {2, "b"}, {3, "c"}}));
  ASSERT_FALSE(follower_.follow_on());
  put("d");
  EXPECT_EQ(take_until("d"), (Events{{4, "d"}}));
  EXPECT_EQ(follower_.place(), 4u);
}

TEST_F(FollowerTest, ForgetsWhatWasNotTakenOfAStateThatIsGivenUp) {
  ASSERT_FALSE(follower_.begin());
  put("a");
  ASSERT_FALSE(follower_.follow_from(0));
  ASSERT_TRUE(bell_->wait());
  ASSERT_FALSE(follower_.begin());
  EXPECT_FALSE(follower_.take([](Sequence place, std::string_view) { ADD_FAILURE() << place; }));
  EXPECT_EQ(follower_.place(), 0u);
  ASSERT_FALSE(follower_.follow_from(1));
  put("b");
  EXPECT_EQ(take_until("b"), (Events{{2, "b"}}));
}

TEST_F(FollowerTest, TellsWhichEventsTheStreamHasNoMore) {
  ASSERT_FALSE(follower_.begin());
  for (const auto* text : {"a", "b", "c"}) put(text);
  administer(js_PurgeStream);
  put("d");
  ASSERT_FALSE(follower_.follow_from(1));
  ASSERT_TRUE(bell_->wait());
  const auto gap = follower_.take([](Sequence place, std::string_view) { ADD_FAILURE() << place; });
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->first, 2u);
  EXPECT_EQ(gap->last, 3u);
}

TEST_F(FollowerTest, KnowsItsStreamFromAnotherOneOfItsName) {
  ASSERT_FALSE(follower_.begin());
  put("a");
  const auto its_own = follower_.look();
  ASSERT_TRUE(its_own);
  EXPECT_TRUE(its_own->is_same);
  EXPECT_EQ(its_own->first, 1u);
  EXPECT_EQ(its_own->last, 1u);
  administer(js_DeleteStream);
  const auto none = follower_.look();
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->is_same);
  ASSERT_TRUE(connection_->make_stream({name_, name_, 1 << 20}).has_value());
  put("b");
  const auto another = follower_.look();
  ASSERT_TRUE(another);
  EXPECT_FALSE(another->is_same);
  connection_->close();
  EXPECT_FALSE(follower_.look());
}

}  // namespace
}  // namespace chatlab::server::cluster
