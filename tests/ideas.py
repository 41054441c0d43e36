"""`python -m tests.ideas` paints the pictures of the empty studio anew, from the prompts that they stand for.

The sandbox's painter draws them, so they are what a newcomer gets who presses one.
"""

import io
from pathlib import Path

from PIL import Image

from playground.sandbox.painter import paint

FOLDER = Path(__file__).parent.parent / "static" / "img" / "ideas"
SIDE = 480
PROMPTS = {
    "mug": "A ceramic mug with a soft matte glaze on a white table, gentle morning light, product photo",
    "sunset": "A beautiful colorful sunset over the ocean, calm waves, wide view",
    "street": "A quiet city street at night in the rain, neon signs reflected on the ground, cinematic",
    "fox": "A fox reading a book under a tree, warm colors, illustration for a children’s book",
    "logo": "A minimal logo of a mountain and a rising sun, two colors, flat shapes",
    "flowers": "A bouquet of spring flowers in a glass vase, loose watercolor on paper",
}
# The most beautiful of many: which picture of a generation, and with which seed.
CHOSEN = {"mug": (1, 1), "sunset": (2, 2), "street": (1, 2), "fox": (2, 3), "logo": (0, 1), "flowers": (0, 1)}


def painted(name: str) -> Image.Image:
    """The picture of an idea in the size in which the studio shows it."""
    index, seed = CHOSEN[name]
    content = paint(prompt=PROMPTS[name], width=1024, height=1024, index=index, seed=seed, quality="high", mark=False)
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in PROMPTS:
        painted(name).save(FOLDER / f"{name}.webp", quality=78, method=6)


if __name__ == "__main__":
    main()
