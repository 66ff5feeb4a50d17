"""A web worker loads neither the coder nor Celery: pages stay quick, whatever the broker does."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "nlp", "spacy", "sklearn", "scipy", "pandas", "matplotlib", "torch", "docx", "typst",
    "openpyxl", "alembic", "PIL", "pyxform",
)  # fmt: skip

PROGRAM = """
import base64, json, pathlib, sys, tempfile
from app import create_app
from app.config import Config, Face, parse_keys
folder = pathlib.Path(tempfile.mkdtemp())
keys = parse_keys("k:" + base64.b64encode(b"k" * 32).decode())
create_app(Config(secret_key="s", keys=keys, instance=folder, face=Face(sys.argv[1]),
                  database_url=f"sqlite:///{folder}/x.db", broker_url="redis://127.0.0.1:1"))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("face", ["public", "staff"])
def test_no_web_process_imports_the_coder_or_talks_to_a_broker(face: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM, face], capture_output=True, text=True, check=True
    ).stdout
    loaded = set(json.loads(printed))
    assert "flask" in loaded
    assert not loaded & set(HEAVY)
