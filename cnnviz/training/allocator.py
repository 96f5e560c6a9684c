"""How the C allocator of a training process should be set before it starts.

Left to itself, glibc gives freed memory back to the system after a batch and asks for it again at the next; Dask's
default for its workers makes it do so far more often. Both cost more than a small network's arithmetic.
"""

ALLOCATOR_ENV = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 28),
}
