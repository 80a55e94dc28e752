"""A job that prints all that a job can see of its interpreter, for comparing bare and observed runs."""

import json
import os
import sys


def state():
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    opened = open(os.devnull)
    found = {
        "path": sys.path,
        "argv": sys.argv,
        "orig_argv": getattr(sys, "orig_argv", None),
        "flags": repr(sys.flags),
        "warnoptions": sys.warnoptions,
        "xoptions": repr(sys._xoptions),
        "environ": dict(os.environ),
        "environb": sorted(map(repr, os.environb.items())),
        "posix": sorted(map(repr, sys.modules["posix"].environ.items())),
        "cache": sorted(sys.path_importer_cache),
        "meta_path": [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path],
        "path_hooks": [getattr(hook, "__name__", "?") for hook in sys.path_hooks],
        "zips": sorted(sys.modules["zipimport"]._zip_directory_cache),
        "excepthook": sys.excepthook is sys.__excepthook__,
        "main": sorted(main.__dict__),
        "main_loader": type(main.__loader__).__name__,
        "main_file": getattr(main, "__file__", None),
        "main_spec": getattr(spec, "name", None),
        "main_package": main.__package__,
        "prefix": [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.executable],
        "pycache_prefix": sys.pycache_prefix,
        "tracing": [repr(sys.gettrace()), repr(sys.getprofile())],
        "recursion": sys.getrecursionlimit(),
        "next_file": opened.fileno(),
        "site": [name for name in sys.modules if name in ("site", "sitecustomize", "usercustomize")],
        "user_site": [getattr(sys.modules.get("site"), name, None) for name in ("ENABLE_USER_SITE", "USER_SITE")],
        "signals": [repr(sys.modules["_signal"].getsignal(number)) for number in range(1, 32)],
    }
    # Last: it is what this module itself has loaded.
    found["modules"] = sorted(sys.modules)
    opened.close()
    return found


def show():
    print(json.dumps(state(), indent=1, sort_keys=True))


if __name__ == "__main__":
    show()
