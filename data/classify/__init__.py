"""Categories that nobody typed: by merchant category code, and learned from the tenant's own categorised lines.

Learning needs numpy alone and happens on this machine, for one tenant at a time, whenever it is asked for: nothing
that was learned is stored, so nothing can grow stale or cross from one tenant to another. The measure behind the
numbers in this package is `bench/learning.md`.
"""
