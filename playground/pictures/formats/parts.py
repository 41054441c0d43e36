"""What `look` finds in a file."""

from dataclasses import dataclass, field

# By Pillow's name of the format: the extension and the content type.
KINDS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WEBP": ("webp", "image/webp")}


@dataclass
class Parts:
    """What a file consists of.

    `clean` is the same picture as a file that holds nothing but what its pixels and colours need. The compressed pixels
    are copied unchanged, so the picture loses nothing. Unknown parts, data about people (place, time, camera, names,
    comments, earlier versions) and everything after the end are not in it.
    """

    format: str
    clean: list[bytes | memoryview] = field(default_factory=list)
    # In pixels, as the header says, before the picture is turned. None if the header cannot be read.
    size: tuple[int, int] | None = None
    # The EXIF orientation, from 1 to 8.
    orientation: int = 1
    # Whether `clean` follows its format. Otherwise it has to be encoded again before somebody else gets it.
    regular: bool = True
    # Whether the file ends before its format says that it does.
    ends_early: bool = False
    # Whether a small part unpacks to a huge one.
    bomb: bool = False
    # The share of the bytes that the file says it has and has not, where it says so.
    missing_bytes: float = 0.0
    # JPEG only: width and height, in pixels, of the blocks that hold all colours. In how many passes over the picture
    # its pixels come, whether each may add details, whether every detail is in one of them, and whether the last one
    # only adds the last bit to details that are there already.
    block: tuple[int, int] = (8, 8)
    passes: int = 0
    progressive: bool = False
    all_details: bool = True
    refined: bool = False

    @property
    def upright_size(self) -> tuple[int, int] | None:
        """Width and height as a browser shows the picture."""
        if self.size is None or self.orientation < 5:
            return self.size
        return self.size[1], self.size[0]
