"""The one place where a device is chosen."""

import gc
import os
from dataclasses import dataclass
from importlib.metadata import version

import psutil
import torch

from cnnviz.errors import TrainingError
from cnnviz.settings import usable_cores


@dataclass(frozen=True)
class DeviceInfo:
    """A device for a person to read. memory_bytes is what the device has in all, 0 where unknown."""

    name: str
    title: str
    memory_bytes: int


def choose_device(wanted: str = "auto") -> torch.device:
    """CUDA before MPS before the CPU for "auto"; else the one asked for. Raises TrainingError if it is not there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        wanted = next(name for name, available in there.items() if available)
    if not there.get(wanted, False):
        raise TrainingError(
            f"This machine has no {wanted} device that torch {version('torch')} can use.",
            "Choose auto or cpu.",
            field="device",
        )
    return torch.device(wanted)


def describe(device: torch.device) -> DeviceInfo:
    """What the device is called and how much memory it has."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return DeviceInfo("cuda", properties.name, properties.total_memory)
    if device.type == "mps":
        return DeviceInfo("mps", "Apple GPU", torch.mps.recommended_max_memory())
    return DeviceInfo("cpu", f"CPU, {usable_cores()} cores", main_memory_bytes())


def main_memory_bytes() -> int:
    """The machine's memory, or 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def free_bytes(device: torch.device) -> int:
    """Memory that a training could still take on the device; 0 where unknown."""
    if device.type == "cuda":  # what torch holds for reuse is free as well
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + unused
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return int(psutil.virtual_memory().available)


def release() -> None:
    """Give a GPU's memory back once a run is over; costs nothing where no GPU was used."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        gc.collect()
        torch.cuda.empty_cache()
