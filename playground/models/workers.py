"""The heartbeats of workers, for /healthz."""

from datetime import datetime, timedelta

from django.db import models

ALIVE_FOR = timedelta(seconds=30)


class Heartbeat(models.Model):
    """The row of one worker. The worker writes it every few seconds."""

    worker = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker} at {self.at}"

    @classmethod
    def beat(cls, worker: str, now: datetime) -> None:
        cls.objects.update_or_create(worker=worker, defaults={"at": now})
        cls.objects.filter(at__lt=now - 20 * ALIVE_FOR).delete()

    @classmethod
    def alive(cls, now: datetime) -> bool:
        return cls.objects.filter(at__gt=now - ALIVE_FOR).exists()
