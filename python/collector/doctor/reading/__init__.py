"""Shows recordings of a step where Node is not at hand."""
