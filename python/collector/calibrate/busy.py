"""How busy the node's processors were between two looks at /proc/stat, whoever used them."""

from ..machine.pseudo_files import is_number, read_text

_IDLE = (3, 4)


def processor_times(path="/proc/stat"):
    """Clock ticks by what processors did, of all of them; None where the kernel does not tell."""
    words = (read_text(path) or "").split("\n")[0].split()
    if len(words) < 6 or words[0] != "cpu" or not all(is_number(word) for word in words[1:]):
        return None
    # Guests' time is in the user's already.
    return [int(word) for word in words[1:9]]


def busy_share(before, after):
    """Between 0 and 1; None where it cannot be told."""
    if before is None or after is None:
        return None
    passed = [max(0, late - early) for early, late in zip(before, after)]
    return round(1 - sum(passed[index] for index in _IDLE) / sum(passed), 3) if sum(passed) else None
