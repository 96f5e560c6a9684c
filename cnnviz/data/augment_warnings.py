"""Where an augmentation changes what an image's label means, said in sentences."""

from collections.abc import Iterator, Sequence

from cnnviz.augment_spec import AugmentSpec

# From here on a turned 6 may be read as a 9; at 90 degrees an n is a c and a Z an N.
MAX_TURN, QUARTER = 45, 90
MIRRORED_LETTERS = ({"b", "d"}, {"p", "q"})
UPENDED_LETTERS = ({"b", "p"}, {"d", "q"}, {"m", "w"}, {"n", "u"})
TURNED_LETTERS = ({"m", "w"}, {"n", "u"}, {"b", "q"}, {"d", "p"}, {"n", "z"})
SIDES, ENDS = ({"left", "right"},), ({"up", "down"}, {"top", "bottom"})
COLOURS = {"red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "black", "white", "grey", "gray"}
PLACES = {"center", "centre", "edge-loc", "edge-ring", "loc"}
PLACE_REACH = 0.1


def augment_warnings(spec: AugmentSpec, classes: Sequence[str]) -> list[str]:
    """A sentence for each way in which ``spec`` can turn an image of one class into another's, or into none.

    Goes by the names of the classes; nothing known about them gives no warning beyond those that hold for any image.
    """
    names = {name.strip().lower() for name in classes}
    checks = (_digits, _letters, _directions, _colours, _places, _too_much)
    return [sentence for check in checks for sentence in check(spec, names)]


def _digits(spec: AugmentSpec, names: set[str]) -> Iterator[str]:
    if {"6", "9"} <= names and spec.rotation > MAX_TURN:
        yield f"Turned by up to {spec.rotation:g} degrees, a 6 can read as a 9; {MAX_TURN} degrees keep them apart."
    if names & set("234579") and spec.horizontal_flip:
        yield "Mirrored left to right, the digits 2, 3, 4, 5, 6, 7 and 9 are digits no more, and a 2 comes near a 5."
    if names & set("245679") and spec.vertical_flip:
        yield "Turned upside down by a flip, the digits 2, 4, 5, 6, 7 and 9 are digits no more, and a 2 comes near a 5."


def _letters(spec: AugmentSpec, names: set[str]) -> Iterator[str]:
    yield from _mixed("Mirrored left to right", bool(spec.horizontal_flip), names, MIRRORED_LETTERS)
    yield from _mixed("Mirrored top to bottom", bool(spec.vertical_flip), names, UPENDED_LETTERS)
    yield from _mixed(f"Turned by up to {spec.rotation:g} degrees", spec.rotation >= QUARTER, names, TURNED_LETTERS)
    if any("\u3040" <= name[:1] <= "\u9fff" for name in names) and (spec.horizontal_flip or spec.vertical_flip):
        yield "Mirrored, a written character is a character no more."


def _directions(spec: AugmentSpec, names: set[str]) -> Iterator[str]:
    yield from _mixed("Mirrored left to right", bool(spec.horizontal_flip), names, SIDES)
    yield from _mixed("Mirrored top to bottom", bool(spec.vertical_flip), names, ENDS)
    turned = f"Turned by up to {spec.rotation:g} degrees"
    yield from _mixed(turned, spec.rotation >= QUARTER, names, SIDES + ENDS)


def _mixed(how: str, is_on: bool, names: set[str], groups: Sequence[set[str]]) -> Iterator[str]:
    mixed = [sorted(group) for group in groups if group <= names]
    if is_on and mixed:
        yield f"{how}, {'; '.join(f'{first} and {second}' for first, second in mixed)} change places."


def _colours(spec: AugmentSpec, names: set[str]) -> Iterator[str]:
    if len(names & COLOURS) > 1 and (spec.hue or spec.invert or spec.saturation):
        yield "The classes are colours, and hue, saturation or negatives change the colour."


def _places(spec: AugmentSpec, names: set[str]) -> Iterator[str]:
    if len(names & PLACES) < 2:
        return
    if max(spec.shift, spec.scale) > PLACE_REACH:
        yield "These classes name a place on the wafer, and shifting or scaling moves it: Center comes near Loc."
    if spec.crop:
        yield "Cropping cuts off the edge of the wafer, where Edge-Loc and Edge-Ring have their mark."
    if spec.invert or spec.hue or spec.contrast or spec.brightness:
        yield "The channels are states of a die, not colours: changed colours leave dies in no state or in two."


def _too_much(spec: AugmentSpec, names: set[str]) -> Iterator[str]:
    if spec.shift > 0.4:
        yield f"Shifted by up to {spec.shift:.0%} of a side, what the label names may leave the image."
    if spec.erase > 0.4:
        yield f"Blacking out up to {spec.erase:.0%} of an image may take away what the label names."
    if spec.noise > 0.5:
        yield f"Noise with a standard deviation of {spec.noise:.0%} of white drowns most images."
    if spec.brightness == 1 or spec.contrast == 1:
        yield "Brightness or contrast of 1 can make an image wholly black or grey."
