"""What could not be done and people can mend, and how they are told."""


class Failure(Exception):
    """`hint` says what the user can do, as one imperative sentence."""

    def __init__(self, message, hint):
        Exception.__init__(self, message)
        self.hint = hint


def visible(text):
    """Text of unknown origin as a terminal may show it: control characters are escaped."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
