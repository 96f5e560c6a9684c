"""The few pieces of JavaScript, each with its Python wrapper."""
