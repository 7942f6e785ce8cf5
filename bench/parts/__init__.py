"""The measurements that `make bench` makes, one module for each part; `bench.__main__` lists them."""
