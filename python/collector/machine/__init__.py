"""What the node, the launcher and the environment say of themselves."""
