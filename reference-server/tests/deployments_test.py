#!/usr/bin/python3
"""Grades the server as it is deployed: on several threads, with TLS, and behind nginx. Full marks and every
"should" are wanted everywhere. What it tells Prometheus is read by Prometheus' own library for Python.

    deployments_test.py CHATLAB_CONFORMANCE CHATLAB_SERVER
"""
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../ci/peers/nginx"))
from proxy import nginx, pass_on_to, process  # noqa: E402

conformance, server_program = sys.argv[1:]


@contextlib.contextmanager
def server(*options):
    with process(server_program, "--port", "0", *options) as running:
        url = running.stdout.readline().removeprefix("listening on ").strip()
        yield url.replace("127.0.0.1", "localhost") if url.startswith("wss") else url


def tested(*arguments, **environment):
    ended = subprocess.run([conformance, "--format", "json", *arguments], capture_output=True, text=True, timeout=120,
                           env={**os.environ, **environment})
    return ended, json.loads(ended.stdout)


def grade(name, *arguments, **environment):
    ended, report = tested(*arguments, **environment)
    log_is_not_seen = {"unrecognized.logged": "skipped"}  # it was not started by chatlab-conformance
    wanted = [check for check in report["checks"] if check["level"] != "info"]
    bad = [f"{check['id']}: {check['status']}: {check['message']}" for check in wanted
           if check["status"] != log_is_not_seen.get(check["id"], "pass")]
    if ended.returncode or bad or report["unreachable"]:
        sys.exit(f"{name}: exit code {ended.returncode}, {report['unreachable']} {bad}")
    print(f"{name}: {len(wanted) - len(log_is_not_seen)} checks pass")


def read_metrics(url):
    with urllib.request.urlopen(url.replace("ws://", "http://") + "/metrics", timeout=20) as answer:
        families = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
    kinds = {name: family.type for name, family in families.items()}
    counted = {sample.labels.get("type"): sample.value for sample in families["chatlab_messages"].samples}
    buckets = [sample for sample in families["chatlab_turn_seconds"].samples if sample.name.endswith("_bucket")]
    turns = next(sample.value for sample in families["chatlab_turn_seconds"].samples if sample.name.endswith("_count"))
    if not (all(name.startswith("chatlab_") and family.documentation for name, family in families.items())
            and {"gauge", "counter", "histogram"} == set(kinds.values()) and counted["chat"] > 0
            and buckets[-1].labels["le"] == "+Inf" and buckets[-1].value == turns > 0
            and sorted(bucket.value for bucket in buckets) == [bucket.value for bucket in buckets]):
        sys.exit(f"metrics: {kinds}, messages {counted}, {turns} turns in {buckets}")
    print(f"metrics: {len(families)} families")


with tempfile.TemporaryDirectory() as folder:
    for threads in ("1", "4"):
        with server("--threads", threads) as url:
            grade(f"{threads} threads", url)
            read_metrics(url)
    certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    with server("--threads", "4", "--tls-cert", certificate, "--tls-key", key) as url:
        grade("TLS", url, SSL_CERT_FILE=certificate)
    with server("--trust-proxy") as url, nginx(folder, pass_on_to(url.removeprefix("ws://"))) as port:
        behind = f"ws://127.0.0.1:{port}"
        grade("nginx", behind)
        grade("two ways into one room", url, behind, "--spread")
with server() as one, server() as another:
    ended, report = tested(one, another, "--spread", "--only", "login.announced")
    if ended.returncode != 1 or report["checks"][0]["status"] != "fail":
        sys.exit(f"two rooms pass for one: {report['checks'][0]}")
    print("two rooms are not one")
with server() as url, socket.socket() as nobody:
    nobody.bind(("127.0.0.1", 0))  # and does not listen
    missing = f"ws://127.0.0.1:{nobody.getsockname()[1]}/"
    ended, report = tested(url, url, missing, "--spread")
    if ended.returncode != 3 or missing not in (report["unreachable"] or ""):
        sys.exit(f"a node is missing: exit code {ended.returncode}, {report['unreachable']}")
    print("a missing node is named")
