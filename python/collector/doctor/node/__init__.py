"""Makes a node's recording of the parts of its ranks."""
