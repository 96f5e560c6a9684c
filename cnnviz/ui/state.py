"""Every key of the session's state. Nothing else in the app spells one."""

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
KERNEL_PICTURE = "kernels_picture"  # the last good Picture of each source
KERNEL_JSON = "kernels_json"
KERNEL_DRAWER = "kernels_drawer"  # whether code and files are open
KERNEL_JSON_SEEN = "kernels_json_seen"  # the upload that has been read already
