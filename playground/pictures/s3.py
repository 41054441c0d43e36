"""A storage for S3 and compatible services. Its errors are `OSError`s, like those of a disk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]


@contextmanager
def _as_disk() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"The bucket did not do what it was asked: {error}") from error


def _disk_like(name: str) -> Callable[..., Any]:
    inner = getattr(S3Storage, name)

    def method(self: "S3", *args: Any, **kwargs: Any) -> Any:
        with _as_disk():
            return inner(self, *args, **kwargs)

    method.__name__ = name
    return method


class S3(S3Storage):  # type: ignore[misc]
    """Callers handle a full or missing disk. So they also handle a bucket that does not answer."""

    _save = _disk_like("_save")
    _open = _disk_like("_open")
    delete = _disk_like("delete")
    exists = _disk_like("exists")
    listdir = _disk_like("listdir")
    size = _disk_like("size")
    get_modified_time = _disk_like("get_modified_time")
    url = _disk_like("url")
