"""What one process keeps of the figures it has read, so that a page need not unpack them again."""

import threading
from collections import OrderedDict
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


class Memory(Generic[T]):
    """What this process read last; what must grow old says so itself."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = threading.Lock()
        self.held: OrderedDict[tuple[UUID, date], T] = OrderedDict()

    def get(self, key: tuple[UUID, date]) -> T | None:
        """Return what was kept under a survey and a day, if it still is."""
        with self.lock:
            found = self.held.get(key)
            if found is not None:
                self.held.move_to_end(key)
            return found

    def put(self, key: tuple[UUID, date], value: T) -> None:
        """Keep it; what was read longest ago makes room."""
        with self.lock:
            self.held[key] = value
            while len(self.held) > self.size:
                self.held.popitem(last=False)
