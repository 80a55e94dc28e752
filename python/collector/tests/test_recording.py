"""The recording writer: the file, the tables, privacy of paths and names."""

import gzip
import json
import os
import random
import shutil
import stat
import tempfile
import unittest
import zlib

from collector.machine import mounts
from collector.recording import paths, writer as recording


def lines_of(path):
    """The lines of a recording, as far as they can be read."""
    with open(path, "rb") as file:
        text = zlib.decompressobj(31).decompress(file.read()).decode("utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def texts_of(lines):
    """The path of each id, as a reader composes it."""
    composed = {0: "/"}
    for line in lines:
        if line[0] == "p":
            composed[line[1]] = composed[line[2]].rstrip("/") + "/" + line[3]
        elif line[0] == "d":
            composed[line[1]] = "removed " + line[4]
    return composed


class RecordingCase(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.target = os.path.join(self.folder, "job.pharos")
        self.keeper = paths.PathKeeper(names=paths.Names())

    def write(self, *steps):
        writer = recording.RecordingWriter(self.target, self.keeper)
        results = [step(writer) for step in steps]
        writer.close()
        return results, lines_of(self.target)

    def make(self, *parts, **more):
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if "link" in more:
            os.symlink(more["link"], path)
        else:
            open(path, "w").close()
        return path


class WritesTheFile(RecordingCase):
    def test_begins_with_kind_and_version_and_ends_with_end(self):
        _, lines = self.write()
        self.assertEqual(lines[0][:2], ["pharos-recording", 1])
        self.assertEqual(lines[-1], ["end"])
        self.assertEqual(gzip.open(self.target).read(1), b"[")

    def test_what_was_flushed_can_be_read_before_the_end(self):
        writer = recording.RecordingWriter(self.target, self.keeper)
        writer.word("numpy")
        writer.flush()
        self.assertEqual(lines_of(self.target + ".part")[-1], ["s", 1, "numpy"])
        self.assertFalse(os.path.exists(self.target))

    def test_a_foreign_file_is_not_overwritten(self):
        with open(self.target, "w") as file:
            file.write("thesis")
        with self.assertRaises(recording.RecordingError) as caught:
            recording.RecordingWriter(self.target, self.keeper)
        self.assertIn("is not a recording", str(caught.exception))
        with open(self.target) as file:
            self.assertEqual(file.read(), "thesis")

    def test_an_older_recording_is_replaced_only_at_the_end(self):
        self.write(lambda writer: writer.word("old"))
        writer = recording.RecordingWriter(self.target, self.keeper)
        self.assertIn(["s", 1, "old"], lines_of(self.target))
        writer.word("new")
        writer.close()
        self.assertIn(["s", 1, "new"], lines_of(self.target))

    def test_two_writers_do_not_share_a_target(self):
        first = recording.RecordingWriter(self.target, self.keeper)
        with self.assertRaises(recording.RecordingError):
            recording.RecordingWriter(self.target, self.keeper)
        first.close()

    def test_a_missing_folder_is_a_clear_error(self):
        with self.assertRaises(recording.RecordingError) as caught:
            recording.RecordingWriter(os.path.join(self.folder, "absent", "x.pharos"), self.keeper)
        self.assertIn("no such file", str(caught.exception))
        self.assertIn("folder", caught.exception.hint)

    def test_a_full_disk_leaves_nothing_and_is_told_at_the_end(self):
        writer = recording.RecordingWriter(self.target, self.keeper)
        writer._file.close()
        writer._file = open("/dev/full", "wb", buffering=0)
        for number in range(20000):
            writer.word("module%d" % number)
        with self.assertRaises(recording.RecordingError) as caught:
            writer.close()
        self.assertIn("no space left", str(caught.exception))
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_million_operations_stream(self):
        writer = recording.RecordingWriter(self.target, self.keeper)
        for t in range(50000):
            writer.operation(1, 0, t, "stat", 0, "", 0)
        self.assertLess(len(writer._lines), 5000)
        writer.close()
        self.assertEqual(sum(line[0] == "o" for line in lines_of(self.target)), 50000)


class KeepsPaths(RecordingCase):
    def test_ids_are_written_before_they_are_used(self):
        _, lines = self.write(lambda writer: writer.path("/usr/lib/python3/x.py"))
        seen = {0}
        for line in lines:
            if line[0] == "p":
                self.assertIn(line[2], seen)
                seen.add(line[1])
        self.assertIn("/usr/lib/python3/x.py", texts_of(lines).values())

    def test_data_becomes_depth_extension_and_digest(self):
        (first, again, other), lines = self.write(
            lambda writer: writer.path("/scratch/secret/a.csv"),
            lambda writer: writer.path(b"/scratch//secret/./a.csv"),
            lambda writer: writer.path("/scratch/secret/hunter.passw0rd"),
        )
        removed = {line[1]: line for line in lines if line[0] == "d"}
        self.assertEqual(first, again)
        self.assertEqual(removed[first][3:5], [3, ".csv"])
        self.assertEqual(removed[other][4], "")
        self.assertNotIn("secret", json.dumps(lines))
        self.assertIn(["fact", "removed", {"counts": {"data paths": 2}}], lines)

    def test_of_data_the_folder_stays_where_it_is_one_of_code(self):
        self.keeper.add_folder("/project/project")
        (code, beside, below, elsewhere), lines = self.write(
            lambda writer: writer.path("/project/project/job.py"),
            lambda writer: writer.path("/project/project/patients.csv"),
            lambda writer: writer.path("/project/project/secret/b.csv"),
            lambda writer: writer.path("/project/c.csv"),
        )
        folder = next(line[2] for line in lines if line[0] == "p" and line[1] == code)
        removed = {line[1]: line for line in lines if line[0] == "d"}
        self.assertEqual(removed[beside][6:], [folder])
        self.assertEqual(removed[below][6:], [])
        self.assertEqual(removed[elsewhere][6:], [])
        self.assertNotIn("patients", json.dumps(lines))

    def test_a_digest_does_not_repeat_in_another_recording(self):
        digests = set()
        for _ in range(2):
            self.keeper = paths.PathKeeper(names=paths.Names())
            _, lines = self.write(lambda writer: writer.path("/scratch/a.csv"))
            digests.update(line[5] for line in lines if line[0] == "d")
        self.assertEqual(len(digests), 2)

    def test_data_beside_the_script_is_removed_and_its_python_kept(self):
        self.keeper.add_folder(self.folder)
        _, lines = self.write(
            lambda writer: writer.path(self.folder + "/heat.py"),
            lambda writer: writer.path(self.folder + "/pkg/core.cpython-311-x86_64-linux-gnu.so"),
            lambda writer: writer.path(self.folder + "/patients.csv"),
            lambda writer: writer.path(self.folder + "/patients"),
        )
        self.assertIn(self.folder + "/heat.py", texts_of(lines).values())
        self.assertNotIn("patients", json.dumps(lines))

    def test_a_prefix_that_is_the_project_keeps_only_its_standard_folders(self):
        self.keeper.add_prefix(self.folder)
        self.assertTrue(self.keeper.keeps(os.fsencode(self.folder) + b"/lib/python3.11/site-packages/a/data.csv"))
        self.assertFalse(self.keeper.keeps(os.fsencode(self.folder) + b"/results/data.csv"))

    def test_a_root_that_holds_the_home_folder_is_not_taken(self):
        self.keeper = paths.PathKeeper(names=paths.Names(home="/home/ada"))
        for root in ("/", "/home", "/home/ada"):
            self.keeper.add_root(root)
            self.keeper.add_search_entry(root)
        self.assertFalse(self.keeper.keeps(b"/home/ada/thesis.txt"))

    def test_a_home_folder_in_a_system_root_is_not_code(self):
        self.keeper = paths.PathKeeper(names=paths.Names(home="/usr/people/ada"))
        self.assertFalse(self.keeper.keeps(b"/usr/people/ada/thesis.txt"))
        self.keeper.add_root("/usr/people/ada/venv/lib")
        self.assertTrue(self.keeper.keeps(b"/usr/people/ada/venv/lib/a.txt"))

    def test_the_home_folder_is_a_tilde_and_names_are_variables(self):
        self.keeper = paths.PathKeeper(names=paths.Names(["ada"], ["n017.site.org", "n017"], "/home/ada"))
        self.keeper.add_root("/home/ada/venv/lib")
        self.keeper.add_root("/apps/ada_tools/n017-build/lib")
        _, lines = self.write(
            lambda writer: writer.path("/home/ada/venv/lib/a.py"),
            lambda writer: writer.path("/apps/ada_tools/n017-build/lib/adaptive.py"),
            lambda writer: writer.word("ada_tools"),
            lambda writer: writer.fact("missing", {"what": "x", "because": "host N017.site.org is down"}),
        )
        kept = texts_of(lines).values()
        self.assertIn("/~/venv/lib/a.py", kept)
        self.assertIn("/apps/${USER}_tools/$HOSTNAME-build/lib/adaptive.py", kept)
        self.assertNotIn("n017", json.dumps(lines).lower())

    def test_everyday_words_name_nobody(self):
        names = paths.Names(["time", "ada"], ["vm", "data", "n017"])
        text = "/proc/sys/vm/time.py torch.utils.data.n017 _time ada"
        self.assertEqual(names.hide(text), "/proc/sys/vm/time.py torch.utils.data.$HOSTNAME _time $USER")

    def test_names_that_are_not_utf_8_survive(self):
        (number,), lines = self.write(lambda writer: writer.path(b"/usr/lib/caf\xe9.py"))
        name = next(line[3] for line in lines if line[:2] == ["p", number])
        self.assertEqual(name.encode("utf-8", "surrogateescape"), b"caf\xe9.py")

    def test_a_hostile_path_is_bounded(self):
        _, lines = self.write(
            lambda writer: writer.path("/usr" + "/a" * 100000, code=True),
            lambda writer: writer.path("/usr/" + "b" * 100000, code=True),
            lambda writer: writer.path(b"/usr/\0/\n.py"),
            lambda writer: writer.path("/.."),
        )
        self.assertLess(len(json.dumps(lines)), 3000)


class FollowsLinks(RecordingCase):
    def setUp(self):
        RecordingCase.setUp(self)
        self.keeper.add_root(os.path.join(self.folder, "env"))
        self.keeper.add_root(os.path.join(self.folder, "real"))

    def links_of(self, lines):
        composed = texts_of(lines)
        return {
            composed[line[1]]: composed[line[4]["link"]]
            for line in lines
            if line[0] == "p" and len(line) > 4 and "link" in line[4]
        }

    def test_a_linked_folder_says_where_it_leads(self):
        self.make("real", "lib", "a.py")
        self.make("env", "lib", link="../real/lib")
        _, lines = self.write(lambda writer: writer.path(self.folder + "/env/lib/a.py"))
        self.assertEqual(self.links_of(lines), {self.folder + "/env/lib": self.folder + "/real/lib"})

    def test_a_link_to_a_link_tells_each_step(self):
        self.make("real", "lib", "a.py")
        self.make("env", "one", link="two")
        self.make("env", "two", link="../linked/lib")
        self.make("linked", link="real")
        self.keeper.add_root(os.path.join(self.folder, "linked"))
        _, lines = self.write(lambda writer: writer.path(self.folder + "/env/one/a.py"))
        expected = {"/env/one": "/env/two", "/env/two": "/linked/lib", "/linked": "/real"}
        base = self.folder
        self.assertEqual(self.links_of(lines), {base + link: base + target for link, target in expected.items()})

    def test_dots_are_taken_after_the_link_as_the_kernel_does(self):
        self.make("real", "lib", "a.py")
        self.make("env", "lib", link=self.folder + "/real/lib")
        results, lines = self.write(lambda writer: writer.path(self.folder + "/env/lib/../b.py"))
        self.assertEqual(texts_of(lines)[results[0]], self.folder + "/real/b.py")

    def test_links_in_a_circle_end(self):
        self.make("env", "a", link="b/x")
        self.make("env", "b", link="a/y")
        self.make("env", "c", link="c")
        _, lines = self.write(
            lambda writer: writer.path(self.folder + "/env/a"),
            lambda writer: writer.path(self.folder + "/env/b/z"),
            lambda writer: writer.path(self.folder + "/env/c/d"),
        )
        self.assertEqual(lines[-1], ["end"])

    def test_any_tangle_of_links_ends_where_the_kernel_ends(self):
        rand = random.Random(11)
        names = "abcd"
        for folder in names:
            os.mkdir(os.path.join(self.folder, "real-" + folder))
            os.symlink("real-" + folder, os.path.join(self.folder, folder))
        for _ in range(60):
            at = os.path.join(self.folder, rand.choice(names), rand.choice("efgh"))
            if not os.path.lexists(at):
                parts = [rand.choice(["..", "."] + list("abcdefgh")) for _ in range(rand.randrange(1, 4))]
                os.symlink("/".join(parts), at)
        self.keeper.add_root(self.folder)
        writer = recording.RecordingWriter(self.target, self.keeper)
        compared = 0
        for _ in range(400):
            path = "/".join([self.folder] + [rand.choice("abcdefgh") for _ in range(rand.randrange(1, 6))])
            writer.path(path)
            try:
                os.stat(path)
            except OSError:
                continue
            node = writer._paths._walk(os.fsencode(path), None, None)
            self.assertEqual((node.target or node).real, os.fsencode(os.path.realpath(path)), path)
            compared += 1
        self.assertGreater(compared, 20)
        writer.close()

    def test_a_link_into_data_tells_no_name(self):
        self.make("secret", "x.csv")
        self.make("env", "data", link="../secret/x.csv")
        _, lines = self.write(lambda writer: writer.path(self.folder + "/env/data"))
        self.assertNotIn("secret", json.dumps(lines))

    def test_effort_is_bounded_and_the_rest_is_told(self):
        self.keeper.links = paths.Links(shared_limit=2)
        table = mounts.MountTable(mounts.read_mountinfo(b"1 0 0:1 / / rw - lustre mgs:/fs rw\n"))
        self.keeper.mounts = table
        _, lines = self.write(lambda writer: [writer.path("/usr/a%d" % n) for n in range(9)])
        self.assertEqual(self.keeper.links.skipped, 8)
        self.assertTrue(any(line[:2] == ["fact", "missing"] for line in lines))


class MountsOfPaths(RecordingCase):
    def test_a_mount_is_given_where_it_differs_from_the_parent(self):
        table = b"1 0 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / /usr/site rw - nfs4 server:/export rw,nocto,addr=10.0.0.1\n"
        self.keeper.mounts = mounts.MountTable(mounts.read_mountinfo(table))
        _, lines = self.write(lambda writer: writer.path("/usr/site/lib/a.py"))
        more = {line[3]: line[4:] for line in lines if line[0] == "p"}
        self.assertEqual(more, {"usr": [{"mount": 1}], "site": [{"mount": 2}], "lib": [], "a.py": []})
        facts = {line[2]["id"]: line[2] for line in lines if line[:2] == ["fact", "mount"]}
        self.assertEqual([facts[1]["class"], facts[2]["class"]], ["local", "nfs"])
        self.assertEqual(facts[2]["options"], ["nocto"])
        self.assertNotIn("10.0.0.1", json.dumps(lines))

    def test_a_folder_of_data_that_is_bound_into_place_is_not_named(self):
        table = b"1 0 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 /home/x /study/secret rw - lustre mgs:/fs rw\n"
        self.keeper.mounts = mounts.MountTable(mounts.read_mountinfo(table))
        _, lines = self.write(lambda writer: writer.path("/study/secret/a.csv"))
        self.assertNotIn("secret", json.dumps(lines))
        self.assertIn("lustre", json.dumps(lines))


class FilesKeepTheUsersMask(RecordingCase):
    def test_the_mode_follows_umask(self):
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        self.write()
        self.assertEqual(stat.S_IMODE(os.stat(self.target).st_mode), 0o600)


if __name__ == "__main__":
    unittest.main()
