"""The entry point of gunicorn and of the flask command: reads the environment, once."""

import os
import sys

from app import create_app
from app.config import Config, ConfigError

try:
    config = Config.from_env(os.environ)  # noqa: TID251 - the one place
except ConfigError as error:
    sys.exit(str(error))

app = create_app(config)
