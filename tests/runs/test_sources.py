"""Gathering source: what a definition needs comes with it, in an order that runs."""

from cnnviz.runs.sources import Gathered, attributes_used, gather, import_line, names_used, parse


def test_a_definition_brings_what_it_needs_first() -> None:
    gathered = Gathered()
    gather("cnnviz.models.cifar_residual", "CifarResDeep", gathered)
    assert list(gathered.definitions) == ["ResBlock", "CifarResDeep"]
    assert gathered.imports >= {"import torch", "from torch import nn", "from torch.nn import functional"}


def test_names_of_our_own_modules_are_written_out() -> None:
    gathered = Gathered()
    gather("cnnviz.data.augment", "augment", gathered, frozenset({"AugmentSpec"}))
    assert "augment_affine." not in gathered.text and "cnnviz" not in "".join(gathered.imports)
    assert list(gathered.definitions)[-1] == "augment" and {"move", "flip", "grey"} <= set(gathered.definitions)
    exec(compile("from __future__ import annotations\n" + "\n".join(sorted(gathered.imports)) + "\n" + gathered.text,
                 "gathered", "exec"), {})  # fmt: skip


def test_annotations_are_told_from_what_runs() -> None:
    tree = parse("def f(x: A) -> B:\n    y: C = D\n    return A(y)\n").definitions["f"].node
    used = dict(names_used(tree))
    assert (used["A"], used["B"], used["C"], used["D"]) == (True, False, False, True)


def test_import_lines_and_comments_above() -> None:
    module = parse("import numpy as np\nfrom a.b import c as d\nimport e.f\n# why\nX = 1\n")
    lines = [import_line(name, *module.imports[name]) for name in ("np", "d", "e")]
    assert lines == ["import numpy as np", "from a.b import c as d", "import e.f"]
    assert module.definitions["X"].text == "# why\nX = 1"
    assert attributes_used(parse("def g():\n    return m.a + m.b.c\n").definitions["g"].node, "m") == ["a", "b"]
