"""Whether first touches reached a server. If they did not, every time that was taken is worthless."""

from ..failure import Failure
from .series import median, quantile

# A request to another process takes at least this much longer than an answer from the kernel's memory: a user-space file
# system on the same node answers in 25 µs where the kernel's own takes 2 to 3 µs.
CLEARLY_SLOWER = 3.0
LEAST_CALLS = 10
NOT_COLD = "first touches take no longer than what this node answers from memory, so they say nothing of the server"
NOT_COLD_HINT = "Name a folder on the shared mount itself; if it is one, this client answers from memory, and only the site's own tools can tell."
TOO_FEW = "only %d first touches ended in the time that was given"
TOO_FEW_HINT = "Give --seconds more, or try again when the server answers faster."
LOCAL_NOTE = "local: cost does not grow with nodes"
NOT_KEPT_NOTE = "names that are missing are asked of the server each time"


def prove_cold(tally, overhead, is_local):
    """Notes for the calibration. Raises Failure where the times of a shared mount are worthless."""
    first, second = tally.times("miss", 1), tally.times("miss", 2)
    if len(first) < LEAST_CALLS:
        raise Failure(TOO_FEW % len(first), TOO_FEW_HINT)
    if is_local:
        return [LOCAL_NOTE]
    # The lower quartile: a few slow calls prove nothing.
    if quantile(first, 0.25) < CLEARLY_SLOWER * overhead:
        raise Failure(NOT_COLD, NOT_COLD_HINT)
    return [NOT_KEPT_NOTE] if median(second) * 2 > median(first) else []
