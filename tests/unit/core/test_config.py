"""Settings: safe defaults, and every problem named at once."""

import base64
import json
from pathlib import Path

import pytest

from app.config import Config, ConfigError, Face, parse_keys

KEY = base64.b64encode(b"0" * 32).decode()


def test_production_names_everything_that_is_missing_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env({"HEARD_ENV": "production", "DEMO": "1"})
    words = str(caught.value)
    needed = ["SECRET_KEY", "DATA_KEYS", "DATABASE_URL", "TRUSTED_HOSTS", "BEHIND_PROXY"]
    for name in (*needed, "SMTP_URL", "DEMO=1"):
        assert name in words


def test_production_makes_no_key_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        Config.from_env({"HEARD_ENV": "production", "HEARD_INSTANCE": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_development_makes_its_keys_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = Config.from_env({"HEARD_INSTANCE": str(tmp_path)})
    second = Config.from_env({"HEARD_INSTANCE": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert first.keys == second.keys
    path = tmp_path / "development-keys.json"
    assert path.stat().st_mode & 0o077 == 0
    assert "warning" in json.loads(path.read_text(encoding="utf-8"))


def test_the_first_key_writes_and_all_of_them_read() -> None:
    ring = parse_keys(f"new:{KEY},old:{KEY}")
    assert ring.current == "new"
    assert set(ring.keys) == {"new", "old"}


@pytest.mark.parametrize("text", ["", "a:notbase64!", "a:" + base64.b64encode(b"short").decode()])
def test_a_key_that_cannot_work_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_keys(text)


def test_one_process_serves_one_face(tmp_path: Path) -> None:
    env = {"HEARD_INSTANCE": str(tmp_path)}
    assert Config.from_env({**env, "FACES": "public"}).face is Face.PUBLIC
    with pytest.raises(ConfigError):
        Config.from_env({**env, "FACES": "public,staff"})


def test_secrets_never_show_in_a_printed_configuration(tmp_path: Path) -> None:
    config = Config.from_env({"HEARD_INSTANCE": str(tmp_path)})
    assert config.secret_key not in repr(config)
    assert str(config.keys.keys[config.keys.current]) not in repr(config)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATA_KEYS", "DATABASE_URL"])
def test_the_demonstration_refuses_to_start_beside_real_settings(name: str) -> None:
    with pytest.raises(ConfigError, match="DEMO=1"):
        Config.from_env({"DEMO": "1", name: "x"})


def test_a_misspelt_environment_is_not_taken_for_development() -> None:
    with pytest.raises(ConfigError, match="HEARD_ENV"):
        Config.from_env({"HEARD_ENV": "prod"})


def test_trusted_hosts_may_have_spaces_between_them(tmp_path: Path) -> None:
    env = {"HEARD_INSTANCE": str(tmp_path), "TRUSTED_HOSTS": "a.example.org, b.example.org,"}
    assert Config.from_env(env).trusted_hosts == ("a.example.org", "b.example.org")
