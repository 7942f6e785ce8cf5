"""What all measurements share: figures with their spread and their bar, the machine's state, the report, its plots."""
