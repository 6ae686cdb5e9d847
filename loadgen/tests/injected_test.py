#!/usr/bin/python3
"""Servers that do what they are told to messages: what is reported is what they did."""
import unittest

from running import Run, or_invalid


class InjectedFaults(unittest.TestCase):
    load = ["--clients", "5", "--senders", "2", "--rate", "200", "--duration", "1s"]

    def test_a_right_server(self):
        run = Run(*self.load, expect=or_invalid(0))
        self.assertEqual(run.integrity["broadcasts"], 200)
        self.assertEqual(run.integrity["deliveries"], run.done["deliveries"])
        self.assertEqual(run.integrity["deliveries"], 1000)
        self.assertEqual(run.integrity["reach"], 1)
        self.assertEqual(run.integrity["order_agreement"], 1)
        for fault in ("lost", "duplicates", "fifo_breaks", "order_breaks", "corrupted", "strangers"):
            self.assertEqual(run.integrity[fault], 0, fault)

    def test_losses(self):
        run = Run(*self.load, "--drain", "300ms", server="--lose 10", expect=or_invalid(4))
        self.assertEqual(run.done["lost"], 20)
        self.assertEqual(run.integrity["lost"], 20)
        self.assertEqual(run.integrity["complete"], 180)
        self.assertAlmostEqual(run.integrity["reach"], 980 / 1000)
        self.assertEqual(run.times["completion"]["over_range"], 20)
        self.assertIsNotNone(run.percentile("completion", "90"))
        self.assertIsNone(run.percentile("completion", "95"))  # a lost one is never there

    def test_copies(self):
        run = Run(*self.load, server="--copy 10", expect=or_invalid(4))
        self.assertEqual(run.integrity["duplicates"], run.done["copies"])
        self.assertEqual(run.integrity["duplicates"], 20)
        self.assertEqual(run.integrity["lost"], 0)

    def test_exchanged_messages(self):
        run = Run(*self.load, server="--swap 10", expect=or_invalid(4), *())
        self.assertGreater(run.done["swaps"], 0)
        self.assertEqual(run.integrity["fifo_breaks"], run.done["swaps"])
        self.assertEqual(run.integrity["duplicates"], 0)
        self.assertLess(run.integrity["order_agreement"], 1)

    def test_changed_messages(self):
        run = Run(*self.load, "--drain", "300ms", server="--change 10", expect=or_invalid(4))
        self.assertEqual(run.integrity["corrupted"], run.done["changed"])
        self.assertEqual(run.integrity["lost"], 20)

    def test_a_delay_is_in_every_time_and_in_no_spread(self):
        run = Run(*self.load, server="--delay 0.1", expect=or_invalid(0))
        for times in ("completion", "delivery", "first", "raw"):
            self.assertGreaterEqual(run.times[times]["min_us"], 99_900, times)  # 3 digits
        self.assertLess(run.times["spread"]["percentiles_us"]["50"], 100_000)

    def test_one_late_recipient_is_the_completion(self):
        run = Run(*self.load, server="--late 0.1", expect=or_invalid(0))
        self.assertGreaterEqual(run.times["completion"]["min_us"], 99_900)
        self.assertLess(run.percentile("first", "50"), 100_000)
        counts = run.times["delivery"]["counts"]
        self.assertGreaterEqual(sum(count for value, count in counts if value >= 99_900), 200)
        self.assertGreater(run.percentile("spread", "50"), 50_000)

    def test_every_hand_is_read(self):
        for hand in ("spaced", "sorted", "escaped", "rebuilt"):
            with self.subTest(hand):
                run = Run(*self.load, server=f"--hand {hand}", expect=or_invalid(0))
                self.assertEqual(run.integrity["deliveries"], 1000)
                self.assertEqual(run.integrity["corrupted"], 0)

    def test_fragments_with_pings_between_them(self):
        run = Run(*self.load, server="--frames fragments", expect=or_invalid(0))
        self.assertEqual(run.integrity["deliveries"], 1000)


class Stalls(unittest.TestCase):
    def test_a_stall_shows_in_the_open_loop(self):
        run = Run("--clients", "3", "--senders", "1", "--rate", "100", "--duration", "3s",
                  server="--stall-after 100 --stall 1", expect=or_invalid(0))
        # 100 of 300 were due while it stood still, 10 ms apart; the 3 slowest waited at least 0.97 s.
        self.assertGreaterEqual(run.percentile("completion", "99"), 960_000)
        self.assertGreaterEqual(run.percentile("completion", "75"), 200_000)

    def test_the_closed_loop_hides_it(self):
        run = Run("--clients", "3", "--senders", "1", "--closed", "1", "--duration", "3s",
                  server="--stall-after 100 --stall 1", expect=or_invalid(0))
        self.assertGreater(run.integrity["broadcasts"], 200)
        self.assertGreaterEqual(run.times["completion"]["max_us"], 999_000)
        self.assertLess(run.percentile("completion", "99"), 500_000)  # one of hundreds

    def test_writes_that_a_stalled_server_holds_up_hide_it_in_the_raw_figure(self):
        # 20 MB/s into a server that reads nothing: the socket is full long before the second is over.
        run = Run("--clients", "1", "--senders", "1", "--rate", "50", "--payload", "400000", "--duration", "3s",
                  server="--stall-after 50 --stall 1 --receive-buffer 8192", expect=or_invalid(0))
        self.assertGreaterEqual(run.times["send_lag"]["max_us"], 200_000)
        self.assertGreaterEqual(run.percentile("completion", "99"), 900_000)
        raw = sum(value * count for value, count in run.times["raw"]["counts"])
        corrected = sum(value * count for value, count in run.times["delivery"]["counts"])
        self.assertLess(raw, corrected - 2_000_000)


if __name__ == "__main__":
    unittest.main()
