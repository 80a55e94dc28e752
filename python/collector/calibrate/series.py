"""Times by call and touch, as the calibration's `series`."""


class Tally:
    """Times of the calls of one phase."""

    def __init__(self):
        self._series = {}

    def note(self, call, touch, microseconds, after=None, size=None, foreign=False):
        """`after`: seconds since the touch before, where it was not at once. `size`: bytes that the call moved."""
        series = self._of(call, touch, foreign)
        series["microseconds"].append(round(microseconds, 2))
        if after is not None:
            series["after"].append(after)
        if size is not None:
            series["bytes"] = size

    def fail(self, call, touch):
        self._of(call, touch, False)["failed"] += 1

    def times(self, call, touch):
        return self._of(call, touch, False)["microseconds"]

    def fact(self):
        """In the order in which the calls were first made; without series that hold nothing."""
        return [_fact(key, series) for key, series in self._series.items() if series["microseconds"] or series["failed"]]

    def _of(self, call, touch, foreign):
        empty = {"microseconds": [], "after": [], "failed": 0}
        return self._series.setdefault((call, touch, foreign), empty)


def _fact(key, series):
    call, touch, foreign = key
    fact = {"call": call, "touch": touch, "microseconds": series["microseconds"], "failed": series["failed"]}
    if series["after"]:
        fact["afterSeconds"] = round(median(series["after"]), 3)
    if foreign:
        fact["foreign"] = True
    if "bytes" in series:
        fact["bytes"] = series["bytes"]
    return fact


def median(values):
    return quantile(values, 0.5)


def quantile(values, share):
    """The value below which `share` of the values lie; of none it is 0."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
