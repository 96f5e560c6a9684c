"""What a worker process does with a run folder: train what it asks for and write down how it went."""

import logging
import sys
import time
from dataclasses import replace
from pathlib import Path

from cnnviz import settings
from cnnviz.errors import CnnvizError
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.status import Status

log = logging.getLogger("cnnviz")


def train_run(folder: str) -> str:
    """Train the run in that folder and return its final state. Raises RunError when another process has it.

    Only a queued run is trained: a scheduler hands the job of a killed worker to the next one, and a run that was
    cut off must not silently go on. One that was queued again goes on from its last whole epoch.
    """
    run = RunFolder(Path(folder))
    if not run.path.is_dir():
        return "deleted"
    with run.held():
        recorded = run.recorded_status()
        if recorded.state != "queued":
            return recorded.state
        run.sweep()
        settings.use_model_files(run.asked().get("model_files", ()))
        status = _train(run)
        run.write_status(status)
    _release()
    return status.state


def _release() -> None:
    if "torch" in sys.modules:
        from cnnviz.training.device import release

        release()


def _train(run: RunFolder) -> Status:
    if run.is_stop_requested():
        return Status("stopped", why="It was stopped before it began.")
    from cnnviz.training.loop import Stop  # torch: only the process that trains needs it

    try:
        return Status("finished", why=_fit(run))
    except Stop:
        kept = "what it had learnt is kept" if run.history() else "it had not finished an epoch"
        return Status(
            "stopped", why=f"It was stopped by hand; {kept}.", hint="Resume goes on from its last whole epoch."
        )
    except CnnvizError as error:
        return Status("failed", why=error.message, hint=error.hint)
    except OSError as error:
        log.exception("Run %s failed", run.id)
        why = f"A file could not be read or written: {error.strerror or error}."
        return Status("failed", why=why, hint="Make room in the runs folder and resume it.")
    except Exception as error:  # whatever it was, the folder must say that the run is over
        log.exception("Run %s failed", run.id)
        return Status("failed", why=f"{type(error).__name__}: {error}", hint="The server's log has the details.")


def _fit(run: RunFolder) -> str:
    """Train the run from where it stands; returns what there is to say about how it ended."""
    import torch

    from cnnviz.data import registry
    from cnnviz.runs import checkpoints
    from cnnviz.runs.recorder import Recorder
    from cnnviz.runs.split_file import keep_split
    from cnnviz.training.device import describe
    from cnnviz.training.trainer import prepare, split_for

    spec, asked = run.spec(), run.asked()
    # As many threads as when it began: sums come out the same to the last digit.
    spec = replace(spec, num_threads=int(asked.get("num_threads") or spec.num_threads))
    continued = int(asked.get("continued") or 0)
    telling = Telling(run)
    telling("Loading the data", 0.0)
    images = registry.load(spec.data, telling)
    parts = split_for(spec, images)
    keep_split(run, parts, spec.data)
    trainer = prepare(spec, images, parts)
    about = {"device": describe(trainer.device).title, "num_threads": torch.get_num_threads()}
    run.write_asked({**asked, **about})
    done = checkpoints.last_epoch(run, trainer, continued)
    run.keep_epochs(done)
    recorder = Recorder(run, spec.best_by, parts.valid, continued)
    recorder.start(trainer, done + 1)
    trainer.fit(recorder, done + 1)
    return recorder.finish(trainer)


class Telling:
    """A Progress that shows in the run's status, a few times a second."""

    def __init__(self, run: RunFolder) -> None:
        self.run, self.started, self.told = run, time.time(), 0.0

    def __call__(self, doing: str, done: float) -> None:
        """Write what is being done; skip what comes too soon after the last."""
        if (now := time.perf_counter()) - self.told > 0.2:
            self.told = now
            self.run.write_status(Status("running", self.started, why=doing))
