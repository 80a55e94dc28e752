"""The paths of a recording: a tree that follows links and mounts as the kernel does, written as it grows."""

import os

from ..machine import mounts

LONGEST_PATH = 4096
DEEPEST_PATH = 200
# Links followed while one path is resolved; the kernel stops at 40.
LINK_DEPTH = 40


class _Node:
    """A path on the way to its file system; `real` is the path after links above it.

    `link` is the node that a link names, which may be a link again, `target` the one where all of them end.
    """

    __slots__ = ("parent", "name", "real", "mount", "kept_id", "removed_id", "link", "target", "asked", "children")

    def __init__(self, parent, name, real, mount):
        self.parent = parent
        self.name = name
        self.real = real
        self.mount = mount
        self.kept_id = 0
        self.removed_id = 0
        self.link = None
        self.target = None
        self.asked = False
        self.children = {}


class PathTable:
    """Gives ids to paths. `writer` takes the lines, `keeper` decides what of a path is written."""

    def __init__(self, writer, keeper):
        self._writer = writer
        self._keeper = keeper
        self._count = 0
        self._paths = {}
        self._mount_ids = {}
        self._described_mounts = set()
        self._root = _Node(None, b"", b"/", keeper.mounts.at(b"/"))

    def identity(self, absolute_path, code, folder, exists):
        """As RecordingWriter.path."""
        key = (absolute_path, code)
        identity = self._paths.get(key)
        if identity is None:
            identity = self._paths[key] = self._new_path(os.fsencode(absolute_path), code, folder, exists)
        return identity

    def _new_path(self, path, code, folder, exists):
        plain = self._plain(path[: 4 * LONGEST_PATH])
        if plain == b"/":
            return 0
        if not _is_sane(plain):
            return self._remove(_Node(self._root, b"", plain, None), plain)
        node = self._walk(plain, folder, exists)
        is_kept = code or node.kept_id or self._keeper.keeps(plain, exists)
        return self._keep(node) if is_kept else self._remove(node, plain)

    def _plain(self, path):
        if not path.startswith(b"/"):
            path = self._keeper.cwd + b"/" + path
        names = [name for name in path.split(b"/") if name not in (b"", b".")]
        if b".." not in names:
            return b"/" + b"/".join(names)
        node = self._root
        for name in names:
            node = self._step(node, name, True) if name != b".." else _above(node)
        return self._path_of(node)

    def _path_of(self, node):
        names = []
        while node.parent is not None:
            names.append(node.name)
            node = node.parent
        return b"/" + b"/".join(reversed(names))

    def _walk(self, plain, folder, exists, depth=0):
        node = self._root
        names = [name for name in plain.split(b"/") if name]
        for index, name in enumerate(names):
            is_last = index == len(names) - 1
            is_folder = folder if is_last else True
            node = self._step(node, name, is_folder, exists if is_last else None, depth)
        return node

    def _step(self, parent, name, is_folder, exists=None, depth=0):
        node = parent.children.get(name)
        if node is None:
            base = parent.target or parent
            real = base.real.rstrip(b"/") + b"/" + name
            node = parent.children[name] = _Node(parent, name, real, self._keeper.mounts.at(real) or base.mount)
        if not node.asked and exists is not False and depth < LINK_DEPTH:
            node.asked = True
            self._follow(node, is_folder, depth)
        return node

    def _follow(self, node, is_folder, depth):
        mount_class = self._keeper.mounts.classify(node.mount) if node.mount is not None else "unknown"
        target = self._keeper.links.target(node.real, mount_class, is_folder)
        if not target or len(target) > LONGEST_PATH:
            return
        if not target.startswith(b"/"):
            target = os.path.dirname(node.real) + b"/" + target
        found = self._resolve(target, is_folder, depth + 1)
        if not (_is_at_or_below(found, node) or _is_at_or_below(found.target, node)):
            node.link, node.target = found, found.target or found

    def _resolve(self, path, is_folder, depth):
        """The node that a link names, walked as the kernel does; whether it is a link itself is known after."""
        node = self._root
        for name in path.split(b"/"):
            if name == b"..":
                node = _above(node)
            elif name not in (b"", b"."):
                node = self._step(node, name, is_folder, None, depth)
        return node

    def _keep(self, node):
        if node.parent is None or node.kept_id:
            return max(0, node.kept_id)
        # Guards against a link that leads back here while its target is being written.
        node.kept_id = -1
        is_home = self._keeper.home is not None and self._path_of(node) == self._keeper.home
        parent_id = 0 if is_home else self._keep(node.parent)
        mount_id = self._mount_id(node.mount)
        more = {}
        if mount_id != (self._mount_id(node.parent.mount) if parent_id else 0):
            more["mount"] = mount_id
        link = self._link_id(node.link) if node.link is not None else 0
        if link:
            more["link"] = link
        node.kept_id = self._next()
        line = ["p", node.kept_id, parent_id, "~" if is_home else self._keeper.names.hide(os.fsdecode(node.name))]
        self._writer.write_line(line + [more] if more else line)
        self._describe_mount(node.mount)
        return node.kept_id

    def _link_id(self, link):
        plain = self._path_of(link)
        is_kept = link.kept_id or (_is_sane(plain) and self._keeper.keeps(plain))
        return self._keep(link) if is_kept else self._remove(link, plain)

    def _remove(self, node, plain):
        if not node.removed_id:
            node.removed_id = self._next()
            self._writer.remove("data paths")
            mount = (node.target or node).mount
            extension, digest = self._keeper.extension(plain), self._keeper.digest(plain)
            line = ["d", node.removed_id, self._mount_id(mount), plain.count(b"/"), extension, digest]
            # A folder of code that the recording names anyway: it tells whose storage the data is on.
            folder = node.parent.kept_id if node.parent is not None else 0
            if folder > 0 and self._keeper.is_code_folder(self._path_of(node.parent)):
                line.append(folder)
            self._writer.write_line(line)
            self._describe_mount(mount)
        return node.removed_id

    def _mount_id(self, mount):
        if mount is None:
            return 0
        if mount.point not in self._mount_ids:
            self._mount_ids[mount.point] = len(self._mount_ids) + 1
        return self._mount_ids[mount.point]

    def _describe_mount(self, mount):
        if mount is None or mount.point in self._described_mounts:
            return
        self._described_mounts.add(mount.point)
        self._writer.fact("mount", self._mount_fact(mount))

    def _mount_fact(self, mount):
        table = self._keeper.mounts
        node = self._walk(mount.point, True, True)
        # A folder of somebody's data may be bound into place; a whole file system is the site's own name.
        is_named = mount.root == b"/" or node.kept_id or self._keeper.keeps(mount.point)
        point = self._keep(node) if is_named else self._remove(node, mount.point)
        fact = {
            "id": self._mount_id(mount),
            "point": point,
            "type": mount.type,
            "class": table.classify(mount),
            "readOnly": mount.read_only,
        }
        backing = table.backing(mount)
        if backing is not None:
            fact["backing"] = backing
        options = mounts.kept_options(mount)
        if options:
            fact["options"] = options
        return fact

    def _next(self):
        self._count += 1
        return self._count


def _above(node):
    """`..` of a folder: after its links, as the kernel takes it."""
    real = node.target or node
    return real.parent or real


def _is_at_or_below(node, ancestor):
    while node is not None:
        if node is ancestor:
            return True
        node = node.parent
    return False


def _is_sane(plain):
    return len(plain) <= LONGEST_PATH and plain.count(b"/") <= DEEPEST_PATH
