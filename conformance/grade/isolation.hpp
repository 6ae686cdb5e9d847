// Takes this process, and all that it will start, away from the machine: into a network of its own, in which
// there is a loopback and nothing else, and onto a scratch file system of its own, in memory and bounded.
// Both go with the last process in them, however it ends. Linux' namespaces do it; where they may not be
// made, a failure says so and nothing has changed.
//
// A launched server is in the same network as its judge, so the judge reaches it and nobody else does. Every
// submission has all ports for itself: one that ignores PORT and listens on 8081 can be graded beside
// another one that does.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>

#include "conformance/grade/scratch.hpp"

namespace chatlab::grade {

/// Whether this process could be isolated and then do something: tried in a child, so that nothing changes
/// here.
boost::system::result<void, Trouble> try_isolation(
    const std::function<boost::system::result<void, Trouble>()>& and_then);

/// Gives this process a view of the file system in which `folder` (on the machine empty) is a file system in
/// memory of so many bytes. Only while this process has one thread.
boost::system::result<void, Trouble> enter_own_file_system(const std::filesystem::path& folder,
                                                           std::size_t bytes);

/// Only after enter_own_file_system, which gives the right to it.
boost::system::result<void, Trouble> enter_own_network();

}  // namespace chatlab::grade
