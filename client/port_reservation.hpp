// A port of this machine that no other chatlab process gives to its server, for as long as this object lives.
#pragma once

#include <cstdint>
#include <memory>

#include "client/descriptor.hpp"

namespace chatlab::client {

class PortReservation {
 public:
  /// A port on which nobody listens, on IPv4 or IPv6; null where none was found.
  static std::unique_ptr<PortReservation> make();

  std::uint16_t number() const { return number_; }

 private:
  explicit PortReservation(std::uint16_t number) : number_(number) {}
  bool lock();

  std::uint16_t number_;
  Descriptor lock_;
};

}  // namespace chatlab::client
