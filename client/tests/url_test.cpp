#include "client/url.hpp"

#include <gtest/gtest.h>

namespace chatlab::client {
namespace {

/// "ws host port target", or the failure.
std::string in_words(std::string_view text) {
  const auto url = parse_url(text);
  if (url.has_error()) return url.error().text;
  return (url->secure ? "wss " : "ws ") + url->host + " " + std::to_string(url->port) + " " + url->target;
}

struct Accepted {
  std::string text;
  std::string parts;
  std::string full_text;
  std::string host_field;
};

void PrintTo(const Accepted& row, std::ostream* out) {
  *out << row.text;
}

class UnderstoodUrl : public testing::TestWithParam<Accepted> {};

TEST_P(UnderstoodUrl, HasItsParts) {
  const auto& [text, parts, full_text, host_field] = GetParam();
  ASSERT_EQ(in_words(text), parts);
  EXPECT_EQ(parse_url(text)->text(), full_text);
  EXPECT_EQ(parse_url(text)->host_field(), host_field);
  EXPECT_EQ(in_words(full_text), parts) << "the text in full must mean the same";
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, UnderstoodUrl,
    testing::Values(
        Accepted{"ws://localhost:8081", "ws localhost 8081 /", "ws://localhost:8081/", "localhost:8081"},
        Accepted{"ws://example.org", "ws example.org 80 /", "ws://example.org:80/", "example.org"},
        Accepted{"wss://example.org", "wss example.org 443 /", "wss://example.org:443/", "example.org"},
        Accepted{"http://example.org", "ws example.org 80 /", "ws://example.org:80/", "example.org"},
        Accepted{"https://a.ngrok.io", "wss a.ngrok.io 443 /", "wss://a.ngrok.io:443/", "a.ngrok.io"},
        Accepted{"wss://example.org:80", "wss example.org 80 /", "wss://example.org:80/", "example.org:80"},
        Accepted{"ws://example.org:443", "ws example.org 443 /", "ws://example.org:443/", "example.org:443"},
        Accepted{"WS://example.org:1", "ws example.org 1 /", "ws://example.org:1/", "example.org:1"}));

INSTANTIATE_TEST_SUITE_P(
    WithoutScheme, UnderstoodUrl,
    testing::Values(
        Accepted{"localhost", "ws localhost 80 /", "ws://localhost:80/", "localhost"},
        Accepted{"localhost:8081", "ws localhost 8081 /", "ws://localhost:8081/", "localhost:8081"},
        Accepted{"127.0.0.1:65535", "ws 127.0.0.1 65535 /", "ws://127.0.0.1:65535/", "127.0.0.1:65535"},
        Accepted{"[::1]:8081", "ws ::1 8081 /", "ws://[::1]:8081/", "[::1]:8081"},
        Accepted{"example.org/room?a=b", "ws example.org 80 /room?a=b", "ws://example.org:80/room?a=b",
                 "example.org"}));

INSTANTIATE_TEST_SUITE_P(Places, UnderstoodUrl,
                         testing::Values(Accepted{"ws://[::1]", "ws ::1 80 /", "ws://[::1]:80/", "[::1]"},
                                         Accepted{"wss://[2001:db8::7]:8443/x", "wss 2001:db8::7 8443 /x",
                                                  "wss://[2001:db8::7]:8443/x", "[2001:db8::7]:8443"},
                                         Accepted{"ws://h:1/a/b?c=d&e=%20#part", "ws h 1 /a/b?c=d&e=%20",
                                                  "ws://h:1/a/b?c=d&e=%20", "h:1"},
                                         Accepted{"ws://h:1?c=d", "ws h 1 /?c=d", "ws://h:1/?c=d", "h:1"},
                                         Accepted{"ws://h:/", "ws h 80 /", "ws://h:80/", "h"},
                                         Accepted{"ws://h:0080/", "ws h 80 /", "ws://h:80/", "h"}));

struct Refused {
  std::string text;
  std::string why;
};

void PrintTo(const Refused& row, std::ostream* out) {
  *out << (row.text.empty() ? "nothing" : row.text);
}

class RefusedUrl : public testing::TestWithParam<Refused> {};

TEST_P(RefusedUrl, IsNamedWithTheReasonAndAnExample) {
  EXPECT_EQ(in_words(GetParam().text),
            "'" + GetParam().text + "' is not the address of a WebSocket server: " + GetParam().why +
                ". Write it as ws://localhost:8081 or wss://chat.example.org/room");
}

constexpr auto unreadable = "it cannot be read as a URL";
constexpr auto no_host = "it names no host";
constexpr auto bad_port = "its port is not from 1 to 65535";
constexpr auto user = "it carries a user name, which WebSocket does not send";

INSTANTIATE_TEST_SUITE_P(
    Reasons, RefusedUrl,
    testing::Values(Refused{"ftp://example.org", "its scheme is 'ftp'"},
                    Refused{"file:///etc/passwd", "its scheme is 'file'"}, Refused{"", no_host},
                    Refused{"ws://", no_host}, Refused{"ws://:8081", no_host}, Refused{":8081", no_host},
                    Refused{"ws:///room", no_host}, Refused{"ws://h:0", bad_port},
                    Refused{"ws://h:99999", bad_port}, Refused{"ws://h:65536", bad_port},
                    Refused{"h:0", bad_port}, Refused{"ws://ann@example.org", user},
                    Refused{"ws://ann:secret@example.org", user}, Refused{"ws://h:80a", unreadable},
                    Refused{"ws://h:-1", unreadable}, Refused{" ws://localhost:8081", unreadable},
                    Refused{"ws://localhost:8081 ", unreadable}, Refused{"ws://local host", unreadable},
                    Refused{"two words", unreadable}, Refused{"ws://h/a b", unreadable},
                    Refused{"ws://[::1", unreadable}, Refused{"ws://h\r\nX: injected", unreadable}));

}  // namespace
}  // namespace chatlab::client
