"""Beancount's own answers, run by the Python of its own environment: `ask_beancount.py JOURNAL`, queries on stdin.

Prints `{"errors": [...], "answers": [[row, ...], ...]}`: what its loader complains of (balance assertions too), and
the rows of each query (BQL) as texts.
"""

import json
import sys

from beancount import loader
from beanquery import query


def main() -> None:
    entries, errors, options = loader.load_file(sys.argv[1])
    found = [query.run_query(entries, options, each)[1] for each in json.load(sys.stdin)]
    answers = [[[str(value) for value in row] for row in rows] for rows in found]
    json.dump({"errors": [each.message for each in errors], "answers": answers}, sys.stdout)


main()
