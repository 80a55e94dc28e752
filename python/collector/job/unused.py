"""Which module-level imports of a script are bound to a name that the script never uses.

Read from the source by the collector, after the job: nothing of it is recorded but module names. An import may be there
for its side effect, so this is a hint (inferred), never a proof. When in doubt an import counts as used.
"""

import ast
import re

# With these a name may be used without being written.
_REFLECTION = {"globals", "locals", "vars", "eval", "exec"}
_LARGEST_SOURCE = 4 << 20


def unused_imports(script):
    """Returns (used, unused) module names of `script`'s module-level imports, or None when that cannot be told.

    `import a.b` and `from a.b import c` both stand for `a.b`. Never raises on the file's account.
    """
    try:
        with open(script, "rb") as source:
            text = source.read(_LARGEST_SOURCE + 1)
        if len(text) > _LARGEST_SOURCE:
            return None
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    try:
        return _split(tree)
    except RecursionError:
        return None


def _split(tree):
    words = _words_used(tree)
    used, unused = set(), set()
    for module, name in _module_level_bindings(tree):
        target = used if words is None or name is None or name in words else unused
        target.add(module)
    # `import jax, jax.numpy as jnp`: whoever uses the submodule needs the packages above it.
    needed = {above for module in used for above in _packages_above(module)}
    return sorted(used), sorted(unused - used - needed)


def _packages_above(module):
    parts = module.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts)))


def _module_level_bindings(tree):
    """Yields (module, bound name) of each import outside functions and classes; the name is None for `*`."""
    pending = list(tree.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.asname or alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
            for alias in node.names:
                yield node.module, None if alias.name == "*" else alias.asname or alias.name
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            pending[:0] = [child for child in ast.iter_child_nodes(node) if isinstance(child, (ast.stmt, ast.ExceptHandler))]


def _words_used(tree):
    """Every name that is read, and every identifier inside a string (annotations, `__all__`, templates).

    None when the script looks its names up by reflection.
    """
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            if node.id in _REFLECTION:
                return None
            words.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.update(re.findall(r"[^\W\d]\w*", node.value))
    return words
