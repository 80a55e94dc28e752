"""The names of a person and of a machine, and how they are hidden in text."""

import os
import re
import sys

# Accounts that say nothing about a person.
SYSTEM_ACCOUNTS = frozenset(
    "root nobody daemon bin sys user users ubuntu debian centos fedora rocky almalinux ec2-user opc runner jovyan"
    " vagrant docker admin guest test build builder slurm www-data".split()
)
PLAIN_HOSTS = frozenset(
    "localhost localdomain ip6-localhost debian ubuntu fedora centos rocky alpine linux node host server vm box"
    " container docker sandbox runner build ci dev test local login head master main worker compute core data storage"
    " cpu gpu cuda mpi hpc cluster slurm batch io web app db api ai ml notebook jupyter python".split()
)
# A name that is also a module of the standard library names nobody, and is in every recording.
_MODULES = frozenset(getattr(sys, "stdlib_module_names", sys.builtin_module_names))


class Names:
    """The names that identify a person or a machine, and how they are hidden in text."""

    def __init__(self, users=(), hosts=(), home=None):
        self.home = plain_path(home) if home else None
        self.users = {user for user in users if user and user.lower() not in SYSTEM_ACCOUNTS | _MODULES}
        self.hosts = {host for host in hosts if host and host.lower() not in PLAIN_HOSTS | _MODULES}
        self.hidden = 0
        self._users = _delimited(self.users)
        self._hosts = _delimited(self.hosts)

    @classmethod
    def of_machine(cls, environ=None):
        """The names of this account and this node."""
        environ = os.environ if environ is None else environ
        home, users = environ.get("HOME") or None, {environ.get("USER"), environ.get("LOGNAME")}
        try:
            import pwd

            entry = pwd.getpwuid(os.getuid())
            users.add(entry.pw_name)
            users.update(_full_name(entry.pw_gecos))
            home = home or entry.pw_dir
        except (ImportError, KeyError):
            pass
        node = os.uname().nodename
        hosts = {node, node.split(".")[0], environ.get("HOSTNAME"), environ.get("SLURMD_NODENAME"), environ.get("HOST")}
        hosts.update((host or "").split(".")[0] for host in list(hosts))
        return cls(users, hosts, home if home and home.startswith("/") else None)

    def hide(self, text):
        """Text with the names replaced by the shell variables that hold them."""
        for pattern, variable in ((self._users, "USER"), (self._hosts, "HOSTNAME")):
            if pattern is not None:
                text, count = pattern.subn(lambda match: _variable(match, variable), text)
                self.hidden += count
        return text


def _full_name(gecos):
    """The parts of a full name long enough not to be an everyday word such as a package's."""
    name = gecos.split(",")[0]
    return [name] if " " in name else []


def _variable(match, name):
    following = match.string[match.end() : match.end() + 1]
    return "${%s}" % name if following.isalnum() or following == "_" else "$" + name


def _delimited(names):
    if not names:
        return None
    longest_first = sorted(names, key=len, reverse=True)
    alternatives = "|".join(re.escape(name) for name in longest_first)
    return re.compile(r"(?<![^\W_])(?:%s)(?![^\W_])" % alternatives, re.IGNORECASE)


def plain_path(path):
    """Without `//`, `.` and a trailing slash; `..` stays, for it may follow a link."""
    return "/" + "/".join(name for name in path.split("/") if name not in ("", "."))
