// The chat page over HTTP, with /health and /metrics for those who run the server: which answer a request
// gets. Pure: request in, response out. The files are part of the program (client/page), so there is no path
// on disk that a request could reach.
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "reference-server/metrics.hpp"

namespace chatlab::server {

namespace http = boost::beast::http;
using HttpRequest = http::request<http::empty_body>;
using HttpResponse = http::response<http::string_body>;

/// Answers a request that is not a WebSocket upgrade: a file of the page for GET and HEAD, 304 where the
/// browser has it already, 404 and 405 in plain words otherwise.
HttpResponse answer_page_request(const HttpRequest& request, const Metrics& metrics);

/// A sentence as the answer.
HttpResponse answer_plainly(const HttpRequest& request, http::status status, std::string_view words);

/// The answer to what could not be read as a request, and why. The connection ends with it.
HttpResponse refuse_request(const boost::system::error_code& failed);

}  // namespace chatlab::server
