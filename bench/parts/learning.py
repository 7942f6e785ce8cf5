"""How well categories are learned from real lines, beside remembering what each payee was.

The full tables, and what was tried: `python -m bench.learning` writes `bench/learning.md`.
"""

from __future__ import annotations

from bench.harness.figures import Bar, Findings, plain
from bench.harness.options import Options
from bench.learning_scores import measure, remembered
from bench.learning_sets import calderdale

TITLE = "learned categories beside remembered payees"


def run(options: Options) -> Findings:
    """Calderdale's purchase cards: learned from the years before 2020, measured on 2020."""
    if options.data is None:
        raise RuntimeError("this part needs a folder of real files (DATA=...)")
    cards = calderdale(options.data)
    known = [each for each in cards if each.day.year < 2020]
    told = [each for each in cards if each.day.year == 2020]
    learned, (accuracy, macro) = measure(known, told), remembered(known, told)
    figures = [
        plain("accuracy", "", [learned.accuracy], Bar(">=", 0.83), f"payees remembered: {accuracy:.3f}"),
        plain("macro-F1", "", [learned.macro_f1], Bar(">=", 0.6), f"payees remembered: {macro:.3f}"),
        plain("accuracy on payees never seen", "", [learned.unseen]),
        plain("calibration error", "", [learned.calibration]),
        plain("learning", "s", [learned.training]),
        plain("telling 1,000 lines", "ms", [learned.per_thousand * 1000]),
    ]
    return Findings(figures, [f"Learned from {len(known):,} lines, measured on {len(told):,}."])
