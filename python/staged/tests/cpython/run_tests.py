"""Runs tests of CPython's own in the interpreter that runs this, and prints {test: [outcome, last line]} as JSON.

A subtest that fails is a failure of its test. Python 3.8 and later.
"""

import json
import os
import sys
import unittest

NAMES = ("test.test_import", "test.test_importlib", "test.test_pkgutil")


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.told = {}

    def tell(self, test, outcome, text=""):
        if self.told.get(test.id(), ["ok"])[0] == "ok":
            self.told[test.id()] = [outcome, text]

    def addSuccess(self, test):
        self.tell(test, "ok")

    def addSkip(self, test, reason):
        self.tell(test, "skipped", reason)

    def addExpectedFailure(self, test, error):
        self.tell(test, "ok")

    def addError(self, test, error):
        self.tell(test, "error", self._exc_info_to_string(error, test))

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.tell(test, "error", self._exc_info_to_string(error, test))


if __name__ == "__main__":
    output = os.fdopen(os.dup(1), "w")
    # Tests print, and start children that do.
    os.dup2(2, 1)
    outcomes = Outcomes()
    for name in NAMES:
        # Each in a folder of its own would hide what one leaves to the next: the same order on both sides.
        unittest.defaultTestLoader.loadTestsFromName(name).run(outcomes)
    json.dump(outcomes.told, output)
    output.close()
    sys.stdout.flush()
