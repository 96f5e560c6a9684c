"""A run as one file of plain PyTorch that gives the same figures and needs nothing of cnnviz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from cnnviz.runs import script_parts as parts
from cnnviz.runs.script_network import network_code
from cnnviz.runs.sources import Gathered, gather
from cnnviz.specs import TrainSpec

FILE_NAME = "train.py"
EVAL_BATCH = 1000
_IMPORTS = ("import argparse", "import csv", "from pathlib import Path", "import numpy as np",
            "import torch", "from torch import Tensor, nn", "from torch.nn import functional")  # fmt: skip
_OUTSIDE = ("numpy", "safetensors", "torch", "torchvision")
_OPTIMIZERS = {
    "adam": "Adam(network.parameters(), lr=LR, weight_decay=WEIGHT_DECAY, fused=True)",
    "adamw": "AdamW(network.parameters(), lr=LR, weight_decay=WEIGHT_DECAY, fused=True)",
    "sgd": "SGD(network.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True)",
}
_SCHEDULES = {
    "plateau": "ReduceLROnPlateau(optimizer, factor={factor}, patience={patience})",
    "step": "StepLR(optimizer, {period}, gamma={factor})",
    "cosine": "CosineAnnealingLR(optimizer, {period})",
}


@dataclass(frozen=True, kw_only=True)
class ScriptFacts:
    """What a script needs to know beside the spec.

    ``changes`` are the rows of a run's changes: what was set to another value before which epoch.
    """

    input_shape: tuple[int, int, int]
    num_classes: int
    title: str = ""
    num_threads: int = 0
    changes: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def script(spec: TrainSpec, facts: ScriptFacts) -> str:
    """The whole file. Raises RunError for a network whose code can't be had."""
    gathered = Gathered()
    network = network_code(spec, facts.input_shape, facts.num_classes, gathered)
    _gather_helpers(spec, gathered)
    sections = [
        _settings(spec, facts),
        network,
        _augmentation(spec),
        gathered.text,
        parts.LOAD,
        parts.BALANCED if spec.class_weights == "balanced" else "",
        _penalty(spec),
        _train_epoch(spec) if spec.max_epochs else "",
        _evaluation(spec),
        _main(spec, facts),
    ]
    # What the network is made of comes before the function that builds it.
    sections[1], sections[3] = sections[3], sections[1]
    head = _header(spec, facts, gathered) + "\nfrom __future__ import annotations\n\n" + _imports(gathered)
    return head + "\n" + "\n\n\n".join(part.strip("\n") for part in sections if part) + "\n"


def _header(spec: TrainSpec, facts: ScriptFacts, gathered: Gathered) -> str:
    names = ["torch", "numpy", *(["torchvision"] if any("torchvision" in line for line in gathered.imports) else [])]
    names += ["safetensors"] if spec.weights else []
    return parts.HEADER.format(
        title=(facts.title or f"{spec.model} on {spec.data}").replace('"', "'").replace("\\", "/"),
        file_name=FILE_NAME,
        needs=" and ".join([", ".join(names[:-1]), names[-1]]),
        torch=version("torch"),
        num_threads=_threads_text(facts.num_threads or spec.num_threads),
    )


def _threads_text(num_threads: int) -> str:
    return f"{num_threads} thread{'s' if num_threads > 1 else ''}" if num_threads else "as many threads"


def _imports(gathered: Gathered) -> str:
    """The import lines, one a module, the standard library's first."""
    plain = {line for line in (*_IMPORTS, *gathered.imports) if line.startswith("import")}
    names: dict[str, set[str]] = {}
    for line in {*_IMPORTS, *gathered.imports} - plain:
        _, module, _, listed = line.split(" ", 3)
        names.setdefault(module, set()).update(listed.split(", "))
    lines = sorted(plain) + [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
    outside = [line for line in lines if line.split()[1].split(".")[0] in _OUTSIDE]
    inside = [line for line in lines if line not in outside]
    return "\n".join([*inside, "", *outside, ""])


def _settings(spec: TrainSpec, facts: ScriptFacts) -> str:
    constants: dict[str, object] = {"SEED": spec.seed, "LR": spec.lr, "WEIGHT_DECAY": spec.weight_decay}
    constants |= {"MOMENTUM": spec.momentum} if spec.optimizer == "sgd" else {}
    constants |= {"L1_PENALTY": spec.l1_penalty} if spec.l1_penalty else {}
    constants |= {"L2_PENALTY": spec.l2_penalty} if spec.l2_penalty else {}
    constants |= {"BATCH_SIZE": spec.batch_size, "MAX_EPOCHS": spec.max_epochs}
    constants |= {"PATIENCE": spec.patience, "MIN_DELTA": spec.min_delta} if spec.patience else {}
    constants |= {"MEAN": spec.mean, "STD": spec.std, "NUM_CLASSES": facts.num_classes, "EVAL_BATCH": EVAL_BATCH}
    changes, again = _changes(facts)
    constants |= {"CHANGES": changes} if changes else {}
    constants |= {"PATIENCE_ANEW": again} if again and spec.patience else {}
    return "\n".join([_device(spec.device), *(f"{name} = {value!r}" for name, value in constants.items())])


def _device(wanted: str) -> str:
    if wanted != "auto":
        return f'DEVICE = torch.device("{wanted}")'
    mps = '"mps" if torch.backends.mps.is_available() else "cpu"'
    return f'DEVICE = torch.device("cuda" if torch.cuda.is_available() else {mps})'


def _changes(facts: ScriptFacts) -> tuple[dict[int, dict[str, float]], set[int]]:
    """(what was changed before which epoch, the epochs before which early stopping started to count anew)."""
    changes: dict[int, dict[str, float]] = {}
    for row in facts.changes:
        if row.get("what") in ("lr", "weight_decay"):
            changes.setdefault(int(row["epoch"]), {})[row["what"]] = float(row["value"])
    return changes, {int(row["epoch"]) for row in facts.changes if row.get("what") == "more epochs"}


def _gather_helpers(spec: TrainSpec, gathered: Gathered) -> None:
    if spec.max_epochs:
        gathered.imports.add("import math")
    if spec.init:
        gather("cnnviz.training.initialise", "initialise", gathered)
    if not spec.augment.is_off:
        gather("cnnviz.data.augment", "augment", gathered, frozenset({"AugmentSpec"}))
    if spec.score_in_training_mode:
        gather("cnnviz.training.scoring", "_running_figures_kept", gathered)
    if spec.weights:
        gathered.imports.add("from safetensors.torch import load_file")


def _augmentation(spec: TrainSpec) -> str:
    """The augmentation's settings as a class of constants; what reads them comes from our own code."""
    if spec.augment.is_off:
        return ""
    lines = [f"    {name} = {value!r}" for name, value in spec.augment.as_dict().items()]
    about = '    """How far training images are changed, each drawn anew each time; 0 turns a change off."""'
    return "\n".join(["class AugmentSpec:", about, "", *lines, "    is_off = False"])


def _penalty(spec: TrainSpec) -> str:
    if not (spec.l1_penalty or spec.l2_penalty):
        return ""
    l1, l2 = parts.PENALTY_L1 if spec.l1_penalty else "", parts.PENALTY_L2 if spec.l2_penalty else ""
    return parts.PENALTY_START + l1 + l2 + parts.PENALTY_END


def _weight(spec: TrainSpec) -> tuple[str, str]:
    """(the parameter, the argument) that hands class weights on; empty without."""
    return (", class_weights: Tensor", ", class_weights") if spec.class_weights else ("", "")


def _generators(spec: TrainSpec) -> list[tuple[str, str]]:
    """The random generators that an epoch draws from: (name, code)."""
    if not spec.max_epochs:
        return []
    shuffled = [("order_draws", "torch.Generator().manual_seed(SEED)  # of the batches' order alone")]
    augmented = [("augment_draws", "torch.Generator(DEVICE).manual_seed(SEED)  # of the augmentation alone")]
    return (shuffled if spec.shuffle else []) + ([] if spec.augment.is_off else augmented)


def _train_epoch(spec: TrainSpec) -> str:
    names = [name for name, _ in _generators(spec)]
    parameters = [f"{name}: torch.Generator" for name in names]
    parameters += ["class_weights: Tensor"] if spec.class_weights else []
    images = "images[batch]" if spec.augment.is_off else "augment(images[batch], AugmentSpec, augment_draws)"
    return parts.TRAIN_EPOCH.format(
        parameters="".join(f"    {parameter},\n" for parameter in parameters),
        order="torch.randperm(len(labels), generator=order_draws).to(DEVICE)"
        if spec.shuffle
        else "torch.arange(len(labels), device=DEVICE)",
        end="len(labels) - len(labels) % BATCH_SIZE" if spec.drop_last else "len(labels)",
        inputs=images,
        weight=_weight(spec)[1],
        objective="(loss + penalty(network))" if spec.l1_penalty or spec.l2_penalty else "loss",
    )


def _evaluation(spec: TrainSpec) -> str:
    parameter, argument = _weight(spec)
    needed = [] if spec.score_in_training_mode and spec.max_epochs else [parts.EVALUATE]
    needed += [parts.EVALUATE_AS_TRAINED] if spec.score_in_training_mode else []
    return "\n\n".join(part.format(parameters=parameter, weight=argument) for part in needed)


def _main(spec: TrainSpec, facts: ScriptFacts) -> str:
    weights, evaluate = _weight(spec)[1], "evaluate_in_training_mode" if spec.score_in_training_mode else "evaluate"
    start = parts.MAIN_START.format(
        threads=_threads(spec, facts),
        class_weights=_class_weights(spec),
        initialise=_initialise(spec),
        optimizer=f"    optimizer = torch.optim.{_OPTIMIZERS[spec.optimizer]}\n" if spec.max_epochs else "",
        schedule=_schedule(spec),
        generators="".join(f"    {name} = {code}\n" for name, code in _generators(spec)),
    )
    if not spec.max_epochs:
        best = "    best = (-math.inf, -math.inf)\n"
        return start.replace(best, "") + parts.SCORE_ONLY.format(weights=weights, evaluate=evaluate) + parts.MAIN_END
    arguments = ["network", "optimizer", "images", "labels", *(name for name, _ in _generators(spec))]
    arguments += ["class_weights"] if spec.class_weights else []
    loop = parts.LOOP_START.format(
        stopping="    best_worth, waited = -math.inf, 0\n" if spec.patience else "",
        changes=_change_code(spec, facts),
        should_stop="        if waited >= PATIENCE:\n            break\n" if spec.patience else "",
        arguments=", ".join(arguments),
        evaluate=evaluate,
        weights=weights,
    )
    return start + loop + _after_epoch(spec) + parts.MAIN_END


def _threads(spec: TrainSpec, facts: ScriptFacts) -> str:
    wanted = facts.num_threads or spec.num_threads
    return f"    torch.set_num_threads({wanted})\n" if wanted else ""


def _class_weights(spec: TrainSpec) -> str:
    if not spec.class_weights:
        return ""
    given = "balanced(labels)" if spec.class_weights == "balanced" else None
    return (
        f"    class_weights = {given or f'torch.tensor([{spec.class_weights}], dtype=torch.float32, device=DEVICE)'}\n"
    )


def _initialise(spec: TrainSpec) -> str:
    started = f'    initialise(network, "{spec.init}")\n' if spec.init else ""
    stored = '    network.load_state_dict(load_file(data.parent / "start.safetensors"))\n' if spec.weights else ""
    return started + stored


def _schedule(spec: TrainSpec) -> str:
    if spec.schedule == "constant":
        return ""
    made = _SCHEDULES[spec.schedule].format(
        factor=spec.schedule_factor, patience=spec.schedule_patience, period=spec.schedule_period
    )
    return f"    schedule = torch.optim.lr_scheduler.{made}\n"


def _change_code(spec: TrainSpec, facts: ScriptFacts) -> str:
    changes, again = _changes(facts)
    anew = "        if epoch in PATIENCE_ANEW:\n            waited = 0  # the run was continued\n"
    given = "        optimizer.param_groups[0].update(CHANGES.get(epoch, {}))  # as was asked for while it trained\n"
    return (anew if again and spec.patience else "") + (given if changes else "")


def _after_epoch(spec: TrainSpec) -> str:
    stopping = parts.STOPPING.format(
        figure=spec.stop_by.replace("valid_", "the validation "),
        worth="-valid_loss" if spec.stop_by == "valid_loss" else "valid_accuracy",
    )
    step = {"plateau": "        schedule.step(valid_loss)\n", "constant": ""}.get(
        spec.schedule, "        schedule.step()\n"
    )
    rank = "0.0, -valid_loss" if spec.best_by == "valid_loss" else "valid_accuracy, -valid_loss"
    return (stopping if spec.patience else "") + step + parts.KEEP_BEST.format(rank=rank)
