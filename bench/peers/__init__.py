"""Other programs asked the same question of the same ledger, in one run. Not part of `make bench`: see README.md."""
