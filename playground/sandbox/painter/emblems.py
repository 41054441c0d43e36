"""Glyphs of logos without a creature or a thing, in the notation of `glyphs`: places and lights of the sky.

They have two inks, `main` for the land and `accent` for the sky, and `paper`, which is the ground that shows through.
"""

from __future__ import annotations

EMBLEMS: dict[str, str] = {
    "emblem.mountain": """0.36 0.09 255
paper M-3 96 L37 25 L55 53 L65 37 L103 96 Z
main M3 92 L37 31 L55 60 L65 44 L97 92 Z
paper M37 38 L31.2 48.4 L33.4 47 L38 54 L42.4 47 L44 48.4 Z""",
    "emblem.peak": """0.36 0.09 255
paper M0 96 L50 16 L100 96 Z
main M6 92 L50 22 L94 92 Z
paper M50 30 L40 46 L43.6 44 L50 54 L56.4 44 L60 46 Z""",
    "emblem.sea": """0.40 0.10 240
main M4 62 C20 50 32 50 48 62 C64 74 78 74 96 62 L96 71 C78 83 64 83 48 71 C32 59 20 59 4 71 Z
main M4 82 C20 70 32 70 48 82 C64 94 78 94 96 82 L96 91 C78 103 64 103 48 91 C32 79 20 79 4 91 Z""",
    "emblem.forest": """0.42 0.09 155
main M24 92 L24 80 L6 80 L20 60 L12 60 L28 36 L44 60 L36 60 L50 80 L32 80 L32 92 Z
main M66 92 L66 80 L44 80 L60 56 L50 56 L70 24 L90 56 L80 56 L96 80 L74 80 L74 92 Z""",
    "emblem.tree": """0.42 0.10 150
main M46 94 L46 70 L54 70 L54 94 Z
main O50 42 32 30
paper -2 M50 80 L50 40 M50 60 L62 48 M50 54 L39 43""",
    "emblem.city": """0.34 0.06 265
main M8 92 L8 54 L28 54 L28 92 Z
main M32 92 L32 28 L54 38 L54 92 Z
main M58 92 L58 48 L74 48 L74 92 Z
main M78 92 L78 62 L92 62 L92 92 Z
paper R38 48 4 6 0
paper R45 48 4 6 0
paper R38 60 4 6 0
paper R45 60 4 6 0
paper R64 58 4 6 0
paper R14 64 4 6 0""",
    "emblem.field": """0.48 0.11 140
main M2 92 C24 62 60 58 98 74 L98 92 Z
paper -2.4 M20 92 C34 78 52 70 72 68 M48 92 C58 82 70 76 84 74""",
    "emblem.desert": """0.56 0.12 60
main M2 92 C20 66 36 56 52 70 C64 56 82 62 98 92 Z
paper -2.4 M52 70 C46 78 50 84 60 92""",
    "emblem.sun": """0.70 0.18 45
accent O50 50 44 44""",
    "emblem.rays": """0.70 0.18 45
accent O50 50 26 26
accent -6 M50 4 L50 13 M50 87 L50 96 M4 50 L13 50 M87 50 L96 50
accent -6 M17.5 17.5 L24 24 M76 76 L82.5 82.5 M17.5 82.5 L24 76 M76 24 L82.5 17.5""",
    "emblem.moon": """0.80 0.13 85
accent M62 6 C28 8 10 44 26 72 C40 96 76 96 90 74 C60 80 40 54 47 32 C50 22 55 13 62 6 Z""",
    "emblem.stars": """0.80 0.13 85
accent M50 4 L59 40 L96 50 L59 60 L50 96 L41 60 L4 50 L41 40 Z""",
}
