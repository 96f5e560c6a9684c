"""Looking into networks: layers, shapes, parameters."""
