"""How fast and how long a mount is asked. Both limits hold by construction: every call waits here first."""

import time

# Together they bound what any second may see: 50 requests.
REQUESTS_PER_SECOND = 40.0
MOST_AT_ONCE = 10


class TimeIsUp(Exception):
    """What is left of the time is needed for removing what was made."""


class Pace:
    """After calls of n requests the next may come n / REQUESTS_PER_SECOND seconds later; what was missed is not made up for.

    `tell` is called before each wait: it says that this process lives.
    """

    def __init__(self, seconds, tell):
        self.began = self._next = time.monotonic()
        self.until = self.began + seconds
        self._tell = tell

    def wait(self, requests):
        """Returns when calls of so many requests may be made, MOST_AT_ONCE at most."""
        assert requests <= MOST_AT_ONCE
        self._tell()
        while True:
            left = self._next - time.monotonic()
            if left <= 0:
                break
            time.sleep(left)
        self._next = max(self._next, time.monotonic()) + requests / REQUESTS_PER_SECOND

    def check(self, requests, reserve):
        """Raises TimeIsUp unless there is time for `requests` and then for `reserve`."""
        if max(self._next, time.monotonic()) + (requests + reserve) / REQUESTS_PER_SECOND > self.until:
            raise TimeIsUp()

    def seconds(self):
        return time.monotonic() - self.began
