"""Looking into networks: layers, shapes, parameters, what a cell sees."""
