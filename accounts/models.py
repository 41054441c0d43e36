"""Who is on the team."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of the team. One installation is one team, so there is no team model."""
