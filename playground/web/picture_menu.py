"""The menu of a picture: what it offers beside its five actions, and what fits it on the page that it stands on."""

from dataclasses import dataclass

from accounts.models import User
from playground.models import GeneratedImage
from playground.models.visibility import keeps
from playground.showing.comparison import LEAST, MOST
from playground.showing.selection import address_of
from playground.studio.actions import Action, actions_of
from playground.studio.cards import change_place as card_change_place

# The pages that put a changed picture in its place; the others come anew. On the studio it is the whole card.
STUDIO, GALLERY = "studio", "gallery"
REDRAWN = (STUDIO, GALLERY)


@dataclass(frozen=True)
class PictureMenu:
    """`on`: the page. `redrawn`: whether that page puts a changed picture in its place. `inline`: whether a reference
    image goes into the form on the page. `plain`: whether the page comes anew after an action of the generation.
    `next`: the address of the page. `compare` is empty if there is nothing to compare with. `kept`: whether the reader
    may share and delete the picture."""

    image: GeneratedImage
    on: str
    next: str
    kept: bool
    present: str
    compare: str
    actions: tuple[Action, ...]

    @property
    def redrawn(self) -> bool:
        return self.on in REDRAWN

    @property
    def change_place(self) -> str:
        """The id of the place where the box of the picture opens: on its card. Empty where it has a page of its own."""
        return card_change_place(self.image.generation.code) if self.on == STUDIO else ""

    @property
    def inline(self) -> bool:
        return self.on == STUDIO

    @property
    def plain(self) -> bool:
        return self.on != STUDIO


def menu_of(image: GeneratedImage, reader: User, on: str, back: str) -> PictureMenu:
    """The menu of a picture that `reader` may see, on the page `on` with the address `back`. Queries the database."""
    row = image.generation
    keys = [f"{row.code}.{index}" for index in row.images.saved().values_list("index", flat=True)]
    return PictureMenu(
        image=image,
        on=on,
        next=back,
        kept=keeps(reader, row.owner_id),
        present=address_of("present", [image.key], back),
        compare=address_of("compare", keys) if LEAST <= len(keys) <= MOST else "",
        actions=tuple(action for action in actions_of(row, reader) if not action.id.startswith("open-")),
    )
