"""Reads files of /proc and /sys, or of a copy of them below another root: bounded, and absent rather than an error."""

import os

LONGEST_FILE = 65536
MOST_NAMES = 65536


def read_text(path, limit=LONGEST_FILE):
    """The file's text without white space around it; None where it cannot be read."""
    try:
        # O_NONBLOCK: a hostile copy may hold a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        return _read(descriptor, limit).decode("utf-8", "replace").strip()
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _read(descriptor, limit):
    # Files of /proc tell no size and give what they like at a time; most are whole after one read.
    parts, left = [], limit
    while left > 0:
        part = os.read(descriptor, left)
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def read_number(path):
    """The whole number that the file holds, which may be negative; None where it holds none."""
    text = read_text(path, 64)
    digits = text[1:] if text and text.startswith("-") else text
    return int(text) if digits and is_number(digits) else None


def is_number(text):
    """Whether the text is ASCII digits only. `str.isascii` came with Python 3.7."""
    return text.isdigit() and max(text) <= "9"


def list_names(folder):
    """Names in the folder, sorted; none where it cannot be listed."""
    try:
        return sorted(os.listdir(folder))[:MOST_NAMES]
    except (OSError, ValueError):
        return []
