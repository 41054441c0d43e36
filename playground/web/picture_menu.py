"""The menu of a picture: what it offers beside its five actions, and what fits it on the page that it stands on."""

from dataclasses import dataclass

from accounts.models import User
from playground.models import GeneratedImage
from playground.models.visibility import keeps
from playground.showing.comparison import LEAST, MOST
from playground.showing.selection import address_of
from playground.studio.actions import Action, actions_of
from playground.studio.cards import change_place

# The pages that put a changed picture in its place; the others come anew. On the studio it is the whole card.
STUDIO, GALLERY = "studio", "gallery"
REDRAWN = (STUDIO, GALLERY)


@dataclass(frozen=True)
class PictureMenu:
    """`on`: the page. `redrawn`: whether that page puts a changed picture in its place. `inline`: whether a reference
    image goes into the form on the page, and a new generation into its history; not while a picture covers them.
    `next`: the address of the page. `compare` is empty if there is nothing to compare with. `kept`: whether the reader
    may share and delete the picture. `change_place`: the id of the place where its box opens; empty where the box has a
    page of its own."""

    image: GeneratedImage
    on: str
    inline: bool
    next: str
    kept: bool
    present: str
    compare: str
    actions: tuple[Action, ...]
    change_place: str

    @property
    def redrawn(self) -> bool:
        return self.on in REDRAWN


def menu_of(image: GeneratedImage, reader: User, on: str, back: str, *, large: bool = False) -> PictureMenu:
    """The menu of a picture that `reader` may see, on the page `on` with the address `back`, or with `large` in the
    lightbox over it. Queries the database."""
    row = image.generation
    keys = [f"{row.code}.{index}" for index in row.images.saved().values_list("index", flat=True)]
    return PictureMenu(
        image=image,
        on=on,
        inline=on == STUDIO and not large,
        next=back,
        kept=keeps(reader, row.owner_id),
        present=address_of("present", [image.key], back),
        compare=address_of("compare", keys) if LEAST <= len(keys) <= MOST else "",
        actions=tuple(action for action in actions_of(row, reader) if not action.id.startswith("open-")),
        change_place="large-change" if large else change_place(row.code) if on == STUDIO else "",
    )
