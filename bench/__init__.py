"""Measurements, each a module with `main()` that prints JSON."""
