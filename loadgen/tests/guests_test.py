#!/usr/bin/python3
"""Clients that come and go, that read slowly, in several threads, over TLS."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from running import Run, fake, or_invalid


class Guests(unittest.TestCase):
    def test_churn_loses_nothing(self):
        run = Run("--clients", "20", "--senders", "2", "--rate", "100", "--duration", "2s", "--churn", "20", server=None,
                  expect=or_invalid(0))
        self.assertGreater(run.integrity["churned"], 10)
        self.assertEqual(run.integrity["lost"], 0)
        self.assertEqual(run.integrity["duplicates"], 0)
        self.assertLess(run.integrity["expected_deliveries"], 200 * 20)

    def test_slow_clients_are_reported_apart(self):
        run = Run("--clients", "10", "--slow", "3", "--senders", "2", "--rate", "100", "--duration", "1s", server=None,
                  expect=or_invalid(0))
        self.assertEqual(run.integrity["deliveries"], 700)
        self.assertEqual(run.integrity["slow_deliveries"], 0)
        run = Run("--clients", "10", "--slow", "3", "--slow-rate", "100000", "--senders", "2", "--rate", "100",
                  "--duration", "1s", server=None, expect=or_invalid(0))
        self.assertGreater(run.integrity["slow_deliveries"], 0)

    def test_threads_share_the_clients(self):
        run = Run("--clients", "9", "--senders", "3", "--rate", "100", "--duration", "1s", "--threads", "2", server=None,
                  expect=or_invalid(0))
        self.assertEqual(run.integrity["deliveries"], 900)
        run = Run("--clients", "9", "--senders", "3", "--closed", "2", "--duration", "1s", "--threads", "2", server=None,
                  expect=or_invalid(0))
        self.assertGreater(run.integrity["broadcasts"], 20)
        self.assertEqual(run.integrity["lost"], 0)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.certificate = f"{cls.folder.name}/both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", f"{cls.folder.name}/key.pem", "-out", f"{cls.folder.name}/cert.pem"],
                       check=True, capture_output=True)
        pathlib.Path(cls.certificate).write_text("".join(pathlib.Path(cls.folder.name, name).read_text()
                                                         for name in ("cert.pem", "key.pem")))
        cls.server = subprocess.Popen([fake, "--port", "0", "--certificate", cls.certificate], stdout=subprocess.PIPE,
                                      text=True)
        cls.url = cls.server.stdout.readline().split()[-1].replace("ws://127.0.0.1", "wss://localhost")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.communicate()
        cls.folder.cleanup()

    def test_a_trusted_server(self):
        run = Run(self.url, "--clients", "5", "--senders", "2", "--rate", "100", "--duration", "1s", "--payload", "20000",
                  server=None, expect=or_invalid(0), env={**os.environ, "SSL_CERT_FILE": self.certificate})
        self.assertEqual(run.integrity["deliveries"], 500)

    def test_a_certificate_that_nobody_signed(self):
        run = Run(self.url, server=None, expect=(5,))
        self.assertIn("its certificate cannot be trusted", run.report["unreachable"])


if __name__ == "__main__":
    unittest.main()
