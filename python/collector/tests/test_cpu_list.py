"""Lists of CPUs as the kernel writes them."""

import random
import unittest

from collector.machine.cpu_list import read_cpu_list, write_cpu_list


class Lists(unittest.TestCase):
    def test_read(self):
        expected = {"0": {0}, "0-3,8": {0, 1, 2, 3, 8}, "3-3": {3}, "": set(), " 1,2\n": {1, 2}, "5,1": {1, 5}}
        self.assertEqual({text: read_cpu_list(text) for text in expected}, expected)

    def test_what_is_no_list(self):
        for text in ("x", "1-", "-1", "3-1", "1,,2", "1,", "0-9999999", "1 2", "\u0663", "0-1:2/4", "0-900000", "1," * 20000):
            self.assertIsNone(read_cpu_list(text), text[:20])

    def test_write(self):
        expected = (((), ""), ({0}, "0"), ({0, 1, 2, 9, 4, 5}, "0-2,4-5,9"), ({1000000}, None), (range(0, 65536, 2), None))
        for cpus, text in expected:
            self.assertEqual(write_cpu_list(cpus), text)

    def test_what_was_written_is_read_as_it_was(self):
        rand = random.Random(3)
        for _ in range(300):
            cpus = {rand.randrange(2000) for _ in range(rand.randrange(400))}
            self.assertEqual(read_cpu_list(write_cpu_list(cpus)), cpus)


if __name__ == "__main__":
    unittest.main()
