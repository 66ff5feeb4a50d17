"""Hides the optional vectors package, as if it had been removed from the environment.

    python -m pytest -p tests.without_vectors tests/unit/nlp
    python -m tests.without_vectors evaluate --data nlp/corpora/project_test.jsonl

Tests of the encoder itself are skipped; everything else must pass.
"""

import sys

from nlp.vectors import PACKAGE, find_folder

sys.modules[PACKAGE] = None  # type: ignore[assignment]  # how Python marks a module as absent
assert find_folder() is None, "the vectors package is still found"

if __name__ == "__main__":
    from nlp.__main__ import main

    sys.exit(main())
