"""The data sets that cnnviz knows: what each is, how large, whose, and what is customary with it."""

from typing import TypedDict

from cnnviz.data import cifar, colour_mnist, digits, mnist_5k, wafer_lswmd, wafer_synthetic
from cnnviz.data.entry import Catalogue, DataEntry
from cnnviz.data.idx_sets import FASHION_MNIST, KMNIST, MNIST
from cnnviz.data.wafer_patterns import HEIGHT, WIDTH


class _Kind(TypedDict, total=False):
    licence: str
    num_classes: int
    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]


_MNIST = _Kind(licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes", num_classes=10, shape=(1, 28, 28))
_CIFAR = _Kind(
    licence="no licence stated; its authors ask to cite Krizhevsky (2009)",
    shape=(3, 32, 32),
    mean=(0.4915, 0.4823, 0.4468),
    std=(0.2470, 0.2435, 0.2616),
)
# A channel is 0 or 1, one for each state of a die, so nothing is left to normalise.
_WAFERS = _Kind(num_classes=len(wafer_synthetic.CLASSES), shape=(3, HEIGHT, WIDTH), mean=(0.0,), std=(1.0,))

DATA_SETS = Catalogue(
    (
        DataEntry(
            name="mnist-5k",
            title="5,000 handwritten digits",
            about="Real MNIST digits, 500 of each, that come with the app.",
            num_images=5_000,
            num_train=None,
            download_mb=0,
            read=mnist_5k.load,
            **_MNIST,
        ),
        DataEntry(
            name="digits",
            title="Small digits, 8×8",
            about="1,797 handwritten digits of 8×8 pixels that come with scikit-learn: a network trains in seconds.",
            licence="CC BY 4.0, E. Alpaydin and C. Kaynak, UCI repository",
            num_classes=10,
            num_images=1_797,
            num_train=None,
            shape=(1, 8, 8),
            download_mb=0,
            read=digits.load,
        ),
        DataEntry(
            name="mnist",
            title="MNIST",
            about="All 70,000 handwritten digits, 60,000 of them for training.",
            num_images=70_000,
            num_train=60_000,
            download_mb=11.6,
            read=MNIST.load,
            is_at_hand=MNIST.at_hand,
            **_MNIST,
        ),
        DataEntry(
            name="fashion-mnist",
            title="FashionMNIST",
            about="70,000 grey pictures of clothes in ten classes, as large as MNIST's digits and harder.",
            licence="MIT, Zalando SE",
            num_classes=10,
            num_images=70_000,
            num_train=60_000,
            shape=(1, 28, 28),
            download_mb=30.9,
            read=FASHION_MNIST.load,
            is_at_hand=FASHION_MNIST.at_hand,
        ),
        DataEntry(
            name="kmnist",
            title="KMNIST",
            about="70,000 handwritten Japanese characters in ten classes, as large as MNIST's digits and harder.",
            licence="CC BY-SA 4.0, Center for Open Data in the Humanities (CODH)",
            num_classes=10,
            num_images=70_000,
            num_train=60_000,
            shape=(1, 28, 28),
            download_mb=21.2,
            read=KMNIST.load,
            is_at_hand=KMNIST.at_hand,
        ),
        DataEntry(
            name="cifar-10",
            title="CIFAR-10",
            about="60,000 small colour photographs in ten classes, 50,000 of them for training.",
            num_classes=10,
            num_images=60_000,
            num_train=50_000,
            download_mb=170.1,
            read=cifar.load,
            is_at_hand=cifar.at_hand,
            **_CIFAR,
        ),
        DataEntry(
            name="cifar-2",
            title="CIFAR-2: airplanes and birds",
            about="The airplanes and birds of CIFAR-10: 10,000 photographs for training and 2,000 for validation.",
            num_classes=2,
            num_images=12_000,
            num_train=10_000,
            download_mb=170.1,
            read=cifar.load_pair,
            is_at_hand=cifar.at_hand,
            **_CIFAR,
        ),
        DataEntry(
            name="colour-mnist",
            title="Coloured MNIST",
            about="Digits in colour on a coloured ground, turned, scaled and blurred.",
            licence="CC BY-SA 3.0, made from MNIST",
            num_classes=10,
            num_images=5_000,
            num_train=None,
            shape=(3, 28, 28),
            download_mb=0,
            read=colour_mnist.load,
            facts=colour_mnist.facts,
        ),
        DataEntry(
            name="wafer-synthetic",
            title="Wafer maps (synthetic)",
            about="Synthetic: 9,000 wafer maps drawn by a generator in the form of WM-811K, nine kinds of defects and "
            "far more without any. No measurements.",
            licence="MIT, drawn by cnnviz",
            num_images=wafer_synthetic.NUM_IMAGES,
            num_train=None,
            download_mb=0,
            read=wafer_synthetic.load,
            synthetic=True,
            **_WAFERS,
        ),
        DataEntry(
            name="wafer-lswmd",
            title="Wafer maps, WM-811K",
            about="172,950 labelled wafer maps of a real fab, read from LSWMD.pkl in the data folder; they take "
            "1.4 GB of memory.",
            licence="of its publisher (MIR Lab, Wu, Jang and Chen 2015); not ours to hand out",
            num_images=wafer_lswmd.NUM_LABELLED,
            num_train=None,
            download_mb=0,
            read=wafer_lswmd.load,
            is_at_hand=wafer_lswmd.at_hand,
            **_WAFERS,
        ),
    )
)
