"""What could not be done and people can mend."""


class Failure(Exception):
    """`hint` says what the user can do, as one imperative sentence."""

    def __init__(self, message, hint):
        Exception.__init__(self, message)
        self.hint = hint
