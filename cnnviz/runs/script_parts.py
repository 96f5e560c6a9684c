"""The pieces of a standalone training script, as text. ``cnnviz.runs.script`` puts together those that a run needs.

Each does what the training loop does, operation by operation, so that the figures come out the same.
"""

HEADER = '''"""{title}.

    python {file_name}

reads data.npz beside it, trains, prints a line an epoch, and writes history.csv and the best weights, best.pt.
Plain PyTorch: it needs {needs}. On the CPU, with torch {torch} and {num_threads},
the figures are those of the run that it was made from.
"""
'''

LOAD = '''
def load(path: Path) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training images and labels, then those for validation. Images are uint8 (N, C, H, W), labels int64 (N,)."""
    with np.load(path, allow_pickle=False) as arrays:
        names = ("train_images", "train_labels", "valid_images", "valid_labels")
        images, labels, valid_images, valid_labels = (torch.from_numpy(arrays[name]).to(DEVICE) for name in names)
    return images, labels, valid_images, valid_labels


def normalise(images: Tensor) -> Tensor:
    """uint8 or float (n, C, H, W) from 0 to 255 → (x / 255 - mean) / std, as one product and one difference.

    Channels last: convolutions on the CPU are a third faster that way.
    """
    std = torch.tensor(STD, device=DEVICE).reshape(1, -1, 1, 1)
    mean = torch.tensor(MEAN, device=DEVICE).reshape(1, -1, 1, 1)
    floats = images.to(torch.float32, memory_format=torch.channels_last)
    return floats.mul_(1 / (255 * std)).sub_(mean / std)
'''

BALANCED = '''
def balanced(labels: Tensor) -> Tensor:
    """A weight for each class, n / (k * n_c): rare classes count for as much as common ones."""
    counts = np.bincount(labels.cpu().numpy(), minlength=NUM_CLASSES)
    present = np.count_nonzero(counts)
    weights = np.where(counts, len(labels) / (present * np.maximum(counts, 1)), 1.0)
    return torch.from_numpy(weights).float().to(DEVICE)
'''

PENALTY_START = '''
def penalty(network: nn.Module) -> Tensor:
    """What is added to the loss to keep the weights small."""
    weights = [parameter for parameter in network.parameters() if parameter.requires_grad]
    terms = []
'''
PENALTY_L1 = "    terms.append(L1_PENALTY * torch.stack([each.abs().sum() for each in weights]).sum())\n"
PENALTY_L2 = "    terms.append(L2_PENALTY * torch.stack([each.square().sum() for each in weights]).sum())\n"
PENALTY_END = "    return torch.stack(terms).sum()\n"

TRAIN_EPOCH = '''
def train_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
{parameters}) -> tuple[float, float]:
    """One pass over the training images; (mean loss, accuracy) as they were while the network learnt."""
    network.train()
    loss_sum, right, seen = torch.zeros((), device=DEVICE), torch.zeros((), device=DEVICE), 0
    order = {order}
    for start in range(0, {end}, BATCH_SIZE):
        batch = order[start : start + BATCH_SIZE]
        inputs, targets = normalise({inputs}), labels[batch]
        logits = network(inputs)
        loss = functional.cross_entropy(logits, targets{weight})
        optimizer.zero_grad(set_to_none=True)
        {objective}.backward()
        optimizer.step()
        loss_sum += loss.detach() * len(targets)  # on the device: .item() at each step would wait for it
        right += (logits.argmax(1) == targets).sum()
        seen += len(targets)
    return loss_sum.item() / seen, right.item() / seen
'''

EVALUATE = '''
@torch.inference_mode()
def evaluate(network: nn.Module, images: Tensor, labels: Tensor{parameters}) -> tuple[float, float]:
    """(mean loss, accuracy) with dropout off and batch norm at its running figures."""
    network.eval()
    logits = torch.cat([network(normalise(part)) for part in images.split(EVAL_BATCH)])
    loss = functional.cross_entropy(logits, labels{weight})
    return loss.item(), (logits.argmax(1) == labels).float().mean().item()
'''

EVALUATE_AS_TRAINED = '''
@torch.inference_mode()
def evaluate_in_training_mode(
    network: nn.Module, images: Tensor, labels: Tensor{parameters}
) -> tuple[float, float]:
    """(mean loss, accuracy) when eval() is forgotten: dropout on, batch norm on each batch's own figures."""
    network.train()
    with _running_figures_kept(network):
        logits = torch.cat([network(normalise(part)) for part in images.split(BATCH_SIZE)])
    loss = functional.cross_entropy(logits, labels{weight})
    return loss.item(), (logits.argmax(1) == labels).float().mean().item()
'''

MAIN_START = '''
def main(data: Path, out: Path) -> None:
    """Train, and write down how it went."""
{threads}    images, labels, valid_images, valid_labels = load(data)
{class_weights}    torch.manual_seed(SEED)
    network = build_network()
{initialise}    network = network.to(DEVICE).to(memory_format=torch.channels_last)
{optimizer}{schedule}{generators}    history: list[dict[str, float]] = []
    best = (-math.inf, -math.inf)
'''

SCORE_ONLY = """    train_loss, train_accuracy = evaluate(network, images, labels{weights})
    valid_loss, valid_accuracy = {evaluate}(network, valid_images, valid_labels{weights})
    history.append(told(0, train_loss, train_accuracy, valid_loss, valid_accuracy, LR))
    torch.save(network.state_dict(), out / "best.pt")
"""

LOOP_START = """{stopping}    for epoch in range(1, MAX_EPOCHS + 1):
{changes}{should_stop}        lr = optimizer.param_groups[0]["lr"]
        train_loss, train_accuracy = train_epoch({arguments})
        valid_loss, valid_accuracy = {evaluate}(network, valid_images, valid_labels{weights})
        history.append(told(epoch, train_loss, train_accuracy, valid_loss, valid_accuracy, lr))
"""

STOPPING = """        # Early stopping counts the epochs since {figure} got better by more than MIN_DELTA.
        worth = {worth}
        if worth > best_worth + MIN_DELTA:
            best_worth, waited = worth, 0
        else:
            waited += 1
"""

KEEP_BEST = """        rank = ({rank})
        if rank > best:
            best = rank
            torch.save(network.state_dict(), out / "best.pt")
"""

MAIN_END = '''    with (out / "history.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, history[0])
        writer.writeheader()
        writer.writerows(history)


def told(
    epoch: int, train_loss: float, train_accuracy: float, valid_loss: float, valid_accuracy: float, lr: float
) -> dict[str, float]:
    """A row of the history, printed."""
    print(
        f"epoch {epoch}: training loss {train_loss:.4f}, accuracy {train_accuracy:.2%}; "
        f"validation loss {valid_loss:.4f}, accuracy {valid_accuracy:.2%}"
    )
    return {
        "epoch": epoch,
        "train_loss": train_loss,
        "train_accuracy": train_accuracy,
        "valid_loss": valid_loss,
        "valid_accuracy": valid_accuracy,
        "lr": lr,
    }


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Train the network.")
    parser.add_argument("--data", type=Path, default=here / "data.npz", help="The images, as exported with this file.")
    parser.add_argument("--out", type=Path, default=here, help="The folder for history.csv and best.pt.")
    arguments = parser.parse_args()
    main(arguments.data, arguments.out)
'''
