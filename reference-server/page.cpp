#include "reference-server/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "ci/cmake/embedded_file.hpp"

namespace chatlab::server {

std::span<const EmbeddedFile> embedded_files();  // generated: the files of client/page

namespace {

// The page may load its own files only, and talk to any chat server: choosing one is what it is for.
constexpr auto content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view content_type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

const EmbeddedFile* find_file(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  const auto name = path == "/" ? std::string_view("index.html") : path.substr(path.empty() ? 0 : 1);
  const auto files = embedded_files();
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

HttpResponse respond(const HttpRequest& request, http::status status, std::string_view content_type,
                     std::string_view body) {
  HttpResponse response{status, request.version()};
  response.set(http::field::server, "chatlab-server/" CHATLAB_VERSION);
  response.set(http::field::content_type, content_type);
  response.set("X-Content-Type-Options", "nosniff");
  response.keep_alive(request.keep_alive());
  response.content_length(body.size());
  if (request.method() != http::verb::head) response.body() = body;
  return response;
}

}  // namespace

HttpResponse answer_page_request(const HttpRequest& request, const Metrics& metrics) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    auto response =
        answer_plainly(request, http::status::method_not_allowed,
                       "This server answers GET and HEAD, and WebSocket connections on any path.\n");
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  if (request.target() == "/health") {
    if (metrics.cluster.is_wanted && !metrics.cluster.is_joined) {
      return answer_plainly(request, http::status::service_unavailable, "the cluster is away\n");
    }
    return answer_plainly(request, http::status::ok, "ok\n");
  }
  if (request.target() == "/metrics") {
    return respond(request, http::status::ok, "text/plain; version=0.0.4; charset=utf-8", metrics.in_words());
  }
  const auto* file = find_file(request.target());
  if (!file) {
    return answer_plainly(
        request, http::status::not_found,
        "Nothing here. The chat page is at /; WebSocket connections are taken on any path.\n");
  }
  // The content's own hash: a browser asks each time and is told "not modified" until the program changes.
  const auto etag = fmt::format("\"{:016x}\"", std::hash<std::string_view>{}(file->content));
  const bool known = request[http::field::if_none_match] == etag;
  auto response = respond(request, known ? http::status::not_modified : http::status::ok,
                          content_type_of(file->name), known ? std::string_view{} : file->content);
  if (known) response.content_length(boost::none);
  response.set(http::field::etag, etag);
  response.set(http::field::cache_control, "no-cache");
  response.set("Content-Security-Policy", content_security_policy);
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

HttpResponse answer_plainly(const HttpRequest& request, http::status status, std::string_view words) {
  return respond(request, status, "text/plain; charset=utf-8", words);
}

HttpResponse refuse_request(const boost::system::error_code& failed) {
  const bool is_too_long = failed == http::error::header_limit;
  auto response =
      answer_plainly(HttpRequest{http::verb::get, "/", 11},
                     is_too_long ? http::status::request_header_fields_too_large : http::status::bad_request,
                     fmt::format("This is no request that the server understands: {}.\n", failed.message()));
  response.keep_alive(false);
  return response;
}

}  // namespace chatlab::server
