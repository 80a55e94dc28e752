"""Python's own syntax tree of sources, each as one line of JSON in the form of outline.ts. Arguments are the files' names on stdin."""

import ast
import json
import sys

OPERATORS = {
    "Add": "+", "Sub": "-", "Mult": "*", "MatMult": "@", "Div": "/", "Mod": "%", "Pow": "**", "LShift": "<<", "RShift": ">>",
    "BitOr": "|", "BitXor": "^", "BitAnd": "&", "FloorDiv": "//", "Invert": "~", "Not": "not", "UAdd": "+", "USub": "-",
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Is": "is", "IsNot": "is not", "In": "in",
    "NotIn": "not in", "And": "and", "Or": "or",
}  # fmt: skip


def op(node):
    return OPERATORS[type(node).__name__]


def maybe(node):
    return None if node is None else expression(node)


def some(nodes):
    return [expression(node) for node in nodes]


def interpolated(node):
    found = []
    for value in node.values:
        if type(value).__name__ in ("FormattedValue", "Interpolation"):
            found.append(expression(value.value))
            if value.format_spec is not None:
                found += interpolated(value.format_spec)
    return found


def constant(value):
    if value is None or value is Ellipsis:
        return "None" if value is None else "Ellipsis"
    return "bool %s" % value if isinstance(value, bool) else type(value).__name__


def parameters(args):
    plain = args.posonlyargs + args.args
    defaults = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    found = []
    for at, (arg, default) in enumerate(zip(plain, defaults)):
        found.append([arg.arg, "positional" if at < len(args.posonlyargs) else "normal", maybe(arg.annotation), maybe(default)])
    if args.vararg:
        found.append([args.vararg.arg, "args", maybe(args.vararg.annotation), None])
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        found.append([arg.arg, "keyword", maybe(arg.annotation), maybe(default)])
    if args.kwarg:
        found.append([args.kwarg.arg, "kwargs", maybe(args.kwarg.annotation), None])
    return found


def generators(node):
    return [[expression(one.target), expression(one.iter), some(one.ifs), bool(one.is_async)] for one in node.generators]


def keywords(nodes):
    return [[one.arg, expression(one.value)] for one in nodes]


EXPRESSIONS = {
    "Name": lambda n: [n.id],
    "Attribute": lambda n: [expression(n.value), n.attr],
    "Call": lambda n: [expression(n.func), some(n.args), keywords(n.keywords)],
    "Constant": lambda n: [constant(n.value)],
    "BinOp": lambda n: [op(n.op), expression(n.left), expression(n.right)],
    "UnaryOp": lambda n: [op(n.op), expression(n.operand)],
    "BoolOp": lambda n: [op(n.op), some(n.values)],
    "Compare": lambda n: [expression(n.left), [op(one) for one in n.ops], some(n.comparators)],
    "Subscript": lambda n: [expression(n.value), expression(n.slice)],
    "Slice": lambda n: [maybe(n.lower), maybe(n.upper), maybe(n.step)],
    "Lambda": lambda n: [parameters(n.args), expression(n.body)],
    "IfExp": lambda n: [expression(n.test), expression(n.body), expression(n.orelse)],
    "Dict": lambda n: [[[maybe(key), expression(value)] for key, value in zip(n.keys, n.values)]],
    "Set": lambda n: [some(n.elts)],
    "List": lambda n: [some(n.elts)],
    "Tuple": lambda n: [some(n.elts)],
    "ListComp": lambda n: [expression(n.elt), generators(n)],
    "SetComp": lambda n: [expression(n.elt), generators(n)],
    "GeneratorExp": lambda n: [expression(n.elt), generators(n)],
    "DictComp": lambda n: [expression(n.key), expression(n.value), generators(n)],
    "Await": lambda n: [expression(n.value)],
    "YieldFrom": lambda n: [expression(n.value)],
    "Starred": lambda n: [expression(n.value)],
    "Yield": lambda n: [maybe(n.value)],
    "NamedExpr": lambda n: [expression(n.target), expression(n.value)],
    "JoinedStr": lambda n: [interpolated(n), False],
    "TemplateStr": lambda n: [interpolated(n), True],
}


def expression(node):
    kind = type(node).__name__
    return ["JoinedStr" if kind == "TemplateStr" else kind] + EXPRESSIONS[kind](node)


def pattern(node):
    kind = type(node).__name__
    if kind == "MatchValue":
        return [kind, expression(node.value)]
    if kind == "MatchSingleton":
        return ["MatchValue", ["Constant", constant(node.value)]]
    if kind in ("MatchSequence", "MatchOr"):
        return [kind, [pattern(one) for one in node.patterns]]
    if kind == "MatchMapping":
        return [kind, some(node.keys), [pattern(one) for one in node.patterns], node.rest]
    if kind == "MatchClass":
        return [kind, expression(node.cls), [pattern(one) for one in node.patterns + node.kwd_patterns], node.kwd_attrs]
    if kind == "MatchStar":
        return [kind, node.name]
    return [kind, node.pattern and pattern(node.pattern), node.name]


def body(nodes):
    return [statement(node) for node in nodes]


def aliases(nodes):
    return [[one.name, one.asname] for one in nodes]


def handler(node):
    return [maybe(node.type), node.name, body(node.body)]


STATEMENTS = {
    "FunctionDef": lambda n: [n.name, parameters(n.args), maybe(n.returns), some(n.decorator_list), False, body(n.body)],
    "AsyncFunctionDef": lambda n: [n.name, parameters(n.args), maybe(n.returns), some(n.decorator_list), True, body(n.body)],
    "ClassDef": lambda n: [n.name, some(n.bases), keywords(n.keywords), some(n.decorator_list), body(n.body)],
    "Return": lambda n: [maybe(n.value)],
    "Delete": lambda n: [some(n.targets)],
    "Assign": lambda n: [some(n.targets), expression(n.value)],
    "AugAssign": lambda n: [expression(n.target), op(n.op), expression(n.value)],
    "AnnAssign": lambda n: [expression(n.target), expression(n.annotation), maybe(n.value)],
    "TypeAlias": lambda n: [expression(n.name), expression(n.value)],
    "For": lambda n: [expression(n.target), expression(n.iter), False, body(n.body), body(n.orelse)],
    "AsyncFor": lambda n: [expression(n.target), expression(n.iter), True, body(n.body), body(n.orelse)],
    "While": lambda n: [expression(n.test), body(n.body), body(n.orelse)],
    "If": lambda n: [expression(n.test), body(n.body), body(n.orelse)],
    "With": lambda n: [[[expression(i.context_expr), maybe(i.optional_vars)] for i in n.items], False, body(n.body)],
    "AsyncWith": lambda n: [[[expression(i.context_expr), maybe(i.optional_vars)] for i in n.items], True, body(n.body)],
    "Match": lambda n: [expression(n.subject), [[pattern(c.pattern), maybe(c.guard), body(c.body)] for c in n.cases]],
    "Raise": lambda n: [maybe(n.exc), maybe(n.cause)],
    "Try": lambda n: [body(n.body), [handler(h) for h in n.handlers], False, body(n.orelse), body(n.finalbody)],
    "TryStar": lambda n: [body(n.body), [handler(h) for h in n.handlers], True, body(n.orelse), body(n.finalbody)],
    "Assert": lambda n: [expression(n.test), maybe(n.msg)],
    "Import": lambda n: [aliases(n.names)],
    "ImportFrom": lambda n: [n.module or "", n.level, aliases(n.names)],
    "Global": lambda n: [n.names],
    "Nonlocal": lambda n: [n.names],
    "Expr": lambda n: [expression(n.value)],
    "Pass": lambda n: [],
    "Break": lambda n: [],
    "Continue": lambda n: [],
}


def statement(node):
    kind = type(node).__name__
    return [{"TryStar": "Try"}.get(kind, kind.replace("Async", ""))] + STATEMENTS[kind](node)


def dump(path):
    with open(path, "rb") as file:
        text = file.read()
    try:
        text.decode("utf-8-sig")
        tree = ast.parse(text)
        compile(tree, path, "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None
    return body(tree.body)


sys.setrecursionlimit(20000)
for name in sys.stdin.read().split("\n"):
    if name:
        print(json.dumps(dump(name)))
