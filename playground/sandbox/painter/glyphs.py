"""Glyphs of things, as data: outlines in a box of 100 × 100. A thing stands on the lower edge of its box.

The first line of a glyph is the colour of the thing in OKLCH, the tone `main`. The tones `dark` and `light` follow it.
Each other line is `tone[.shade] [~] [-width] path`:

    shade     soft (the default), round (a cylinder), flat, down (darker below), glass, glow
    ~         adds the mirror image about x = 50
    -4        draws a line that is 4 wide; without it the outline is filled
    path      M L Q C Z of SVG (absolute), `O cx cy rx ry` for an ellipse, `R x y w h r` for a rounded box

The line `@name x y size` puts another glyph into a box of that size.
"""

from __future__ import annotations

THINGS: dict[str, str] = {
    "cup": """0.93 0.015 85
main -7 M73 50 C97 44 94 78 66 76
main O48 91 46 8
dark.flat O48 90 33 4.6
main.round M18 40 C18 70 28 91 40 92 L56 92 C68 91 78 70 78 40 Z
light.flat O48 40 30 8.5
dark.flat O48 40.6 27.6 7
coffee.down O48 42 25.5 5.6
cream.flat O47 42.4 14 2.6
coffee.flat O47 42.2 8 1.3""",
    "mug": """0.74 0.055 165
main -8 M72 42 C100 36 100 84 70 80
main.round M18 26 L19.6 88 Q20 99 34 99 L62 99 Q76 99 76.4 88 L78 26 Z
clay.round M19.5 84 L19.6 88 Q20 99 34 99 L62 99 Q76 99 76.4 88 L76.5 84 Q48 93 19.5 84 Z
light.flat O48 26 30 7.4
dark.flat O48 26.8 27.4 6
coffee.down O48 28.4 24.6 4.4""",
    "perfume": """0.80 0.07 40
metal.round R37 4 26 22 2
metal.flat R38.5 4 23 2.4 1
metal.round R42 25 16 11 1
glass.glass R18 35 64 65 9
main.down R24 50 52 44 5
light.glass R24 50 52 5 2
shine.flat R22 39 4.5 55 2
shine.flat R74 42 2 48 1
paper.flat R34 60 32 22 1.5
ink.flat R40 66 20 1.6 0.6
ink.flat R43 70 14 1 0.4
ink.flat R45 74 10 1 0.4""",
    "bottle": """0.40 0.08 150
dark.round R43 2 14 12 2
main.round M44 14 L56 14 L56 34 C56 42 68 44 68 56 L68 95 Q68 100 62 100 L38 100 Q32 100 32 95 L32 \
56 C32 44 44 42 44 34 Z
shine.flat M46 17 L48.5 17 L48.5 36 C48 44 38 48 38 57 L38 92 L35.5 92 L35.5 56 C36 46 46 42 46 34 Z
paper.round R32 62 36 24 0
accent.round R32 65 36 2.4 0
ink.flat R42 71 16 2 0.6
ink.flat R45 76 10 1.4 0.5""",
    "vase": """0.62 0.06 220
main.round M40 2 L60 2 C58 22 76 34 78 58 C80 80 68 100 58 100 L42 100 C32 100 20 80 22 58 C24 34 42 22 40 2 Z
dark.flat O50 3 10 3
shine.flat M34 44 C28 56 28 70 33 80 C34 68 33 56 38 46 Z""",
    "glassvase": """0.80 0.05 215
main.glass M34 2 L66 2 C62 24 74 36 77 58 C79 80 70 100 60 100 L40 100 C30 100 21 80 23 58 C26 36 38 24 34 2 Z
water.glass M24.6 50 C20 76 30 97 41 97 L59 97 C70 97 80 76 75.4 50 Q50 57 24.6 50 Z
light.flat -0.9 M34 2 C38 24 26 36 23 58 C21 80 30 100 40 100 L60 100 C70 100 79 80 77 58 C74 36 62 24 66 2
light.flat -0.8 M24.6 50 Q50 57 75.4 50 Q50 44 24.6 50
light.flat -1.2 M34 2.4 Q50 6.4 66 2.4
shine.flat M31 46 C26 58 26 74 32 88 L36 88 C31 74 31 58 35 44 Z
shine.flat M68 54 C71 66 70 78 66 88 L67.6 88 C72 78 73 66 70 54 Z
shine.flat R38 97 24 1.6 0.8""",
    "book": """0.46 0.11 250
dark M16 96 L16 10 Q16 4 22 3 L26 3 L26 96 Z
paper.flat M26 92 L84 90 L86 97 L22 99 Z
main M24 3 L84 5 Q86 5 86 8 L86 92 L24 95 Z
dark.flat R24 3 4 92 0
light.flat R38 22 36 3 1
light.flat R44 29 24 2 1
accent O56 54 13 13
light.flat R48 78 16 2 1""",
    "openbook": """0.46 0.11 250
main ~ M50 88 C36 78 16 78 2 84 L2 30 C16 24 36 26 50 36 Z
paper ~ M50 84 C38 74 20 73 6 78 L6 26 C20 21 38 22 50 33 Z
dark.flat M49 34 L51 34 L51 86 L49 86 Z
dim.flat ~ -1 M14 36 Q30 33 43 41 M14 45 Q30 42 43 50 M14 54 Q30 51 43 59 M14 63 Q30 60 43 68""",
    "phone": """0.25 0.01 270
main R27 2 46 98 7
metal.flat -0.7 R27.4 2.4 45.2 97.2 7
sky.down R30 6 40 90 4.5
ink.flat R43 8 14 3 1.5
accent R34 22 32 26 4
light.flat R34 54 22 3 1.5
light.flat R34 60 30 2.2 1
light.flat R34 65 26 2.2 1
accent.flat R34 78 32 8 4
shine.glass M30 6 L52 6 L30 60 Z""",
    "laptop": """0.78 0.01 260
main R13 22 74 56 3
ink.flat R15 24 70 50 2
sky.down R16.5 25.5 67 47 1
accent R22 32 24 16 2
light.flat R50 32 26 2.5 1
light.flat R50 38 20 2 1
light.flat R50 43 24 2 1
light.flat R22 54 54 2 1
light.flat R22 59 44 2 1
main.down M13 78 L87 78 L98 95 Q98 98 94 98 L6 98 Q2 98 2 95 Z
dark.flat M20 80 L80 80 L84 88 L16 88 Z
light.flat M41 90 L59 90 L60 94 L40 94 Z""",
    "bowl": """0.36 0.09 25
wood -2.4 M62 44 L98 12
wood -2.4 M66 46 L100 20
main.round M4 52 C6 80 24 96 38 96 L40 100 L60 100 L62 96 C76 96 94 80 96 52 Z
light.flat -1.2 M10 66 C22 78 78 78 90 66
light O50 52 46 14
broth.down O50 53 42.5 11.5
noodle -2 M22 52 C30 46 40 58 48 51 M20 56 C30 50 42 62 52 55 M28 60 C38 54 48 62 58 58
noodle -2 M32 49 C40 45 48 52 54 48
egg O66 52 9 5.2
yolk O66 52.4 4.4 2.7
leaf O40 47 7 2.6
leaf O48 61 6 2
leaf O33 57 4 1.6
nori.down M74 40 L86 34 L88 50 L78 54 Z
accent O54 55 5 2.6""",
    "cake": """0.90 0.04 60
main O50 93 48 7
cream.round M16 50 L84 50 L84 88 Q50 100 16 88 Z
accent.round M16 66 L84 66 L84 72 Q50 83 16 72 Z
pink.round M14 46 L86 46 L86 58 C82 66 78 60 74 62 C70 72 66 66 62 66 C56 78 50 68 46 68 C40 76 36 \
66 32 64 C26 70 24 60 20 60 C16 62 14 56 14 54 Z
pink O50 46 36 9
red O34 42 5 5
red O50 45 5.4 5.4
red O66 42 5 5
red O50 37 4.4 4.4
accent.round R48.6 12 2.8 22 1
flame.glow M50 1 C54 7 53.5 11 50 12.5 C46.5 11 46 7 50 1 Z""",
    "dish": """0.94 0.01 90
main O50 78 50 19
dark.flat O50 77.5 38 13
main.flat O50 78 37 12.4
leaf O34 72 13 6
leaf O62 70 14 6
leaf O46 82 15 5
meat M28 76 C26 64 44 58 54 64 C70 62 76 74 66 80 C54 88 32 86 28 76 Z
dark.flat -0.9 M38 64 L44 80 M47 63 L53 80 M56 65 L60 78
red O70 76 5 4.4
red O76 80 4.4 3.8
red O26 80 4.6 4
yolk O38 84 5 3
leaf -1.6 M50 62 C52 52 58 50 62 46 M50 62 C48 54 44 52 40 50
leaf O62 46 3 1.7
leaf O40 50 3 1.7""",
    "sushi": """0.30 0.02 60
main.down M0 84 L100 84 L96 94 L92 94 L92 100 L84 100 L84 94 L16 94 L16 100 L8 100 L8 94 L4 94 Z
paper R8 68 24 16 7
salmon M4 72 C4 60 14 58 22 59 C32 60 36 66 36 74 C28 69 14 69 4 72 Z
cream.flat -0.8 M11 61 L9 70 M18 59.5 L17 69 M25 60 L26 69
paper R38 68 24 16 7
red M34 72 C34 60 44 58 52 59 C62 60 66 66 66 74 C58 69 44 69 34 72 Z
pink.flat -0.8 M41 61 L39 70 M48 59.5 L47 69 M55 60 L56 69
paper R68 68 24 16 7
yolk R66 60 28 9 3
nori.flat R77 59 6 25 1
leaf M40 56 C44 48 54 48 58 56 Z""",
    "burger": """0.70 0.12 65
main.down M10 88 L90 88 C90 97 84 100 78 100 L22 100 C16 100 10 97 10 88 Z
meat R8 76 84 13 6
yolk M8 74 L92 74 L82 82 L74 75 L60 86 L50 75 L14 77 Z
red R12 66 76 8 4
leaf M6 66 C14 58 20 70 28 63 C36 58 42 70 50 63 C58 58 64 70 72 63 C80 58 88 68 94 64 L92 70 L8 70 Z
main M10 62 C10 36 30 26 50 26 C70 26 90 36 90 62 Z
cream.flat O36 40 2.4 1.4
cream.flat O50 35 2.4 1.4
cream.flat O64 41 2.4 1.4
cream.flat O44 48 2.4 1.4
cream.flat O58 49 2.4 1.4""",
    "apple": """0.56 0.19 27
main M50 30 C64 18 92 22 92 52 C92 80 74 100 62 100 C56 100 54 97 50 97 C46 97 44 100 38 100 C26 \
100 8 80 8 52 C8 22 36 18 50 30 Z
dark.flat O50 31 9 3
wood -3 M50 32 C50 22 52 14 57 8
leaf M54 20 C60 6 76 4 86 8 C82 20 68 26 54 20 Z
shine.flat O28 48 5 11""",
    "icecream": """0.74 0.11 70
main.round M26 46 L74 46 L52 99 Q50 101 48 99 Z
dark.flat -0.9 M34 48 L56 88 M46 48 L61 74 M66 48 L44 88 M54 48 L39 74
pink O34 38 20 18
cream O64 38 20 18
accent O50 22 20 19
pink M18 44 C24 54 30 46 36 50 C42 58 50 48 54 50 C62 56 70 46 82 44 L78 38 L22 38 Z
red O56 5 5 5""",
    "plant": """0.66 0.09 45
leaf M50 62 C40 50 12 54 6 32 C24 26 46 40 50 62 Z
leaf M50 62 C58 48 86 52 94 28 C74 24 52 38 50 62 Z
deepleaf M50 64 C36 44 26 26 34 8 C52 18 56 40 50 64 Z
leaf M52 64 C52 44 60 20 76 8 C80 30 66 52 52 64 Z
deepleaf M50 66 C40 60 22 66 14 56 C26 46 44 50 50 66 Z
deepleaf M50 66 C62 58 76 68 88 58 C76 46 56 50 50 66 Z
light.flat -0.7 M50 62 C40 46 36 28 35 14 M52 62 C60 44 68 26 74 13
main.round M28 66 L72 66 L66 98 Q65 100 62 100 L38 100 Q35 100 34 98 Z
light.round R25 62 50 9 2""",
    "candle": """0.93 0.03 85
main.round M30 44 L70 44 L70 96 Q50 104 30 96 Z
light O50 44 20 5.5
flame.flat O50 44 9 2.6
ink.flat -1.2 M50 44 L50 36
flame.glow M50 6 C60 20 59 34 50 37 C41 34 40 20 50 6 Z
paper.glow M50 18 C55 26 54 33 50 35 C46 33 45 26 50 18 Z""",
    "lamp": """0.90 0.12 90
main.glass M50 4 C76 4 86 24 82 42 C78 58 66 62 64 76 L36 76 C34 62 22 58 18 42 C14 24 24 4 50 4 Z
flame.glow -2 M40 74 L38 44 L45 52 L50 44 L55 52 L62 44 L60 74
shine.flat M26 22 C30 14 36 11 42 10 C34 18 31 26 31 36 C26 32 25 27 26 22 Z
metal.round R36 76 28 5 2
metal.round R37 82 26 5 2
metal.round R38 88 24 5 2
ink.round R43 93 14 7 3""",
    "box": """0.72 0.09 50
main M8 34 L52 42 L52 100 L8 88 Z
dark M52 42 L92 32 L92 86 L52 100 Z
light.flat M8 34 L48 26 L92 32 L52 42 Z
accent.flat M25 37 L34 38.6 L34 95 L25 92.6 Z
accent.down M68 38 L76 36 L76 91.6 L68 94.4 Z
accent.flat M25 37 L34 38.6 L76 36 L64 28 L58 27.4 L68 38 Z
accent M48 33 C30 30 26 14 38 14 C46 14 49 26 50 33 C52 24 58 12 66 16 C76 22 64 32 48 33 Z""",
    "watch": """0.24 0.02 260
main.round R34 0 32 32 5
main.round R34 68 32 32 5
metal O50 50 34 34
ink.flat O50 50 29 29
sky.down O50 50 27.6 27.6
light.flat R49 24.4 2 6 0.6
light.flat R49 69.6 2 6 0.6
light.flat R24.4 49 6 2 0.6
light.flat R69.6 49 6 2 0.6
light.flat -2.2 M50 50 L62 38
light.flat -1.5 M50 50 L42 30
accent.flat -0.8 M45 55 L66 64
accent.flat O50 50 2.2 2.2
metal R83 46 6 8 2""",
    "shoe": """0.90 0.02 80
paper.down M2 88 C2 82 6 82 10 82 L92 82 C98 82 100 90 98 96 Q97 100 92 100 L8 100 Q2 100 2 88 Z
main M6 86 C4 68 6 54 12 42 C18 48 28 48 34 40 C44 52 54 62 70 66 C88 70 96 76 96 86 Z
accent M10 62 C26 78 46 80 66 66 C74 68 80 70 84 72 C60 90 24 88 7 76 Z
dark.flat M12 42 C18 48 28 48 34 40 L36 44 C28 54 18 54 10 48 Z
light.flat -1.8 M40 50 L34 56 M46 55 L40 62 M53 60 L47 66
accent.flat R2 93 95 2 1""",
    "headphones": """0.30 0.015 260
main -7 M16 66 C14 6 86 6 84 66
light.flat -1.4 M18 52 C22 14 78 14 82 52
metal.flat -2.5 M16 50 L16 62 M84 50 L84 62
dark R18 54 16 40 8
dark R66 54 16 40 8
main R6 56 19 36 9
main R75 56 19 36 9
accent.flat -1 R9 60 11 28 5
accent.flat -1 R80 60 11 28 5""",
    "camera": """0.28 0.012 260
main M30 26 L38 12 L62 12 L70 26 Z
main R4 24 92 68 7
metal.down R4 24 92 14 6
main O51 60 31 31
ink O51 60 26 26
sky.down O51 60 20 20
ink.flat O51 60 12 12
shine.flat O44 52 5 4
accent R12 28 8 5 1.5
metal R76 18 12 7 2""",
    "heart": """0.60 0.21 18
main M50 96 C16 70 4 50 6 32 C8 12 38 4 50 28 C62 4 92 12 94 32 C96 50 84 70 50 96 Z
shine.flat M18 34 C18 24 26 18 32 19 C24 24 22 30 21 40 Z""",
    "leaf": """0.52 0.10 145
main M50 100 C10 78 14 30 50 2 C86 30 90 78 50 100 Z
light.flat -1.6 M50 98 L50 14 M50 74 L32 58 M50 74 L68 58 M50 54 L36 40 M50 54 L64 40""",
    "umbrella": """0.58 0.19 22
metal.flat -2 M50 30 L50 88 Q50 97 43 97 Q37 97 37 90
main M4 52 C8 20 30 8 50 8 C70 8 92 20 96 52 C90 46 82 46 77 52 C70 45 58 45 50 52 C42 45 30 45 23 \
52 C18 46 10 46 4 52 Z
dark.flat -0.8 M50 9 C36 18 26 34 23 52 M50 9 C64 18 74 34 77 52 M50 9 L50 50""",
}
