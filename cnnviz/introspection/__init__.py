"""Looking into a net: what its layers make of a picture, and what its cells see."""
