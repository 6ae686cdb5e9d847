#!/usr/bin/env bash
# Gradescope runs this once, as root, when the autograder's image is built (Ubuntu 22.04 or 24.04, or Debian). It
# builds chatlab-conformance from the sources beside it.
#
# Make the zip that Gradescope asks for, in a clone of chatlab:
#     git archive --prefix=chatlab/ -o autograder.zip HEAD
#     (cd conformance/gradescope && zip ../../autograder.zip setup.sh run_autograder lab.conf)
set -euo pipefail
source_folder=${AUTOGRADER_ROOT:-/autograder}/source
cd "$source_folder/chatlab"
ci/setup demo
cmake --preset release -DBUILD_TESTING=OFF
cmake --build --preset release --target chatlab-conformance
install -D build/release/conformance/chatlab-conformance "$source_folder/bin/chatlab-conformance"
