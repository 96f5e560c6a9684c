"""Stacks as people type them: ``conv 16 k3 p1 / relu / pool 2 / flatten / linear 10``.

Layers stand apart by ``/``, ``;``, ``→`` or a new line. Input channels and features follow from the layer
before; ``conv 3>16`` and ``linear 512>32`` state them. Lines of PyTorch work as well, a whole nn.Sequential
too. Options: k3 or k3x5 (kernel), s (stride), p (padding, also ``same`` and ``valid``), d (dilation),
g (groups), op (output_padding), div (divisor_override), and the words ``nobias ceil nopad reflect replicate
circular``.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from cnnviz.errors import ShapeError, SpecError
from cnnviz.layer_specs import Conv2d, ConvTranspose2d, LayerSpec, Linear
from cnnviz.ops.output_shape import Shape, output_shape
from cnnviz.ops.stack_python import is_python, python_layer, sequential_parts
from cnnviz.ops.stack_words import FLAGS, OPTIONS, Draft, kind_of

SEPARATORS = re.compile(r"[/;\n→]+")
OPTION = re.compile(r"([a-z]+)=?(-?\d{1,9})(?:x(-?\d{1,9}))?")
NUMBERS = re.compile(r"-?\d{1,9}(\.\d{1,9})?(?:[x,]-?\d{1,9})*")
IN_OUT = re.compile(r"(-?\d{1,9})>(-?\d{1,9})")


def split(text: str) -> list[str]:
    """The layers of a text, each as typed. Raises SpecError for Python that can't be read."""
    if (parts := sequential_parts(text)) is not None:
        return parts
    chunks = (chunk.strip().rstrip(",").strip() for chunk in SEPARATORS.split(text))
    return [chunk for chunk in chunks if chunk]


def join(chunks: Sequence[str]) -> str:
    """Layers as one line of text."""
    return " / ".join(chunks)


def parse(text: str, input_shape: Shape) -> tuple[LayerSpec, ...]:
    """The layers of a text. Raises SpecError, with the layer and the word, for what can't be understood.

    A layer that does not fit the shape it gets is no error here: tracing the stack says where and why.
    """
    return parse_chunks(split(text), input_shape)


def parse_chunks(chunks: Sequence[str], input_shape: Shape) -> tuple[LayerSpec, ...]:
    """As parse, for layers already apart."""
    shape: Shape = input_shape
    specs = []
    for number, chunk in enumerate(chunks, 1):
        try:
            spec = python_layer(chunk) if is_python(chunk) else _layer(chunk, shape)
        except SpecError as error:
            raise SpecError(f"Layer {number}, “{chunk}”: {error.message}", error.hint, field="stack") from error
        specs.append(spec)
        shape = _after(spec, shape)
    return tuple(specs)


def _after(spec: LayerSpec, shape: Shape) -> Shape:
    """The shape for the next layer to go by; after a misfit, the best guess."""
    try:
        return output_shape(spec, shape)
    except ShapeError:
        if isinstance(spec, Linear):
            return (spec.out_features,)
        return (spec.out_channels, *shape[1:]) if isinstance(spec, Conv2d | ConvTranspose2d) else shape


def _layer(chunk: str, shape: Shape) -> LayerSpec:
    words = chunk.lower().replace("×", "x").replace("->", ">").split()
    draft = Draft(kind_of(words[0], shape))
    for word in words[1:]:
        _read(word, draft)
    draft.fill_in(words[0], shape)
    return draft.build()


def _read(word: str, draft: Draft) -> None:
    """Put one word after the layer's name into the draft."""
    if both := IN_OUT.fullmatch(word):
        draft.set_inputs(int(both[1]))
        draft.numbers.append(int(both[2]))
    elif NUMBERS.fullmatch(word):
        draft.add_number(word)
    elif word in FLAGS:
        name, value = FLAGS[word]
        draft.set(name, value, word)
    elif (option := OPTION.fullmatch(word)) and option[1] in OPTIONS:
        number = int(option[2])
        draft.set(OPTIONS[option[1]], (number, int(option[3])) if option[3] else number, word)
    else:
        raise unknown_word(word, [*FLAGS, *OPTIONS])


def unknown_word(word: str, known: Sequence[str]) -> SpecError:
    """The error for a word nobody knows, with what it may have meant."""
    stem, tail = re.fullmatch(r"([^\d-]*)(.*)", word).groups()  # type: ignore[union-attr]
    near = get_close_matches(stem or word, known, n=2, cutoff=0.5)
    guess = " or ".join(f"“{name}{tail if name in OPTIONS else ''}”" for name in near)
    hint = f"Did you mean {guess}?" if near else f"Known here: {', '.join(known)}."
    return SpecError(f"the word “{word}” is unknown.", hint, field="stack")
