"""The reader of strace's text: real traces of this machine, written lines, and noise."""

import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

from collector.trace import operations, strace


def read(text, cwd=b"/start"):
    reader = strace.StraceReader(io.BytesIO(text))
    return list(operations.OperationReader(reader, cwd)), reader


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def shown(text, cwd=b"/start"):
    events, _ = read(text, cwd)
    return [(event.operation, event.path, event.error, event.bytes) for event in of_kind(events, operations.Operation)]


class ReadsLines(unittest.TestCase):
    def test_a_path_call_carries_its_errno(self):
        text = b'7 1.5 newfstatat(AT_FDCWD</a>, "/x/y.py", 0x7ffe, 0) = -1 ENOENT (No such file or directory)\n'
        self.assertEqual(shown(text), [("stat", b"/x/y.py", "ENOENT", 0)])

    def test_an_open_knows_folders_and_new_files(self):
        text = (
            b'7 1.1 openat(AT_FDCWD</a>, "/f", O_RDONLY|O_CLOEXEC) = 3</f>\n'
            b'7 1.2 openat(AT_FDCWD</a>, "/d", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY) = 4</d>\n'
            b'7 1.3 openat(AT_FDCWD</a>, "/n", O_WRONLY|O_CREAT|O_EXCL, 0644) = 5</n>\n'
            b'7 1.4 openat2(AT_FDCWD</a>, "/o", {flags=O_RDONLY|O_DIRECTORY, resolve=0}, 24) = 6</o>\n'
        )
        self.assertEqual([operation[0] for operation in shown(text)], ["open", "opendir", "create", "opendir"])

    def test_an_open_file_keeps_the_name_it_was_asked_by(self):
        text = (
            b'7 1.1 openat(AT_FDCWD</a>, "/lib/libm.so.6", O_RDONLY) = 3</usr/lib/libm-2.36.so>\n'
            b"7 1.2 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3</usr/lib/libm-2.36.so>, 0) = 0x7f00\n"
            b'7 1.3 read(3</usr/lib/libm-2.36.so>, ""..., 832) = 832\n'
            b"7 1.4 close(3</usr/lib/libm-2.36.so>) = 0\n"
        )
        name = b"/lib/libm.so.6"
        expected = [("open", name, "", 0), ("map", name, "", 8192), ("read", name, "", 832), ("close", name, "", 0)]
        self.assertEqual(shown(text), expected)

    def test_an_empty_name_is_the_open_file_itself(self):
        text = b'7 1.1 newfstatat(3</a/b>, "", {st_mode=S_IFREG|0644, st_size=0, ...}, AT_EMPTY_PATH) = 0\n'
        self.assertEqual(shown(text), [("fstat", b"/a/b", "", 0)])

    def test_names_are_relative_to_their_folder(self):
        text = (
            b'7 1.1 access("x", R_OK) = 0\n'
            b'7 1.2 chdir("sub") = 0\n'
            b'7 1.3 access("x", R_OK) = 0\n'
            b'7 1.4 newfstatat(5</elsewhere>, "x", 0x7f, 0) = 0\n'
            b"7 1.5 fchdir(5</elsewhere>) = 0\n"
            b'7 1.6 stat("x", 0x7f) = 0\n'
            b'7 1.7 openat(AT_FDCWD</shown>, "x", O_RDONLY) = 9</shown/x>\n'
            b'7 1.8 chdir("/gone") = -1 ENOENT (No such file or directory)\n'
            b'7 1.9 stat("y", 0x7f) = 0\n'
        )
        paths = [path for operation, path, _, _ in shown(text) if operation != "chdir"]
        self.assertEqual(
            paths, [b"/start/x", b"/start/sub/x", b"/elsewhere/x", b"/elsewhere/x", b"/shown/x", b"/shown/y"]
        )

    def test_names_with_escapes_brackets_and_commas(self):
        text = b'7 1.1 openat(AT_FDCWD</a>, "/q\\"u, (o)\\n\\303\\251\\\\", O_RDONLY) = 3</q\\"u, (o)\\n\\303\\251\\\\>\n'
        self.assertEqual(shown(text), [("open", b'/q"u, (o)\n\xc3\xa9\\', "", 0)])

    def test_a_folder_with_odd_characters_is_one_token(self):
        text = b'7 1.1 newfstatat(3</a, (b)/c d>, "x", 0x7f, 0) = 0\n'
        self.assertEqual(shown(text), [("stat", b"/a, (b)/c d/x", "", 0)])

    def test_sockets_and_pipes_are_no_files(self):
        text = b'7 1.1 read(3<pipe:[12]>, ""..., 10) = 10\n7 1.2 close(4<socket:[9]>) = 0\n7 1.3 close(5) = 0\n'
        self.assertEqual(shown(text), [])

    def test_an_interrupted_call_counts_once(self):
        text = (
            b'7 1.1 openat(AT_FDCWD</a>, "/f", O_RDONLY) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n'
            b"7 1.2 --- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---\n"
            b'7 1.3 openat(AT_FDCWD</a>, "/f", O_RDONLY) = 3</f>\n'
        )
        self.assertEqual(shown(text), [("open", b"/f", "", 0)])

    def test_threads_interleave(self):
        text = (
            b'7 1.1 newfstatat(AT_FDCWD</a>, "/one",  <unfinished ...>\n'
            b'8 1.2 newfstatat(AT_FDCWD</a>, "/two", 0x7f, 0) = 0\n'
            b"7 1.3 <... newfstatat resumed>0x7ffe, 0) = -1 EACCES (Permission denied)\n"
        )
        self.assertEqual(shown(text), [("stat", b"/two", "", 0), ("stat", b"/one", "EACCES", 0)])

    def test_a_child_may_run_before_clone_returns(self):
        text = (
            b"7 1.0 chdir(\"/w\") = 0\n"
            b"7 1.1 clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f},  <unfinished ...>\n"
            b'8 1.2 execve("prog", [...], 0x7f /* 3 vars */) = 0\n'
            b"7 1.3 <... clone3 resumed>) = 8\n"
            b"8 1.4 +++ exited with 3 +++\n"
        )
        events, _ = read(text)
        (forked,) = of_kind(events, operations.Forked)
        self.assertEqual((forked.pid, forked.child, forked.is_thread), (7, 8, False))
        self.assertEqual(of_kind(events, operations.Executed)[0].path, b"/w/prog")
        self.assertEqual(of_kind(events, strace.Ended)[0].status, 3)

    def test_threads_share_the_folder_and_processes_do_not(self):
        text = (
            b"7 1.1 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD) = 8\n"
            b"7 1.2 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f) = 9\n"
            b'8 1.3 chdir("/moved") = 0\n'
            b'7 1.4 stat("x", 0x7f) = 0\n'
            b'9 1.5 stat("x", 0x7f) = 0\n'
        )
        self.assertEqual([path for _, path, _, _ in shown(text)], [b"/moved", b"/moved/x", b"/start/x"])

    def test_a_death_by_signal_is_told(self):
        (ended,) = read(b"7 1.1 +++ killed by SIGSEGV (core dumped) +++\n")[0]
        self.assertEqual((ended.status, ended.signal), (None, "SIGSEGV"))

    def test_markers_are_told_from_operations(self):
        text = (
            b'7 1.1 newfstatat(-1, "pharos-mark/b/1/json", 0x7f, 0) = -1 EBADF (Bad file descriptor)\n'
            b'7 1.2 newfstatat(-1, "other", 0x7f, 0) = -1 EBADF (Bad file descriptor)\n'
        )
        events, _ = read(text)
        self.assertEqual([event.text for event in events], [b"b/1/json"])


class Survives(unittest.TestCase):
    def test_noise_is_counted_and_skipped(self):
        text = b"strace: Process 12 attached\nnonsense\n\n7 1.1 <... read resumed>) = 1\n7 1.2 what is this\n"
        events, reader = read(text)
        self.assertEqual(events, [])
        self.assertEqual(reader.skipped, 4)

    def test_an_overlong_line_is_one_line(self):
        evil = b'7 1.1 stat("' + b"a" * 200000 + b'7 1.1 stat("/evil", 0) = 0\n'
        self.assertEqual(shown(evil + b'7 1.2 stat("/good", 0x7f) = 0\n'), [("stat", b"/good", "", 0)])

    def test_damaged_traces_never_crash(self):
        rand = random.Random(3)
        good = (
            b'7 1.1 openat(AT_FDCWD</a>, "/q\\"u", O_RDONLY) = 3</q\\"u>\n'
            b"7 1.1 clone3({flags=CLONE_VM|CLONE_VFORK, stack=0x7f},  <unfinished ...>\n"
            b'8 1.2 execve("prog", [...], 0x7f /* 3 vars */) = 0\n'
            b"7 1.3 <... clone3 resumed>) = 8 /* 5 in strace's PID NS */\n"
            b"7 1.2 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3</usr>, 0) = 0x7f00\n"
            b"8 1.4 +++ exited with 3 +++\n"
        )
        for _ in range(2000):
            data = bytearray(good)
            for _ in range(rand.randrange(1, 12)):
                at = rand.randrange(len(data))
                change = rand.randrange(3)
                if change == 0:
                    data[at] = rand.randrange(256)
                elif change == 1:
                    del data[at : at + rand.randrange(1, 30)]
                else:
                    data[at:at] = rand.choice([b'"', b"<", b">", b"(", b"\\", b"\n7 1.1 ", b"{", b"9" * 30])
            for operation in of_kind(read(bytes(data))[0], operations.Operation):
                self.assertTrue(operation.path.startswith(b"/"))


def can_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.call(["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL) == 0


@unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
class ReadsThisMachinesStrace(unittest.TestCase):
    JOB = r"""
import os, subprocess, threading
os.chdir("a"); open("b/../x", "w").write("hi"); os.listdir(".")
folder = os.open(".", os.O_RDONLY)
os.stat("x", dir_fd=folder); os.rename("x", "y", src_dir_fd=folder); os.unlink("y")
os.mkdir(b'b/\n"q, (\xff>'); os.rmdir(b'b/\n"q, (\xff>')
workers = [threading.Thread(target=lambda: [os.stat("b") for _ in range(200)]) for _ in range(3)]
[worker.start() for worker in workers]; [worker.join() for worker in workers]
subprocess.call(["true"])
if os.fork() == 0: os.kill(os.getpid(), 9)
os.wait(); os.readlink("/proc/self/exe"); os.statvfs("b")
"""

    def test_a_busy_job(self):
        folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        os.makedirs(os.path.join(folder, "a", "b"))
        log = os.path.join(folder, "log")
        command = ["strace"] + strace.OPTIONS + ["-o", log, "-e", "trace=" + strace.CALLS, sys.executable, "-c", self.JOB]
        subprocess.check_call(command, cwd=folder, timeout=60)
        with open(log, "rb") as file:
            reader = strace.StraceReader(file)
            events = list(operations.OperationReader(reader, os.fsencode(folder)))
        self.assertEqual(reader.skipped, 0)
        seen = {}
        for event in of_kind(events, operations.Operation):
            seen[event.operation, event.path] = seen.get((event.operation, event.path), 0) + 1
        inside = os.fsencode(folder) + b"/a"
        for operation, name, count in (
            ("create", b"/b/../x", 1),
            ("write", b"/b/../x", 1),
            ("mkdir", b'/b/\n"q, (\xff>', 1),
            ("unlink", b'/b/\n"q, (\xff>', 1),
            ("stat", b"/b", 600),
        ):
            self.assertEqual(seen.get((operation, inside + name)), count, name)
        self.assertEqual(sum(fork.is_thread for fork in of_kind(events, operations.Forked)), 3)
        self.assertEqual(sum(not fork.is_thread for fork in of_kind(events, operations.Forked)), 2)
        self.assertIn("SIGKILL", [end.signal for end in of_kind(events, strace.Ended)])
        self.assertEqual(len(of_kind(events, operations.Executed)), 2)


if __name__ == "__main__":
    unittest.main()
