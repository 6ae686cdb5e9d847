#!/usr/bin/python3
"""Grades the server as it is deployed: on several threads, with TLS, and behind nginx. Full marks and every
"should" are wanted everywhere.

    deployments_test.py CHATLAB_CONFORMANCE CHATLAB_SERVER
"""
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile

conformance, server_program = sys.argv[1:]


@contextlib.contextmanager
def process(*command, **options):
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(20)


@contextlib.contextmanager
def server(*options):
    with process(server_program, "--port", "0", *options) as running:
        url = running.stdout.readline().removeprefix("listening on ").strip()
        yield url.replace("127.0.0.1", "localhost") if url.startswith("wss") else url


@contextlib.contextmanager
def nginx(upstream, folder):
    """A proxy as people have it. It is handed its socket, which listens already: no port can be taken, and
    nobody waits for it to start."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    configuration = f"{folder}/nginx.conf"
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(f"""
            daemon off; pid {folder}/nginx.pid; error_log stderr;
            events {{ }}
            http {{
              access_log off;
              client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
              uwsgi_temp_path {folder}; scgi_temp_path {folder};
              server {{
                listen 127.0.0.1:{port};
                location / {{
                  proxy_pass http://{upstream.removeprefix("ws://")};
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection upgrade;
                  proxy_set_header Host $host;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                }}
              }}
            }}""")
    with listener, process("/usr/sbin/nginx", "-c", configuration, "-e", "stderr", pass_fds=[listener.fileno()],
                           env={**os.environ, "NGINX": f"{listener.fileno()};"}):
        yield f"ws://127.0.0.1:{port}"


def grade(name, url, **environment):
    ended = subprocess.run([conformance, "--format", "json", url], capture_output=True, text=True, timeout=120,
                           env={**os.environ, **environment})
    report = json.loads(ended.stdout)
    log_is_not_seen = {"unrecognized.logged": "skipped"}  # it was not started by chatlab-conformance
    bad = [f"{check['id']}: {check['status']}: {check['message']}" for check in report["checks"]
           if check["status"] != log_is_not_seen.get(check["id"], "pass")]
    if ended.returncode or bad or report["unreachable"]:
        sys.exit(f"{name}: exit code {ended.returncode}, {report['unreachable']} {bad}")
    print(f"{name}: {len(report['checks']) - len(log_is_not_seen)} checks pass")


with tempfile.TemporaryDirectory() as folder:
    for threads in ("1", "4"):
        with server("--threads", threads) as url:
            grade(f"{threads} threads", url)
    certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    with server("--threads", "4", "--tls-cert", certificate, "--tls-key", key) as url:
        grade("TLS", url, SSL_CERT_FILE=certificate)
    if not os.path.exists("/usr/sbin/nginx"):
        sys.exit("nginx is not installed; ci/setup installs it")
    with server("--trust-proxy") as url, nginx(url, folder) as front:
        grade("nginx", front)
