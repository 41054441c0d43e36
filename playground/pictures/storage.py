"""Where files are stored: on the disk of this machine, or in a cloud bucket through django-storages."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

BACKENDS = {
    "files": "playground.pictures.files.Files",
    "s3": "playground.pictures.s3.S3",
    "azure": "storages.backends.azure_storage.AzureStorage",
    "google": "storages.backends.gcloud.GoogleCloudStorage",
}
# Six hours: the studio waits that long for a task. Nothing can end a bucket's link earlier.
LINK_SECONDS = 6 * 3600
# Each name is used once, so a bucket need not look whether it exists. A disk looks all the same. Files in buckets are
# private and links are signed, because everybody with a link can read the file until the link ends.
OPTIONS: dict[str, dict[str, Any]] = {
    "files": {},
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
    """The entry for `STORAGES`. `options` is a JSON object with options of django-storages, which win over ours. Raises
    `ImproperlyConfigured`."""
    if kind not in BACKENDS:
        raise ImproperlyConfigured(f"STORAGE must be one of {', '.join(BACKENDS)}, not “{kind}”.")
    try:
        given = json.loads(options)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ImproperlyConfigured('STORAGE_OPTIONS must be a JSON object such as {"bucket_name": "pictures"}.')
    return {"BACKEND": BACKENDS[kind], "OPTIONS": OPTIONS[kind] | given}
