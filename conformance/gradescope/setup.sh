#!/usr/bin/env bash
# Gradescope runs this once, as root, when the autograder's image is built. It builds chatlab-conformance from the
# sources beside it, which needs Ubuntu 24.04 or Debian 12: choose that as the base image.
#
# Make the zip that Gradescope asks for, in a clone of chatlab:
#     git archive --prefix=chatlab/ -o autograder.zip HEAD
#     (cd conformance/gradescope && zip ../../autograder.zip setup.sh run_autograder lab.conf)
# The assignment is worth 5 points there, the suite's.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
. /etc/os-release
if [ "$ID" = ubuntu ] && [ "${VERSION_ID%%.*}" -lt 24 ]; then
  echo "setup.sh: $PRETTY_NAME is too old (its Boost and its compiler are); choose Ubuntu 24.04 as the base image" >&2
  exit 1
fi
cd "$root/source/chatlab"
ci/setup demo
cmake --preset release -DBUILD_TESTING=OFF
cmake --build --preset release --target chatlab-conformance
install -D build/release/conformance/chatlab-conformance "$root/source/bin/chatlab-conformance"
"$root/source/bin/chatlab-conformance" --version
