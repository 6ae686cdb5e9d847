// A certificate that nobody has signed but its owner, made when a test needs it: nothing expires in the
// source tree.
#pragma once

#include <string>

namespace chatlab::client::test {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// Valid from now for a day, for one host name.
Certificate self_signed(const std::string& host);

}  // namespace chatlab::client::test
