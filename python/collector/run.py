"""The collector's command: runs CMD once, observed, and writes the recording."""

import argparse
import os
import sys
import time

from .failure import visible
from .job.command import CommandError, observed_arguments, read_command, script_name
from .job.execute import Child
from .job.family import Clock, Family
from .job.kernel import find_kernel
from .job.merge import Merge
from .job.private_folder import PrivateFolder
from .job.python_fact import add_python_roots, python_fact
from .job.spools import read_images
from .job.step import SHARED_LIMIT, bare_environment, observed_ranks, step_output
from .job.unused import unused_imports
from .machine import environment as environment_fact
from .machine.installed import describe_distributions, describe_libraries
from .machine.launch import read_launch
from .machine.node import node_fact
from .recording.paths import Links, PathKeeper, WholePaths
from .recording.writer import COLLECTOR, RecordingError, RecordingWriter
from .trace.job_trace import JobTrace
from .trace.replay import replay_imports
from .trace.tracer import NotDone

JOB_WAS_TRACED = "the job itself was traced"
DESCRIPTION = "Runs CMD once and records how its Python starts. CMD's output, files and exit are as without it."
OTHER_MODES = (
    "`doctor --help` tells of the look into a job step, `host --help` of what a machine offers, `read --help` of showing"
    " what the doctor found, `calibrate --help` of timing calls on a mount."
)
MOST_OBSERVED_PROCESSES = 2000
FAREWELL_SECONDS = 0.5
IN_A_STEP = "in a job step, every observed node would ask the shared server a second time"
ONE_RANK_HINT = "Audit the same command as one rank, outside of a job step, for complete counts."


def main(arguments):
    """Returns the exit status: 0, or CMD's own with --passthrough; 2 when the work could not be done."""
    options, argv = _read_arguments(arguments)
    try:
        return _collect(options, argv)
    except (CommandError, RecordingError) as error:
        sys.stderr.write("error: %s\nhint: %s\n" % (visible(str(error)), visible(error.hint)))
        return 2


def _read_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="pharos-collect", usage="%(prog)s [OPTIONS] -- CMD…", description=DESCRIPTION, epilog=OTHER_MODES
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="the recording; the script's name with .pharos if absent")
    parser.add_argument("--process", type=int, metavar="N", help="take the N-th Python process for the job, from 1")
    parser.add_argument("--ranks", metavar="LIST", help="ranks of a job step to observe, as 0,5,10-12, or all")
    parser.add_argument("--trace", choices=["job"], help="trace the job itself with strace, which slows it")
    parser.add_argument("--no-replay", action="store_true", help="do not repeat the imports under strace afterwards")
    parser.add_argument("--kernel", metavar="NAME", help="start this Jupyter kernel in place of CMD, and end it")
    parser.add_argument(
        "--paths", choices=["whole"], help="hide nothing of paths: for a recording that is compared here and thrown away"
    )
    parser.add_argument("--passthrough", action="store_true", help="exit with CMD's own status")
    parser.add_argument("--version", action="version", version=COLLECTOR)
    if "--" in arguments:
        index = arguments.index("--")
        options, argv = parser.parse_args(arguments[:index]), arguments[index + 1 :]
    else:
        options, argv = parser.parse_args(arguments), []
    if options.kernel and argv:
        parser.exit(2, "error: a kernel and a command were given\nhint: Give one of --kernel and a command.\n")
    if not argv and not options.kernel:
        parser.exit(2, "error: no command was given\nhint: Put the command after --, as in: -- python3 job.py.\n")
    return options, argv


def _collect(options, argv):
    folder = _make_folder()
    survivors = False
    try:
        kernel = find_kernel(options.kernel, folder.path) if options.kernel else None
        command = kernel.command if kernel else read_command(argv)
        launch = read_launch()
        writer = _open_recording(options, command, launch)
        try:
            trace = _job_trace(writer, folder) if options.trace else None
            child = _start(command, folder, kernel, trace)
            is_ended = child.wait()
            observed = _record(writer, command, child, folder, options)
            if trace is not None:
                trace.write(writer, observed, os.getcwd())
            child.may_give_up = True
            _repeat(writer, observed, _reason_not_to_repeat(options, child, trace, launch, observed))
            child.may_give_up = False
            _finish(writer, child, kernel)
        except BaseException:
            writer.abandon()
            raise
        if not is_ended:
            child.wait_for_good()
        survivors = _has_survivors(folder, child)
    finally:
        folder.remove(keep_probe=survivors)
    child.restore()
    return _exit_status(child.ended) if options.passthrough else 0


def _make_folder():
    try:
        return PrivateFolder()
    except OSError as error:
        message = "no private folder could be made: %s" % (error.strerror or "unknown error").lower()
        raise CommandError(message, "Set TMPDIR to a folder of this node that has room.")


def _open_recording(options, command, launch):
    links = Links(shared_limit=SHARED_LIMIT) if launch.is_step else Links()
    keeper = WholePaths(links=links) if options.paths else PathKeeper(links=links)
    environment_fact.add_roots(keeper, os.environ)
    writer = RecordingWriter(step_output(options.output or _default_output(command), launch), keeper)
    writer.fact("node", node_fact())
    if launch.launcher != "none":
        writer.fact("launch", launch.fact(observed_ranks(launch, options.ranks)))
    writer.remove("arguments", len(command.argv) - 1)
    return writer


def _job_trace(writer, folder):
    try:
        return JobTrace(folder.path)
    except NotDone as reason:
        missing = {"what": "the job's trace", "because": str(reason)}
        writer.fact("missing", dict(missing, hint=reason.hint) if reason.hint else missing)
        return None


def _reason_not_to_repeat(options, child, trace, launch, observed):
    if trace is not None:
        return JOB_WAS_TRACED
    if options.no_replay:
        return "it was not asked for"
    if child.ended.interrupted:
        return "the run was interrupted"
    if observed.is_embedded:
        return "the program embeds Python, so no interpreter can repeat its imports"
    return IN_A_STEP if launch.is_step else None


def _repeat(writer, observed, reason_not_to):
    if reason_not_to is None:
        if observed.process:
            replay_imports(writer, observed)
        return
    writer.fact("replay", {"done": False, "because": reason_not_to})
    if reason_not_to != JOB_WAS_TRACED:
        missing = {"what": "file operations of the dynamic loader and of C code", "because": "no replay: " + reason_not_to}
        writer.fact("missing", dict(missing, hint=ONE_RANK_HINT) if reason_not_to == IN_A_STEP else missing)


def _has_survivors(folder, child):
    """Whether processes of the job live on: daemons may start a Python later. Some only take a moment to end."""
    pids = {int(os.path.basename(path).split(".")[0]) for path in folder.spools()} - {child.ended.pid}
    until = time.monotonic() + FAREWELL_SECONDS
    while any(_is_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return True
        time.sleep(0.02)
    return False


def _is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            state = file.read(4096).rpartition(b")")[2].split()[:1]
    except OSError:
        return False
    return state not in ([b"Z"], [b"X"])


def _default_output(command):
    stem = (command.script or "job").rsplit("/", 1)[-1]
    for extension in (".py", ".sh", ".pyc"):
        if stem.endswith(extension):
            stem = stem[: -len(extension)]
    return (stem or "job") + ".pharos"


def _start(command, folder, kernel, trace):
    environ = bare_environment()
    if kernel is not None:
        environ.update((os.fsencode(name), os.fsencode(value)) for name, value in kernel.environment.items())
    if not folder.is_inert(command.program, command.argv):
        environ = folder.environment(environ)
    arguments = observed_arguments(command, folder.rewrite)
    program = command.program if arguments[0] == command.argv[0] else arguments[0]
    if trace is not None:
        arguments = trace.command([program] + arguments[1:])
        program = arguments[0]
    try:
        child = Child(arguments, program, environ)
    except OSError as error:
        message = "%s could not be started: %s" % (command.argv[0], (error.strerror or "unknown error").lower())
        raise CommandError(message, "Try it without the collector first.")
    if kernel is not None:
        kernel.end_when_started(child)
    if trace is not None:
        trace.watch(child.ended.pid)
    return child


def _record(writer, command, child, folder, options):
    clock = Clock(time.monotonic_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME))
    images = read_images(folder.spools())
    if len(images) > MOST_OBSERVED_PROCESSES:
        because = "%d processes were started, the first %d are kept" % (len(images), MOST_OBSERVED_PROCESSES)
        writer.fact("missing", {"what": "processes", "because": because})
        images = images[:MOST_OBSERVED_PROCESSES]
    family = Family(images, child.ended, options.process)
    _describe_command(writer, command, family.job)
    for image in images:
        add_python_roots(writer.keeper, image)
    environment_fact.describe_environment(writer, dict(os.environ))
    merge = Merge(writer, family, clock)
    observed = merge.write()
    if family.job is None:
        _say_what_is_missing(writer, command, images, options)
    else:
        _describe_job(writer, merge, family.job)
    return observed


def _describe_command(writer, command, job):
    fact = command.fact()
    if job is not None:
        if command.form == "other" and job.form == "embedded":
            fact["form"] = "embedded"
        name = script_name(job.facts.get("argv0", ""), job.form)
        if name and "script" not in fact:
            fact["script"] = name
    writer.fact("command", fact)
    if read_launch().launcher == "none":
        # The command is the launcher: the job is one of its ranks.
        environment = job.facts.get("environment", {}) if job is not None else {}
        inside = read_launch({os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()})
        writer.fact("launch", inside.fact())


def _say_what_is_missing(writer, command, images, options):
    if images:
        because = "there is no process %d, %d were seen" % (options.process, len(images))
        hint = "Give --process a number between 1 and %d." % len(images)
    else:
        because = "no Python 3.8 or later started with the probe"
        hint = "Check that the command starts Python and passes PYTHONPATH on."
    writer.fact("missing", {"what": "job", "because": because, "hint": hint})


def _describe_job(writer, merge, job):
    fact = python_fact(writer, job, merge.observed.process)
    if fact is not None:
        writer.fact("python", fact)
        describe_distributions(writer, job.facts["path"])
        _describe_use(writer, job, merge.observed.process)
    describe_libraries(writer, {path: size for path, size in job.libraries.items() if ".so" in os.path.basename(path)})


def _describe_use(writer, job, process):
    """Which of the script's own imports it never uses; not told for `-c` and `-m`."""
    if job.form != "file":
        return
    split = unused_imports(os.path.join(job.facts.get("cwd") or "/", job.facts.get("argv0") or ""))
    if split is not None:
        used, unused = split
        writer.fact("used", {"process": process, "modules": used, "unused": unused})


def _finish(writer, child, kernel):
    ended = child.ended
    if kernel is not None:
        because = "it was ended after its start" if kernel.has_started else "it did not answer and was ended"
        writer.fact("missing", {"what": "the kernel's work", "because": because})
    fact = {"interrupted": ended.interrupted} if ended.interrupted else {}
    if ended.signal is not None:
        fact["signal"] = ended.signal
    elif ended.status is not None:
        fact["status"] = ended.status
    writer.fact("exit", fact)
    writer.close()


def _exit_status(ended):
    if ended.signal is not None:
        import signal

        return 128 + int(getattr(signal, ended.signal, 0))
    return ended.status or 0
