"""Each import contract is seen to fail once, on a planted import."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[3]

# The file that gets the import, the import, and the contract that has to notice.
PLANTED = [
    ("surveys/problems.py", "import flask", "surveys is pure"),
    ("surveys/rules.py", "import surveys.exchange", "the engine does not know how files"),
    ("nlp/spans.py", "import surveys", "nlp is pure"),
    ("app/models/base.py", "import app.config", "models know nothing of ours"),
    ("app/store/care.py", "import app.services.duty", "the store asks models and surveys only"),
    ("app/figures/__init__.py", "import app.services.duty", "figures is the only road"),
    ("app/services/duty.py", "import flask", "services work without the web"),
    ("app/worker/__init__.py", "import app.results", "the worker opens no page"),
    ("app/services/duty.py", "import scipy", "web pages never import the coder"),
    ("app/results/__init__.py", "import app.models", "a journey asks services and figures"),
    ("app/coding/__init__.py", "import app.results", "no journey leans on another"),
    ("migrations/versions/__init__.py", "import app.models", "migrations stand on their own"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    for package in ("app", "surveys", "nlp", "migrations"):
        copytree(
            ROOT / package, folder / package, ignore=ignore_patterns("static", "*.json*", "*.pyc")
        )
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return folder


def lint(folder: Path) -> str:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_the_project_keeps_every_contract(copy: Path) -> None:
    assert "0 broken" in lint(copy)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "planted", "contract"), PLANTED)
def test_a_planted_import_breaks_its_contract(
    copy: Path, file: str, planted: str, contract: str
) -> None:
    path = copy / file
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept + f"\n{planted}\n", encoding="utf-8")
    try:
        broken = [line for line in lint(copy).splitlines() if line.endswith("BROKEN")]
    finally:
        path.write_text(kept, encoding="utf-8")
    assert any(line.startswith(contract) for line in broken), broken
