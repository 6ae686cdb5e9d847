#include "loadgen/handshake.hpp"

#include <gtest/gtest.h>

namespace chatlab::loadgen {
namespace {

const std::string accepted =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "sec-websocket-ACCEPT:  s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \r\n";

TEST(Handshake, AsksForAnUpgrade) {
  const auto request = upgrade_request({false, "localhost", 8081, "/room?x=1"});
  EXPECT_TRUE(request.starts_with("GET /room?x=1 HTTP/1.1\r\nHost: localhost:8081\r\n"));
  EXPECT_TRUE(request.ends_with("\r\n\r\n"));
  EXPECT_NE(request.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
}

TEST(Handshake, TakesAnAnswerOnceItIsWhole) {
  const auto whole = accepted + "\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size)
    ASSERT_FALSE(read_upgrade_answer(std::string_view(whole).substr(0, size)));
  const auto answer = read_upgrade_answer(whole + "\x81\x02hi");
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->error) << *answer->error;
  EXPECT_EQ(answer->head_bytes, whole.size());
}

TEST(Handshake, SaysWhatIsWrongWithAnAnswer) {
  struct Row {
    std::string answer;
    const char* error;
  };
  for (const auto& [answer, error] :
       {Row{"HTTP/1.1 404 Not Found\r\n\r\n",
            "it answered 'HTTP/1.1 404 Not Found' where a WebSocket upgrade"},
        Row{"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n", "does not fit the key"},
        Row{"HTTP/1.1 101 Switching Protocols\r\n\r\n", "does not fit the key"},
        Row{accepted + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
            "an extension that nobody offered"},
        Row{std::string(handshake_limit_bytes, 'x'), "does not end"}}) {
    const auto read = read_upgrade_answer(answer);
    ASSERT_TRUE(read && read->error) << answer;
    EXPECT_NE(read->error->find(error), std::string::npos) << *read->error;
  }
}

}  // namespace
}  // namespace chatlab::loadgen
