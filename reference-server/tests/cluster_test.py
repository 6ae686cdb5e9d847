#!/usr/bin/python3
"""Several servers that are one room, on a real NATS: one order for everybody, and rosters that are true again after
nodes were killed, stopped or cut off and after NATS itself was away.

    cluster_test.py CHATLAB_CONFORMANCE CHATLAB_SERVER [TEST...]
"""
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error

from cluster_kit import PATIENCE_SECONDS, Client, Nats, Node
from nats_identities import Identities

conformance, server_program = sys.argv[1:3]
del sys.argv[1:3]


SHORT_SECONDS = 2  # --node-timeout where a node is to be missed; else one that a busy machine cannot make them miss


class ClusterTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="cluster-"))
        self.started = []

    def tearDown(self):
        for one in reversed(self.started):
            one.stop()

    def nats(self, **options):
        self.started.append(Nats(self.folder, **options))
        return self.started[-1]

    def node(self, nats, name, *options, **more):
        self.started.append(Node(server_program, nats, name, *options, **more))
        return self.started[-1]

    def nodes(self, nats, names="abc", *options, **more):
        return [self.node(nats, name, *options, **more) for name in names]

    def grade(self, nodes, *options):
        ended = subprocess.run([conformance, "--format", "json", "--timeout", "20s", *(node.url for node in nodes), "--spread", *options],
                               capture_output=True, text=True, timeout=300)
        report = json.loads(ended.stdout)
        self.assertIsNone(report["unreachable"])
        bad = [f"{check['id']}: {check['status']}: {check['message']}" for check in report["checks"]
               if check["level"] != "info" and check["status"] not in ("pass", "skipped")]
        self.assertEqual((bad, ended.returncode), ([], 0))
        return [check["id"] for check in report["checks"] if check["status"] == "pass"]

    # ---- the room of all nodes ----

    def test_full_marks_over_three_nodes(self):
        self.assertGreater(len(self.grade(self.nodes(self.nats()))), 30)

    def test_full_marks_on_several_threads(self):
        self.grade(self.nodes(self.nats(), "abc", "--threads", "2"))

    def test_full_marks_while_nodes_are_killed_and_started_again(self):
        nats = self.nats()
        nodes = self.nodes(nats)
        judged = []
        for turn, area in enumerate(["login.*", "disconnect.*", "chat.*", "unrecognized.*", "leave.*", "robust.*"]):
            at = turn % len(nodes)
            nodes[at].kill()
            nodes[at] = self.node(nats, nodes[at].name, port=nodes[at].port)
            judged += self.grade(nodes, "--only", area)
        self.assertGreater(len(judged), 30)

    async def test_everybody_sees_one_order_and_rosters_that_are_true_in_it(self):
        nodes = self.nodes(self.nats(), "abc", "--threads", "2")
        observers = [await Client.at(node, f"observer {node.name}") for node in nodes]
        await observers[0].until_users("observer a", "observer b", "observer c")

        async def act(number):
            for turn in range(4):
                client = await Client.at(nodes[(number + turn) % 3], f"actor {number}.{turn}")
                for said in range(5):
                    await client.chat(f"{number}.{turn}.{said}")
                await client.send(type="login", username=f"actor {number}.{turn} again")
                await client.until_text(f"{number}.{turn}.4")
                if turn % 2:
                    await client.send(type="disconnect")
                client.socket.transport.abort() if turn % 3 == 2 else await client.socket.close()

        await asyncio.gather(*(act(number) for number in range(6)))
        for observer in observers:
            await observer.until_users("observer a", "observer b", "observer c")
            # Not the one before the actors came.
            await observer.until(lambda message: message == {"type": "disconnect", "users": ["observer a", "observer b", "observer c"]})
        await observers[0].chat("the end")
        ends = [await observer.until_text("the end") for observer in observers]
        same = [observer.heard[observer.heard.index({"type": "login", "users": ["observer a", "observer b", "observer c"]}):end]
                for observer, end in zip(observers, ends)]
        self.assertEqual(same[0], same[1])
        self.assertEqual(same[0], same[2])
        said = [message["text"] for message in same[0] if message["type"] == "chat"]
        self.assertEqual(sorted(said), sorted([f"{number}.{turn}.{text}" for number in range(6) for turn in range(4)
                                               for text in range(5)] + ["the end"]))
        before = None
        for message in same[0]:
            if "users" not in message:
                continue
            users = message["users"]
            if before is not None and message["type"] == "disconnect":
                self.assertEqual([name for name in before if name in users], users)
                self.assertEqual(len(users), len(before) - 1)
            elif before is not None:
                kept = [one == other for one, other in zip(before, users)]
                self.assertTrue(len(users) - len(before) in (0, 1) and kept.count(False) <= 1, (before, users))
            before = users

    async def test_users_of_a_node_that_is_gone_are_announced_and_a_new_one_is_told_the_room(self):
        nats = self.nats()
        a, b = self.nodes(nats, "ab", timeout=SHORT_SECONDS)
        ann = await Client.at(a, "ann")
        await Client.at(b, "bob")
        await ann.until_users("ann", "bob")
        b.kill()
        await ann.until(lambda message: message == {"type": "disconnect", "users": ["ann"]})
        self.assertIn("'b' is given up", a.said())
        c = self.node(nats, "c", timeout=SHORT_SECONDS)
        cat = await Client.at(c, "cat")
        await cat.until_users("ann", "cat")

    async def test_a_node_that_starts_again_begins_without_users(self):
        nats = self.nats()
        a, b = self.node(nats, "a", timeout=3600), self.node(nats, "b", timeout=3600)
        ann = await Client.at(a, "ann")
        await Client.at(b, "bob")
        await ann.until_users("ann", "bob")
        b.kill()
        self.node(nats, "b", timeout=3600)  # long before anybody misses it
        await ann.until(lambda message: message == {"type": "disconnect", "users": ["ann"]})

    async def test_a_node_that_stops_takes_its_users_along_and_the_room_stays(self):
        nats = self.nats()
        nodes = self.nodes(nats)
        clients = [await Client.at(node, node.name) for node in nodes]
        await clients[0].until_users("a", "b", "c")
        for turn, node in enumerate(nodes):
            self.started.remove(node)
            self.assertEqual(node.stop(), 0)
            await clients[turn].socket.wait_closed()
            self.assertEqual(clients[turn].socket.close_code, 1001)
            nodes[turn] = self.node(nats, node.name, port=node.port)
            clients[turn] = await Client.at(nodes[turn], node.name + "2")
        await clients[0].until_users("a2", "b2", "c2")

    async def test_a_node_that_was_away_too_long_announces_its_users_again(self):
        nats = self.nats()
        a, b = self.nodes(nats, "ab", timeout=SHORT_SECONDS)
        ann, bob = await Client.at(a, "ann"), await Client.at(b, "bob")
        await ann.until_users("ann", "bob")
        os.kill(b.process.pid, signal.SIGSTOP)
        await ann.until(lambda message: message == {"type": "disconnect", "users": ["ann"]})
        await ann.chat("bob cannot hear this in time")
        since = len(ann.heard)
        os.kill(b.process.pid, signal.SIGCONT)
        await ann.until(lambda message: message == {"type": "login", "users": ["ann", "bob"]}, since)
        await ann.chat("bob is back")
        await bob.until_text("bob is back")
        await bob.chat("here I am")
        await ann.until_text("here I am")

    async def test_where_the_others_do_not_answer_the_room_begins_anew_for_all(self):
        nats = self.nats()
        a = self.node(nats, "a", timeout=SHORT_SECONDS)
        ann = await Client.at(a, "ann")
        os.kill(a.process.pid, signal.SIGSTOP)
        c = self.node(nats, "c", timeout=SHORT_SECONDS)
        cat = await Client.at(c, "cat")
        self.assertEqual(cat.heard[-1]["users"], ["cat"])
        os.kill(a.process.pid, signal.SIGCONT)
        for client in (ann, cat):
            await client.until_users("cat", "ann")

    def test_a_name_is_one_process(self):
        nats = self.nats()
        first, second = self.node(nats, "a"), self.node(nats, "a")
        self.assertEqual(first.process.wait(PATIENCE_SECONDS), 0)
        self.assertIn("Another process has joined the cluster as 'a'", first.said())
        self.assertEqual(second.ask("/health"), "ok\n")

    async def test_rooms_of_two_names_are_two(self):
        nats = self.nats()
        a, b = self.node(nats, "a"), self.node(nats, "b", "--cluster-name", "other")
        ann, bob = await Client.at(a, "ann"), await Client.at(b, "bob")
        await ann.chat("only here")
        await ann.until_text("only here")
        await bob.chat("only there")
        await bob.until_text("only there")
        self.assertEqual((len(ann.heard), len(bob.heard)), (2, 2))

    # ---- NATS ----

    async def outage(self, nats, while_away, loses=()):
        nodes = self.nodes(nats, "ab")
        ann, bob = await Client.at(nodes[0], "ann"), await Client.at(nodes[1], "bob")
        await ann.until_users("ann", "bob")
        await bob.until_users("ann", "bob")
        nats.stop()
        while True:  # it notices, and the client is told, in the place of what it said
            await ann.chat("is anybody there?")
            at = await ann.until(lambda message: message.get("error") or message.get("text"), len(ann.heard))
            if "error" in ann.heard[at - 1]:
                break
        self.assertIn("details", ann.heard[at - 1])
        with self.assertRaises(urllib.error.HTTPError) as refused:
            nodes[0].ask("/health")
        self.assertEqual((refused.exception.code, refused.exception.read()), (503, b"the cluster is away\n"))
        refused.exception.close()
        self.assertEqual(nodes[0].metric("chatlab_cluster_joined"), 0)
        self.assertGreater(nodes[0].metric("chatlab_cluster_refused_total"), 0)
        gone = await Client.at(nodes[1])
        await gone.socket.close()
        while_away()
        nats.start()
        for number, client in enumerate([ann, bob]):
            back = False
            while not back:
                since = len(client.heard)
                await client.chat(f"again {number}")
                at = await client.until(lambda message: message.get("error") or message.get("text") == f"again {number}", since)
                back = "error" not in client.heard[at - 1]
        for client in (ann, bob):
            for text in {"again 0", "again 1"} - set(loses):
                await client.until_text(text)
        cat = await Client.at(nodes[1], "cat")
        rosters = [message["users"] for message in cat.heard if "users" in message]
        self.assertEqual(sorted(rosters[-1]), ["ann", "bob", "cat"])
        await ann.until_users(*rosters[-1])

    async def test_clients_stay_while_nats_is_away(self):
        await self.outage(self.nats(), lambda: None)

    async def test_nats_may_come_back_with_nothing(self):
        nats = self.nats()

        def forget():
            nats.store = "another store"

        await self.outage(nats, forget, loses=["again 0"])  # what was said before a node was there again

    async def test_who_leaves_while_nats_is_away_is_gone_afterwards(self):
        nats = self.nats()
        a, b = self.nodes(nats, "ab")
        ann, bob, bea = await Client.at(a, "ann"), await Client.at(b, "bob"), await Client.at(b, "bea")
        await ann.until_users("ann", "bob", "bea")
        nats.stop()
        await bob.socket.close()
        nats.start()
        await ann.until_users("ann", "bea")
        self.assertTrue(bea.socket.open)

    async def test_what_is_too_long_for_nats_is_refused_to_its_sender(self):
        a, b = self.nodes(self.nats(max_payload="64KB"), "ab")
        ann, bob = await Client.at(a, "ann"), await Client.at(b, "bob")
        await ann.chat("x" * 100_000)
        at = await ann.until(lambda message: "error" in message)
        self.assertEqual(ann.heard[at - 1], {"error": "The message is too long.",
                                             "details": "The servers of this chat tell each other at most 65536 bytes."})
        await ann.chat("short")
        await bob.until_text("short")

    # ---- what cannot be had ----

    def refused(self, nats, *options):
        node = self.node(nats, "a", *options)
        self.assertEqual((node.url, node.process.returncode), ("", 2))
        return node.said()

    def test_nats_that_is_not_there(self):
        nats = self.nats()
        nats.stop()
        self.started.remove(nats)
        self.assertIn(f"chatlab-server: cannot join the cluster 'chat' at {nats.url}: No server available", self.refused(nats))

    def test_nats_without_jetstream(self):
        self.assertIn("JetStream is off there; start it with nats-server --jetstream", self.refused(self.nats(jetstream=False)))

    def test_a_password_that_is_wrong(self):
        nats = self.nats(more='authorization { user: "chat", password: "right" }')
        self.assertIn("Authorization", self.refused(nats))
        nats.scheme = "nats://chat:right@localhost:%d,nats" % nats.port
        self.assertEqual(self.node(nats, "a").ask("/health"), "ok\n")

    def test_tls(self):
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        nats = self.nats(scheme="tls", more=f'tls {{ cert_file: "{self.folder}/cert.pem", key_file: "{self.folder}/key.pem" }}')
        self.assertIn("cannot join the cluster", self.refused(nats))
        self.assertEqual(self.node(nats, "a", "--cluster-ca", f"{self.folder}/cert.pem").ask("/health"), "ok\n")

    def test_credentials(self):
        identities = Identities(self.folder)
        nats = self.nats(more=identities.configuration)
        self.assertIn("Authorization", self.refused(nats))
        self.assertIn("Authorization", self.refused(nats, "--cluster-creds", identities.credentials(identities.stranger())))
        self.assertIn("cannot join the cluster", self.refused(nats, "--cluster-creds", f"{self.folder}/nobody.creds"))
        self.assertEqual(self.node(nats, "a", "--cluster-creds", identities.credentials()).ask("/health"), "ok\n")

    def test_options_that_make_no_cluster(self):
        for options, words in [
            (["--node", "a"], "--node is for servers with --cluster"),
            (["--cluster", "localhost:4222"], "'nats://host:4222' or 'tls://host:4222', with ',' between them; 'localhost:4222' is none"),
            (["--cluster", "nats://localhost:1", "--node", "a.b"], "--node must be 1 to 64 letters, digits, '-' and '_'; it is 'a.b'"),
        ]:
            ended = subprocess.run([server_program, *options], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
            self.assertEqual(ended.returncode, 2)
            self.assertIn(words, ended.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
