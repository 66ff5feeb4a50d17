"""Pin the sentence-vector package by hash without its dependencies (settled.md 9).

pip-compile would resolve the gigabytes it drags in, so the one line is written here.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write requirements-vectors.txt from requirements-vectors.in."""
    source = (ROOT / "requirements-vectors.in").read_text(encoding="utf-8")
    wanted = re.search(r"^[\w-]+==\S+", source, re.MULTILINE)
    if wanted is None:
        sys.exit("requirements-vectors.in pins nothing.")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "-d",
                folder,
                wanted[0],
            ],
            check=True,
        )
        digests = sorted(
            hashlib.sha256(file.read_bytes()).hexdigest() for file in Path(folder).iterdir()
        )
    hashes = "".join(f" \\\n    --hash=sha256:{digest}" for digest in digests)
    text = f"# Made by `make freeze` from requirements-vectors.in.\n{wanted[0]}{hashes}\n"
    (ROOT / "requirements-vectors.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
