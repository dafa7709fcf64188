"""A proof on the source text: no statement carries the input to what leaves.

The input is followed through every function of the audio path. It may be scaled into the gate's
own input buffer, given to the core, to the judge and to the level meter. Any other use (written
into an array, kept in an attribute, returned, given to a call that is not on the list) is found.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "disguise"

INPUTS = {"block", "indata", "data"}
"""Names of parameters that hold the input, in every function of the modules below."""

SOURCES = {"read", "_read", "_next_block", "read_frames"}
"""Calls that give it, and the only functions that may return it."""

VIEWS = {"frombuffer", "to_floats"}
"""Calls that give it back in another form."""

KEPT = {"_in"}
"""Attributes that hold it."""

FIGURES = {"shape", "size", "dtype", "ndim"}
"""Attributes of an array that are no sound."""

ENDS = {
    "process",  # of the core and of the guard: what comes back is the disguise or silence
    "process_into",
    "run",
    "_work",
    "_judge",
    "judge",
    "take",  # of the search for traces and of the sound check, which have no way out
    "_disguised",  # of the pipe, followed by itself
    "len",
    "float",  # of a peak, for the meter
    "may_share_memory",
    "zeros_like",
    "str",
}
"""Calls that may be given the input; what they return is not the input."""

MODULES = ("gate.py", "guard.py", "hush.py", "pipe.py", "ports.py")


class Follower(ast.NodeVisitor):
    """Follows the input through one function."""

    def __init__(self, tainted: set[str]) -> None:
        self.tainted = set(tainted)
        self.found: list[str] = []

    def holds(self, node: ast.expr | None) -> bool:  # noqa: PLR0911  one kind of node a line
        """Whether the expression's value may be the input."""
        if node is None:
            return False
        if isinstance(node, ast.Name):
            return node.id in self.tainted
        if isinstance(node, ast.Attribute):
            return node.attr in KEPT or (node.attr not in FIGURES and self.holds(node.value))
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Compare):
            return False
        if isinstance(node, ast.NamedExpr):
            self.store(node.target, node.value)
            return self.holds(node.value)
        return any(
            self.holds(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        )

    def call(self, node: ast.Call) -> bool:  # noqa: PLR0911  one kind of call a line
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in {"multiply", "copyto", "clip"}:
            self.written(node, name)
            return False
        if name in ENDS:
            return False
        if name in SOURCES:
            return True
        if name in VIEWS:
            return any(self.holds(argument) for argument in given)
        if isinstance(function, ast.Attribute) and self.holds(function.value):
            return True  # a method of the input: a view or a copy of it
        if any(self.holds(argument) for argument in given):
            self.found.append(f"line {node.lineno}: {name}() is given the input")
            return True
        return False

    def written(self, node: ast.Call, name: str) -> None:
        out = next((k.value for k in node.keywords if k.arg == "out"), None)
        target, sources = (node.args[0], node.args[1:]) if name == "copyto" else (out, node.args)
        if any(self.holds(source) for source in sources) and not self.holds(target):
            self.found.append(f"line {node.lineno}: {name}() writes the input elsewhere")

    def store(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=True):
                self.store(one, other)
        elif isinstance(target, ast.Name):
            (self.tainted.add if self.holds(value) else self.tainted.discard)(target.id)
        elif self.holds(value) and not self.holds(target):
            self.found.append(f"line {target.lineno}: the input is stored")

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.store(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.store(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if self.holds(node.value):
            self.found.append(f"line {node.lineno}: the input is added")

    def visit_Return(self, node: ast.Return) -> None:
        if self.holds(node.value):
            self.found.append(f"line {node.lineno}: the input is returned")

    def visit_Expr(self, node: ast.Expr) -> None:
        self.holds(node.value)

    def visit_While(self, node: ast.While) -> None:
        self.holds(node.test)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        if isinstance(node.target, ast.Name) and self.holds(node.iter):
            self.tainted.add(node.target.id)
        self.generic_visit(node)


def bypasses(source: str) -> list[str]:
    """Every place where the input gets to where it must not."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        if function.name in SOURCES:
            continue
        names = {argument.arg for argument in function.args.args}
        follower = Follower(names & INPUTS | ({"heard"} & names if "said" in names else set()))
        for statement in function.body:
            follower.visit(statement)
        found += [f"{function.name}, {place}" for place in follower.found]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_no_statement_carries_the_input_to_what_leaves(module: str) -> None:
    assert bypasses((FOLDER / module).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "line", "worse"),
    [
        (
            "guard.py",
            "answer.fill(0)\n        self._began",
            "np.copyto(answer, block)\n        self._began",
        ),
        ("guard.py", "return answer", "return block"),
        ("guard.py", "return answer", "return answer if self._state else block.copy()"),
        ("gate.py", "np.copyto(said, given.reshape(heard.shape))", "np.copyto(said, heard)"),
        ("gate.py", "given = core.process(", "given = self._out[:n] = heard; core.process("),
        ("gate.py", "said = self._out[: len(answer)]", "said = self._in[: len(answer)]"),
        (
            "gate.py",
            "self._alike = 0\n            return",
            "self._spare = heard\n            return",
        ),
        (
            "guard.py",
            "answer.fill(0)\n        self._began",
            "answer[:] = 0.5 * block\n        self._began",
        ),
        ("guard.py", "answer.fill(0)\n        self._began", "answer += block\n        self._began"),
        (
            "guard.py",
            "answer.fill(0)\n        self._began",
            "mix(answer, block)\n        self._began",
        ),
        ("pipe.py", "self._write(self._disguised(data), skip)", "self._write(data, skip)"),
        ("pipe.py", "self._sink.write(bytes(len(data)))", "self._sink.write(data)"),
        ("pipe.py", "to_bytes(self.guard.process(block)", "to_bytes((block)"),
        ("hush.py", "self._silence(len(data))", "self._sink.write(data)"),
        ("hush.py", "ear.take(to_floats(", "self._kept = (to_floats("),
        (
            "ports.py",
            "_write(said, guard.process(block).tobytes())",
            "_write(said, block.tobytes())",
        ),
        ("ports.py", "_write(said, guard.process(block).tobytes())", "_write(said, 1 * block)"),
        ("ports.py", "guard.process_into(indata, outdata)", "outdata[:] = indata"),
    ],
)
def test_the_proof_finds_a_bypass_that_is_put_in(module: str, line: str, worse: str) -> None:
    source = (FOLDER / module).read_text("utf-8")
    assert line in source
    assert bypasses(source.replace(line, worse))


def test_every_way_out_of_process_into_begins_with_silence() -> None:
    tree = ast.parse((FOLDER / "guard.py").read_text("utf-8"))
    function = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "process_into"
    )
    first = function.body[1]  # after the docstring
    assert ast.unparse(first) == "answer.fill(0)"
    assert not any(isinstance(node, ast.Return) for node in ast.walk(function))
