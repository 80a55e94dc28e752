"""What libfabric and UCX of this machine can use: their own programs tell, where they are installed.

https://ofiwg.github.io/libfabric/main/man/fi_info.1.html; https://openucx.readthedocs.io/en/master/running.html
"""

import re

from .ask import ask, folders_of, which
from .bounded import absent, failed

_PROVIDER = re.compile(r"^(\w[\w;.+-]*):\s*$", re.MULTILINE)
_VERSION = re.compile(r"^\s*version:\s*([\d.]+)", re.MULTILINE)
_TRANSPORT = re.compile(r"^#\s+Transport:\s+(\S+)", re.MULTILINE)
_UCX_VERSION = re.compile(r"(?:Library version:|UCT version=|Version)\s*([\d.]+)")


def probe_fabrics(environ):
    programs = folders_of(environ, "PATH")
    fi_info, ucx_info = which("fi_info", programs), which("ucx_info", programs)
    if fi_info is None and ucx_info is None:
        raise absent("fi_info and ucx_info are not on PATH")
    about = {}
    said = ask([fi_info, "-l"], environ) if fi_info else None
    if said is not None and not said.status:
        about["libfabric"] = libfabric_told(said.text)
        version = ask([fi_info, "--version"], environ)
        match = re.search(r"libfabric:\s*([\d.]+)", version.text) if version else None
        if match:
            about["libfabric"]["version"] = match.group(1)
    said = ask([ucx_info, "-d"], environ) if ucx_info else None
    if said is not None and not said.status:
        about["ucx"] = {"transports": list(dict.fromkeys(_TRANSPORT.findall(said.text)))[:64]}
        version = ask([ucx_info, "-v"], environ)
        match = _UCX_VERSION.search(version.text) if version else None
        if match:
            about["ucx"]["version"] = match.group(1)
    if not about:
        raise failed("fi_info and ucx_info did not answer")
    return {"facts": [["fabrics", about]]}


def libfabric_told(text):
    """Providers with their versions, in libfabric's order."""
    parts = _PROVIDER.split(text)
    providers = []
    for name, rest in zip(parts[1::2], parts[2::2]):
        if name.startswith("ofi_hook_"):
            # They watch other providers.
            continue
        version = _VERSION.search(rest)
        providers.append(dict({"name": name}, **({"version": version.group(1)} if version else {})))
    return {"providers": providers[:64]}
