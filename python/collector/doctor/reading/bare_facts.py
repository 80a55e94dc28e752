"""The text of `read`: what the recordings hold, 80 columns wide, what ranks share once."""

import textwrap

from ...failure import visible
from .bare_sections import SECTIONS

WIDTH = 80
MOST_ROWS = 48
MOST_GROUPS = 8
MOST_ITEMS = 40
# Of the columns of the table of ranks after the first: 80 together.
WIDTHS = (12, 13, 13, 11, 7, 11)
UNREADABLE = "(a fact that cannot be understood)"


def bare_facts(recordings):
    """Lines for all recordings of one step."""
    lines = _heading(recordings) + [""] + _nodes(recordings) + [""] + _ranks(recordings)
    for title, name, render in SECTIONS:
        lines += _section(title, name, render, recordings)
    return lines + _missing(recordings)


def ranges(numbers):
    """`0-3, 8` of rank numbers."""
    runs = []
    for number in sorted({number for number in numbers if isinstance(number, int)}):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = ["%d" % first if first == last else "%d-%d" % (first, last) for first, last in runs]
    return ", ".join(words[:8]) + (", ... (%d in all)" % len(set(numbers)) if len(words) > 8 else "")


def _wrapped(text, indent):
    # Control characters are made visible first, so that what is counted is what is shown.
    return textwrap.wrap(visible(text[:2000]), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False)


def _all(recordings, name):
    return [fact for recorded in recordings for fact in recorded.facts.get(name, ())]


def _number(value):
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _heading(recordings):
    launches = _all(recordings, "launch")
    nodes = {str(fact.get("nodeName")) for fact in _all(recordings, "step")}
    ranks = {fact.get("rank") for fact in _all(recordings, "rank") if isinstance(fact.get("rank"), int)}
    expected_nodes = max([_number(fact.get("nodes")) for fact in launches] + [len(nodes)])
    expected_ranks = max([_number(fact.get("ranks")) for fact in launches] + [len(ranks)])
    launcher = str(launches[0].get("launcher")) if launches else "none"
    text = "%d of %d ranks on %d of %d nodes" % (len(ranks), expected_ranks, len(nodes), expected_nodes)
    lines = _wrapped(text + (", launched by %s" % launcher if launcher != "none" else ""), "")
    for fact in _all(recordings, "command")[:1]:
        lines += _wrapped("command: %s" % (fact.get("script") or fact.get("program")), "")
    if not any(fact.get("hasCommand") for fact in _all(recordings, "step")):
        lines += _wrapped("no command was given: this is what is found, nothing was loaded", "")
    silent = sorted(set(range(min(expected_ranks, 100000))) - ranks)
    if silent:
        lines += _wrapped("nothing was heard of ranks %s" % ranges(silent), "")
    return lines


def _nodes(recordings):
    groups = {}
    for recorded in recordings:
        node = (recorded.facts.get("node") or [{}])[0]
        devices = (recorded.facts.get("devices") or [{}])[0]
        text = _attempt(_node_text, node, devices)
        name = str(recorded.facts["step"][0].get("nodeName"))
        groups.setdefault(text, []).append(name + (" (cut short)" if recorded.is_truncated else ""))
    lines = ["Nodes"]
    for text, names in list(groups.items())[:MOST_GROUPS]:
        shown = ", ".join(sorted(set(names))[:8]) + (", ... (%d in all)" % len(names) if len(names) > 8 else "")
        lines += _wrapped("%s: %s" % (shown, text), "  ")
    return lines + _more(groups)


def _more(groups):
    more = len(groups) - MOST_GROUPS
    return _wrapped("and %d more that differ" % more, "  ") if more > 0 else []


def _node_text(node, devices):
    words = [node.get("cpuModel"), "%s CPUs" % node.get("cpusOnline"), "%s %s" % (node.get("system"), node.get("kernel")),
             node.get("libc")]  # fmt: skip
    words += ["GPU %s" % (gpu.get("model") or gpu.get("vendor")) for gpu in devices.get("gpus", ())]
    words += ["%s %s" % (nic.get("name"), nic.get("kind")) for nic in devices.get("nics", ())]
    words += ["driver %s %s" % item for item in sorted(devices.get("drivers", {}).items())]
    return ", ".join(str(word) for word in words if word)


def _ranks(recordings):
    form = "%5s  %-12s %-13s %-13s %-11s %7s  %s"
    lines = ["Ranks", form % ("rank", "node", "CPUs at start", "after imports", "MPI rank", "threads", "ended")]
    rows = []
    for recorded in recordings:
        name = str(recorded.facts["step"][0].get("nodeName"))
        for fact in recorded.facts.get("rank", ()):
            rows.append((_number(fact.get("rank")), _attempt(_row, name, fact)))
    rows.sort(key=lambda row: row[0])
    for number, cells in rows[:MOST_ROWS]:
        if isinstance(cells, str):
            lines.append("%5d  %s" % (number, cells))
        else:
            lines.append((form % ((number,) + tuple(_cut(cell, width) for cell, width in zip(cells, WIDTHS)))).rstrip())
    if len(rows) > MOST_ROWS:
        lines.append("        ... and %d more ranks" % (len(rows) - MOST_ROWS))
    return lines


def _cut(text, width):
    text = str(text)
    return text if len(text) <= width else text[: width - 2] + ".."


def _row(name, fact):
    affinity, ended, mpi = fact.get("affinity", {}), fact.get("ended", {}), fact.get("mpi")
    if not mpi:
        world = "not loaded" if fact.get("seen") == "inside" else "?"
    elif "rank" in mpi:
        world = "%s of %s" % (mpi.get("rank"), mpi.get("size"))
    else:
        world = str(mpi.get("state"))
    how = "time limit" if ended.get("timeLimit") else ended.get("signal") or ended.get("status", "")
    return (name, affinity.get("atStart", "?"), affinity.get("afterImports", "?"), world, fact.get("threads", "?"), how)


def _attempt(make, *arguments):
    try:
        return make(*arguments)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        return UNREADABLE


def _section(title, name, render, recordings):
    """Equal texts are shown once, with their ranks."""
    groups = {}
    for recorded in recordings:
        for fact in recorded.facts.get(name, ()):
            texts = _attempt(lambda render, *given: tuple(render(*given)), render, fact, recorded)
            texts = (texts,) if isinstance(texts, str) else texts
            ranks = fact.get("ranks") if isinstance(fact.get("ranks"), list) else [fact.get("rank")]
            groups.setdefault(texts, []).extend(number for number in ranks if isinstance(number, int))
    groups = {texts: ranks for texts, ranks in groups.items() if texts}
    lines = []
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    for texts, ranks in ordered[:MOST_GROUPS]:
        lines += ["", "%s, %s %s" % (title, "rank" if len(set(ranks)) == 1 else "ranks", ranges(ranks))]
        for text in texts[:MOST_ITEMS]:
            lines += _wrapped(text, "  ")
        if len(texts) > MOST_ITEMS:
            lines += _wrapped("and %d more" % (len(texts) - MOST_ITEMS), "  ")
    return lines + _more(ordered)


def _missing(recordings):
    texts = {}
    for fact in _all(recordings, "missing"):
        texts["%s: %s" % (fact.get("what"), fact.get("because"))] = True
    for fact in _all(recordings, "rank"):
        if fact.get("seen") != "inside" and fact.get("because"):
            texts.setdefault(("seen from outside: %s" if fact.get("seen") == "outside" else "%s") % (fact["because"],), True)
    lines = ["", "Not seen"] if texts else []
    for text in list(texts)[:MOST_ITEMS]:
        lines += _wrapped(text, "  ")
    return lines
