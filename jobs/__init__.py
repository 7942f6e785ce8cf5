"""Work in the background: what `flask worker` does, one module per kind (docs/decisions/0010-queue.md)."""
