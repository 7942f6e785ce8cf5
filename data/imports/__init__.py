"""Statement files: one module per format, bytes in, typed statements out; then dedupe and load."""
