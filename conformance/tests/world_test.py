#!/usr/bin/python3
"""What lies between chatlab-conformance and a server in the world: TLS that nginx terminates, certificates that are not
what they should be, redirects, hosts that sleep. The server behind is the Python solution of the lab."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../ci/peers/nginx"))
from proxy import nginx, pass_on_to, process  # noqa: E402

program = sys.argv.pop(1)
PATIENCE_SECONDS = 120  # only ever reached by a program that is wrong


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class Doorman(contextlib.ExitStack):
    """Answers the first visitors 503, as a host that is still asleep, and lets all others through to a server."""

    def __init__(self, server, turned_away):
        super().__init__()
        host, port = server.split(":")
        self.server, self.turned_away, self.heads = (host, int(port)), turned_away, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.callback(self.listener.close)
        self.callback(self.listener.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=self.open_doors, daemon=True).start()

    def open_doors(self):
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                visitor, _ = self.listener.accept()
                head = visitor.recv(65536)
                self.heads.append(head.decode())
                if len(self.heads) <= self.turned_away:
                    visitor.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
                    visitor.close()
                    continue
                threading.Thread(target=self.let_through, args=(visitor, head), daemon=True).start()

    def let_through(self, visitor, head):
        with visitor, socket.create_connection(self.server) as inner:
            inner.sendall(head)
            answers = threading.Thread(target=pump, args=(inner, visitor), daemon=True)
            answers.start()
            pump(visitor, inner)
            answers.join()


class World(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        app = cls.enterClassContext(process("ci/peers/python/app.py", "--port", "0", stderr=subprocess.DEVNULL))
        cls.server = app.stdout.readline().strip().removeprefix("listening on ws://")
        cls.authority, cls.authority_key = f"{cls.folder}/ca.pem", f"{cls.folder}/ca.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=An authority", "-keyout", cls.authority_key, "-out", cls.authority)

    def certificate(self, host, days="2"):
        name = f"{self.folder}/{host}.{days}"
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={host}",
                "-addext", f"subjectAltName=DNS:{host}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", self.authority, "-CAkey", self.authority_key,
                "-CAcreateserial", "-days", days, "-copy_extensions", "copy", "-out", f"{name}.pem")
        return f"{name}.pem", f"{name}.key"

    def front(self, *certificate, location=None):
        return self.enterContext(nginx(self.folder, location or pass_on_to(self.server), *certificate))

    def run_checks(self, *arguments):
        ended = subprocess.run([program, "--format", "json", *arguments], capture_output=True, text=True,
                               timeout=PATIENCE_SECONDS)
        self.assertEqual(ended.stderr, "")
        return json.loads(ended.stdout)

    def unreachable(self, *arguments):
        report = self.run_checks(*arguments)
        self.assertEqual(report["exit_code"], 3)
        return report["unreachable"]

    def test_tls_before_a_right_server_costs_it_nothing(self):
        port = self.front(*self.certificate("localhost"))
        report = self.run_checks("--ca", self.authority, f"wss://localhost:{port}")
        verdicts = {check["id"]: check["status"] for check in report["checks"] if check["level"] != "info"}
        self.assertEqual(verdicts.pop("unrecognized.logged"), "skipped")
        self.assertEqual(set(verdicts.values()), {"pass"}, verdicts)

    def test_an_unknown_authority_is_not_trusted(self):
        port = self.front(*self.certificate("localhost"))
        why = self.unreachable(f"wss://localhost:{port}")
        self.assertIn("cannot be trusted: unable to get local issuer certificate", why)

    def test_a_certificate_of_another_host_is_not_trusted(self):
        port = self.front(*self.certificate("elsewhere.example"))
        why = self.unreachable("--ca", self.authority, f"wss://localhost:{port}")
        self.assertIn("cannot be trusted: it is not for localhost", why)

    def test_an_expired_certificate_is_not_trusted_unless_asked_for(self):
        port = self.front(*self.certificate("localhost", days="-1"))
        why = self.unreachable("--ca", self.authority, f"wss://localhost:{port}")
        self.assertIn("cannot be trusted: certificate has expired", why)
        report = self.run_checks("--insecure", f"wss://localhost:{port}", "--only", "login.*")
        self.assertEqual(report["exit_code"], 0)
        self.assertIn("not verified", report["target"])

    def test_a_server_without_tls_is_told_from_one_with(self):
        port = self.front()
        self.assertIn("use ws://", self.unreachable(f"wss://localhost:{port}"))

    def test_an_answer_in_plain_http_is_shown(self):
        port = self.front(location="return 404 'no chat here';")
        why = self.unreachable(f"ws://localhost:{port}")
        self.assertIn("HTTP 404", why)
        self.assertIn("no chat here", why)

    def test_redirects_are_shown_and_not_followed(self):
        port = self.front(location="return 301 https://elsewhere.example/chat;")
        why = self.unreachable(f"ws://localhost:{port}")
        self.assertIn("HTTP 301", why)
        self.assertIn("https://elsewhere.example/chat", why)

    def test_a_host_that_sleeps_is_waited_for(self):
        doorman = self.enterContext(Doorman(self.server, turned_away=2))
        self.assertIn("HTTP 503", self.unreachable(f"ws://{doorman.address}"))
        report = self.run_checks(f"ws://{doorman.address}", "--only", "login.*", "--wait", "60s")
        self.assertEqual(report["exit_code"], 0)
        self.assertGreater(len(doorman.heads), 3)

    def test_headers_are_sent_with_every_upgrade(self):
        doorman = self.enterContext(Doorman(self.server, turned_away=0))
        self.run_checks(f"ws://{doorman.address}", "--only", "login.announced", "--header", "X-Course: chat: 8",
                        "--origin", "http://localhost:5500")
        self.assertGreater(len(doorman.heads), 1)
        for head in doorman.heads:
            self.assertIn("\r\nX-Course: chat: 8\r\n", head)
            self.assertIn("\r\nOrigin: http://localhost:5500\r\n", head)


if __name__ == "__main__":
    unittest.main()
