"""Where files are kept: this machine's disk, or a bucket of somebody's cloud through django-storages."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

BACKENDS = {
    "files": "django.core.files.storage.FileSystemStorage",
    "s3": "playground.pictures.s3.S3",
    "azure": "storages.backends.azure_storage.AzureStorage",
    "google": "storages.backends.gcloud.GoogleCloudStorage",
}
# Six hours: as long as a task is waited for. A link of a bucket cannot be ended before.
LINK_SECONDS = 6 * 3600
# Overwriting is meant: a picture's name belongs to its row, and a save that was cut off is simply done again.
# Whoever holds a link of a bucket can read the file until the link ends: private files, signed links.
OPTIONS: dict[str, dict[str, Any]] = {
    "files": {"allow_overwrite": True},
    "s3": {
        "file_overwrite": True,
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": LINK_SECONDS,
        "signature_version": "s3v4",
    },
    "azure": {"overwrite_files": True, "expiration_secs": LINK_SECONDS},
    "google": {"file_overwrite": True, "querystring_auth": True, "expiration": LINK_SECONDS},
}


def configuration(kind: str, options: str) -> dict[str, Any]:
    """The entry for `STORAGES`. `options` are django-storages' own, as JSON, laid over ours."""
    if kind not in BACKENDS:
        raise ImproperlyConfigured(f"STORAGE must be one of {', '.join(BACKENDS)}, not “{kind}”.")
    try:
        given = json.loads(options)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ImproperlyConfigured('STORAGE_OPTIONS must be a JSON object such as {"bucket_name": "pictures"}.')
    return {"BACKEND": BACKENDS[kind], "OPTIONS": OPTIONS[kind] | given}
