"""Gunicorn for one face. Sync workers: SQLite's write lock punishes threads (performance.md §2)."""

import gc

worker_class = "sync"
preload_app = True
accesslog = None  # who reads which page when is nobody's business
loglevel = "warning"
graceful_timeout = 5
timeout = 60
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat file; a slow disk must not kill a worker
control_socket_disable = True


def when_ready(_server: object) -> None:
    """Leave what was loaded before the fork out of every later search for garbage."""
    gc.collect()
    gc.freeze()


def post_fork(_server: object, worker: object) -> None:
    """Give each worker its own database connections: none survives a fork."""
    app = worker.app.callable  # type: ignore[attr-defined]
    app.extensions["engine"].dispose(close=False)
