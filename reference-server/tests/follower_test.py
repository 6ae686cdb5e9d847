#!/usr/bin/python3
"""Runs follower_test.cpp on a nats-server of its own."""
import os
import subprocess
import sys
import tempfile

from cluster_kit import Nats

with tempfile.TemporaryDirectory() as folder:
    nats = Nats(folder)
    try:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "NATS_URL": nats.url}, check=False).returncode)
    finally:
        nats.stop()
