# Its public names stand in the .pyi beside it, and are imported when they are first asked for, as scientific packages do.
import ast
import importlib
import os


def _names():
    with open(os.path.splitext(__file__)[0] + ".pyi", encoding="utf-8") as stub:
        tree = ast.parse(stub.read())
    return {alias.name: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def __getattr__(name):
    module = _names().get(name)
    if module is None:
        raise AttributeError(name)
    return getattr(importlib.import_module("weather." + module), name)
