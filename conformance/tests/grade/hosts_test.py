#!/usr/bin/python3
"""Servers of one host are graded one after another: connections wait at gates, so that it can be seen."""
import socket
import subprocess
import threading
import unittest

from grading import PATIENCE_SECONDS, SOME, GradingTest, grade, peers


def let_through(listener, port, name, made, gates):
    """Joins each connection with one to the port, once all gates are asked for."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # the test is over
        made.append(name)
        if gates:
            gates.wait(PATIENCE_SECONDS)
            gates = None
        server = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=join, args=(client, server), daemon=True).start()


def join(client, server):
    with client, server:
        back = threading.Thread(target=pour, args=(server, client), daemon=True)
        back.start()
        pour(client, server)
        back.join()


def pour(source, target):
    try:
        while some := source.recv(65536):
            target.sendall(some)
    except OSError:
        pass  # one of them has vanished
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Hosts(GradingTest):
    def servers_behind_gates(self, names, together):
        """URLs of right servers, and a list in which a name stands for each connection that was made to that one. With
        `together`, nobody gets through before each of them has been asked for a connection."""
        urls, made, gates = [], [], threading.Barrier(len(names)) if together else None
        for name in names:
            server = subprocess.Popen([f"{peers}/python/app.py", "--port", "0"], stdout=subprocess.PIPE, text=True)
            self.addCleanup(server.wait)
            self.addCleanup(server.terminate)
            self.addCleanup(server.stdout.close)
            port = int(server.stdout.readline().split(":")[-1])
            listener = socket.create_server(("127.0.0.1", 0))
            self.addCleanup(listener.close)
            self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
            threading.Thread(target=let_through, args=(listener, port, name, made, gates), daemon=True).start()
            urls.append(f"ws://127.0.0.1:{listener.getsockname()[1]}")
        return urls, made

    def test_urls_of_one_host_are_graded_one_after_another(self):
        for together in (False, True):
            with self.subTest(together=together):
                urls, made = self.servers_behind_gates("abc", together)
                roster = self.write("roster.csv", "id,name,url\n" + "".join(
                    f"{name},{name},{url}\n" for name, url in zip("abc", urls)))
                ended = grade(roster, "--out", self.out, "--jobs", "4", *(["--per-host", "3"] if together else []), *SOME)
                self.assertIn("3 with full marks", ended.stdout, ended.stderr)
                self.assertEqual(set(made), set("abc"))
                if not together:
                    self.assertEqual(made, sorted(made))


if __name__ == "__main__":
    unittest.main()
