"""Every key of the session's state. Nothing else in the app spells one."""

RUN = "run"  # also the name in the URL, so that a link or a reload shows the same run
RECIPE = "recipe"
MODEL = "model"  # in the URL: a stack of the visitor's own, by its model name
OWN_MODEL = "own-model"
MISTAKES_TARGET = "true"
MISTAKES_PREDICTED = "predicted"


def setting(recipe: str, field: str) -> str:
    """The key of one setting; each recipe keeps its own, so that changing the recipe loses nothing."""
    return f"setting.{recipe}.{field}"


def mistakes_page(*filters: object) -> str:
    """The key of the gallery's page number; a changed filter starts at its first page."""
    return "mistakes-page." + ".".join(str(value) for value in filters)


# Shapes. Keys of bound widgets are their names in the address, so they are short.
SHAPES_PART = "part"
LAYER_KIND, LAYER_UNEQUAL = "l_kind", "l_unequal"
LAYER_FIELDS = "l_"  # followed by the argument's short name, see cnnviz.ui.shapes_controls
LAYER_LAST_GOOD = "layer_last_good"
LAYER_GRIDS = "layer_grids"
STACK_TEXT, STACK_INPUT, STACK_CODE = "stack", "st_input", "stack_code"
STACK_SYSTEM, STACK_SELECTED, STACK_NEW, STACK_EDITED = (
    "stack_system",
    "stack_layer",
    "stack_new",
    "stack_edited",
)
STACK_CHART, STACK_LAST_GOOD = "stack_chart", "stack_last_good"
FIELD_PICTURE, FIELD_DEPTH, FIELD_GRIDS = "rf_picture", "rf_layer", "rf_grids"
DOWN_PICTURE, DOWN_FACTOR, DOWN_RIGHT, DOWN_DOWN = "d_picture", "d_factor", "d_right", "d_down"
PADDING_AMOUNT = "d_padding"

KERNEL_COMPONENT = "kernels_component"  # the laboratory's component
KERNEL_LAB = "kernels_lab"  # the KernelLab on the page
KERNEL_REVISION = "kernels_revision"  # changes when Python, not the hand, changed the laboratory
KERNEL_PROBLEMS = "kernels_problems"  # what could not be read in the link
KERNEL_SOURCE = "kernels_source"  # where the picture comes from
KERNEL_PHOTOGRAPH = "kernels_photograph"
KERNEL_PATTERN = "kernels_pattern"
KERNEL_DATASET = "kernels_dataset"
KERNEL_SAMPLE = "kernels_sample"
KERNEL_UPLOAD = "kernels_upload"
KERNEL_CAMERA = "kernels_camera"
KERNEL_DRAWING = "kernels_drawing"
KERNEL_PICTURES = "kernels_pictures"  # the last good Picture of each source, with its name in a link
KERNEL_SHOWN = "kernels_shown"  # the source of the picture on screen
KERNEL_JSON = "kernels_json"
KERNEL_DRAWER = "kernels_drawer"  # whether code and files are open
KERNEL_JSON_SEEN = "kernels_json_seen"  # the upload that has been read already

# Train and Compare.
RUN_VIEW = "view"  # which of a run's views is open
RECIPE_KIND = "recipe-kind"  # all, demo or as reported
AUGMENT = "augment"  # the AugmentSpec composed on the Data page
COPY = "from"  # in the URL: the run whose settings the controls start from
RUN_SEARCH = "find"
RACE, RACE_RUNS = "race", "runs"  # in the URL: a race by its id, or runs by theirs
RACE_SOURCE, RACE_LESSON, RACE_VIEW = "race-source", "lesson", "race-view"
RACE_PICK, RACE_CHOICE = "race-pick", "race-choice"
RACE_BASE, RACE_FIELD, RACE_VALUES = "race-base", "race-field", "race-values"


def run_view(run_id: str, part: str) -> str:
    """The key of a control within the view of one run."""
    return f"run-view.{run_id}.{part}"


# Architectures. Keys of bound widgets are their names in the address.
MODEL_OPTIONS, WEIGHTS = "options", "weights"  # in the URL of Train: a network's options as JSON, stored weights
OWN_OPTIONS = "own-options"
ARCH_PART, ARCH_MODEL, ARCH_OTHER = "look", "net", "with"
ARCH_HEIGHT, ARCH_WIDTH, ARCH_REBUILD = "rows", "columns", "rebuild"
ARCH_BUILT = "arch_built"  # the shape that the network is built for, when not its own
ARCH_DETAIL, ARCH_LAST_GOOD, ARCH_WHOLE = "detail", "arch_last_good", "every_op"
HEADS_SIZE, HEADS_CHANNELS, HEADS_H, HEADS_HIDDEN, HEADS_LOG = "size", "c", "h", "hidden", "log"
HEADS_EPOCHS, HEADS_IMAGES, HEADS_RACE, HEADS_DIGIT = "heads_epochs", "heads_images", "heads", "heads_digit"
HEADS_SHIFTS, PAIR_TIMES, PAIR_LAST_GOOD = "heads_shifts", "pair_times", "pair_last_good"
STORY_DEPTH, STORY_SHARED, STORY_DROPOUT, STORY_RATE, STORY_COUNT = "depth", "shared", "drops", "story_rate", "counted"
WEIGHTS_FILE, WEIGHTS_OF, WEIGHTS_NAME = "weights_file", "weights_of", "weights_name"
WEIGHTS_KEPT, WEIGHTS_DATA = "weights_kept", "weights_data"
ONNX = "onnx_made"  # the last file made: (what of, its content)


def arch_option(model: str, option: str) -> str:
    """The key of one option of a network on the Architectures page."""
    return f"{model}.{option}"


# Data. Keys of bound widgets are their names in the address.
DATA, DATA_PART, LOOK_VIEW = "data", "do", "look"
LOOK_DRAW, LOOK_PAGE = "look-draw", "look-page"
NORMALISE_BY, NORMALISE_MEAN, NORMALISE_STD = "normalise-by", "normalise-mean", "normalise-std"
AUGMENT_PRESET, AUGMENT_IMAGE, AUGMENT_DRAW = "augment-preset", "augment-image", "augment-draw"
SPLIT_FRACTION, SPLIT_SEED, SPLIT_FOLDS, SPLIT_FOLD = "split-fraction", "split-seed", "split-folds", "split-fold"
OWN_FROM, OWN_ARCHIVE, OWN_FILES, OWN_PATH = "own-from", "own-archive", "own-files", "own-path"
SET_NAME, OWN_SIZE, OWN_HEIGHT, OWN_WIDTH, OWN_MODE = "set-name", "own-size", "own-height", "own-width", "own-mode"
OWN_FIT, OWN_RULE, OWN_REPLACE, OWN_REMOVE = "own-fit", "own-rule", "own-replace", "own-remove"


def augmentation(field: str) -> str:
    """The key of one augmentation's slider."""
    return f"augment.{field}"
