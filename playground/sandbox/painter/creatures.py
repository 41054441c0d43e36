"""Glyphs of animals and people, in the notation of `glyphs`."""

from __future__ import annotations

CREATURES: dict[str, str] = {
    "cat.head": """0.62 0.09 60
main ~ M12 44 L14 4 L42 24 L50 23 L50 94 C28 94 8 78 12 44 Z
pink.flat ~ M18 32 L19 13 L33 24 Z
dark.flat M46 24 L54 24 L52 40 L48 40 Z
dark.flat ~ M36 28 L41 26 L42 38 Z
cream ~ M50 64 C40 60 28 66 30 78 C34 88 44 92 50 92 Z
leaf.flat ~ O33 55 8 8.5
ink.flat ~ O33 55 3.4 7.6
paper.flat ~ O35 51 1.8 2
pink.flat M45 66 L55 66 L50 72 Z
ink.flat ~ -1.3 M50 72 C50 79 42 81 38 77
paper.flat ~ -0.7 M26 70 L4 66 M26 74 L4 78""",
    "cat": """0.62 0.09 60
main -8 M66 92 C90 96 96 78 88 62
main M30 100 C22 78 28 52 38 42 L62 42 C72 52 78 78 70 100 Z
cream M42 50 C38 62 42 76 50 80 C58 76 62 62 58 50 Z
dark.flat ~ M28 70 L38 72 L28 76 Z
dark.flat ~ M28 80 L37 82 L28 86 Z
main ~ R36 78 12 22 6
cream ~ O42 96 6.4 4.4
@cat.head 25 0 50""",
    "dog.head": """0.70 0.11 65
main ~ M50 10 C28 8 18 24 20 48 C21 72 34 94 50 95 Z
cream ~ M50 42 C44 52 24 54 26 70 C28 86 40 95 50 95 Z
main ~ M26 26 C12 18 6 2 14 3 C28 2 40 10 42 18 Z
pink.flat ~ M26 20 C18 14 14 8 17 8 C24 8 32 12 34 16 Z
ink.flat ~ O36 46 4.6 5.2
paper.flat ~ O37.4 44 1.5 1.6
ink O50 62 7.5 5.4
paper.flat O48 60 2 1
ink.flat ~ -1.4 M50 67 L50 74 C48 80 40 80 37 76
red M45 78 C45 90 55 90 55 78 Q50 81 45 78 Z""",
    "dog": """0.70 0.11 65
main -9 M68 86 C84 80 86 62 76 58
main M30 100 C24 76 30 54 38 42 L62 42 C70 54 76 76 70 100 Z
cream M40 48 C36 64 42 78 50 84 C58 78 64 64 60 48 Z
main ~ R35 74 13 26 6
cream ~ O41 96 6.8 4.6
accent ~ -4 M37 47 C42 51 46 52 50 52
yolk O50 54 3 3
@dog.head 23 0 54""",
    "fox.head": """0.66 0.17 48
main ~ M50 97 L24 74 L6 44 L12 3 L37 25 L50 21 Z
dark.flat ~ M17 15 L31 27 L17 37 Z
light.flat ~ M50 21 L37 25 L31 42 L50 60 Z
cream.flat ~ M50 97 L24 74 L10 50 L32 58 L45 80 L50 84 Z
light.flat M50 58 L41 80 L50 86 L59 80 Z
ink.flat ~ M27 51 L39 55 L36 60 Z
ink M43 86 L57 86 L50 96 Z""",
    "fox": """0.66 0.17 48
main M62 96 C96 98 100 68 90 46 C80 58 68 66 64 82 Z
cream M90 46 C96 58 96 68 91 76 C86 70 82 64 81 57 Z
main M30 100 C26 76 32 56 40 42 L60 42 C68 56 74 76 70 100 Z
cream M40 46 C38 62 44 76 50 82 C56 76 62 62 60 46 Z
dark ~ R37 80 11 20 5
@fox.head 24 0 52""",
    "bear.head": """0.45 0.07 55
main ~ O24 22 15 15
dark.flat ~ O24 22 8 8
main O50 54 40 40
cream O50 68 21 17
ink.flat ~ O34 46 4.4 5
paper.flat ~ O35.4 44 1.4 1.5
ink O50 60 8 5.6
ink.flat ~ -1.5 M50 65 L50 72 C47 77 42 77 39 74""",
    "bear": """0.45 0.07 55
main O50 72 32 30
cream O50 76 19 19
main ~ O24 66 10 14
main ~ O32 92 13 9
cream.flat ~ O32 93 7 5
@bear.head 23 0 54""",
    "rabbit.head": """0.92 0.015 70
main ~ M34 44 C24 30 22 6 32 2 C42 2 44 26 44 42 Z
pink.flat ~ M35 38 C29 26 28 10 33 8 C38 10 40 26 40 38 Z
main O50 66 31 30
ink.flat ~ O37 62 4 5
paper.flat ~ O38.3 60 1.3 1.5
pink.flat M46 73 L54 73 L50 77 Z
ink.flat ~ -1.2 M50 77 C49 82 44 83 42 80
pink.flat ~ O29 73 5 3""",
    "rabbit": """0.92 0.015 70
main O50 76 27 24
cream O50 80 15 16
main ~ O36 95 12 6
main ~ O40 74 6 10
@rabbit.head 22 0 56""",
    "bird": """0.60 0.13 240
dark M30 62 L2 76 L10 82 L2 90 L40 78 Z
main M28 66 C28 40 46 22 66 20 C82 18 92 30 88 46 C84 74 62 88 46 86 C34 84 28 76 28 66 Z
cream M60 50 C74 50 86 46 88 42 C86 70 66 86 50 86 C54 74 52 60 60 50 Z
dark M34 58 C44 46 62 50 66 58 C60 74 40 78 28 72 Z
yolk M88 32 L100 37 L88 42 Z
ink.flat O77 34 3.4 3.6
paper.flat O78 33 1.1 1.1
wood -1.6 M54 86 L54 98 L60 98 M62 84 L62 98 L68 98""",
    "fish": """0.66 0.18 42
light M78 50 C90 36 98 30 100 34 C94 46 94 56 100 68 C96 72 88 64 78 50 Z
dark M36 30 C46 16 62 18 66 32 Z
dark M44 70 C50 80 60 80 62 68 Z
main M2 52 C14 30 44 22 64 36 C72 42 78 48 82 50 C78 54 70 60 62 66 C42 78 14 74 2 52 Z
cream M6 56 C20 70 46 76 64 64 C48 66 24 66 6 56 Z
paper.flat O18 48 5 5
ink.flat O18 48 2.8 2.8
light.flat -1.2 M32 36 C38 46 38 56 32 66 M44 36 C49 46 49 56 44 64 M56 38 C60 46 60 54 56 62""",
    "butterfly": """0.62 0.15 300
main ~ M49 44 C40 14 14 6 4 16 C-2 34 14 56 48 54 Z
accent ~ M48 54 C26 54 12 66 16 82 C24 94 44 82 49 60 Z
light.flat ~ O20 28 8 6
light.flat ~ O30 72 6 6
dark.flat ~ -1 M48 48 C34 34 20 24 8 20 M48 52 C34 46 20 42 9 36
ink.round R47.5 34 5 42 2.4
ink.flat ~ -0.9 M49 36 C44 24 38 18 34 16""",
    "astronaut": """0.93 0.01 250
main M8 100 C8 74 22 64 38 60 L62 60 C78 64 92 74 92 100 Z
dark.flat ~ -1.2 M28 100 C28 84 30 74 34 68
accent.flat ~ R12 82 12 4 1
metal R37 74 26 18 3
ink.flat R40 77 12 6 1
red O56 80 2.2 2.2
sky O56 87 2.2 2.2
dark R34 56 32 9 4
main O50 34 33 33
dark ~ R13 26 9 18 4
ink O51 36 26 24
visor.down O51 36 24 22
shine.flat M34 24 C40 17 50 15 56 17 C46 20 40 27 37 36 C33 33 32 28 34 24 Z
shine.flat O66 46 3 2""",
    "robot": """0.76 0.04 220
metal -2 M50 18 L50 6
accent O50 5 4 4
main R20 17 60 44 12
ink R26 25 48 26 9
accent.glow ~ O38 37 5.4 6
accent.flat -1.6 M44 46 Q50 49 56 46
dark ~ R13 31 8 16 3
metal.round R43 60 14 7 1
main M22 67 L78 67 Q84 67 84 74 L80 100 L20 100 L16 74 Q16 67 22 67 Z
ink.flat R34 75 32 16 4
accent.flat -1.5 M37 84 L43 84 L46 79 L50 88 L54 81 L57 84 L63 84
metal ~ -7 M15 76 C6 84 6 92 8 100""",
    "person.long": """0.34 0.05 45
main M22 84 C16 50 20 6 50 5 C80 6 84 50 78 84 C70 92 30 92 22 84 Z
cloth ~ M50 72 L38 74 C20 78 8 84 5 100 L50 100 Z
deepskin M41 52 L59 52 L60 74 C58 82 42 82 40 74 Z
skin M31 30 C30 54 39 66 50 67 C61 66 70 54 69 30 C66 14 34 14 31 30 Z
main M28 44 C26 22 34 11 52 11 C68 12 74 24 72 44 C70 34 66 28 56 22 C46 30 34 32 28 44 Z
ink.flat ~ -1.1 M37.5 39.5 C40 42 44 42 46 40
main.flat ~ -1.3 M37 33.5 C40 31.6 44 31.8 46 33
deepskin.flat -1 M50 42 C51.5 46 52.5 49 49 50
lips.flat M44.5 56 C47 54 49 55 50 55.4 C51 55 53 54 55.5 56 C53 59.6 47 59.6 44.5 56 Z
blush.flat ~ O38 48 4 2.6
accent.flat ~ O31 52 1.6 2.4""",
    "person.short": """0.28 0.03 40
cloth ~ M50 70 L38 72 C18 76 6 84 3 100 L50 100 Z
paper ~ M50 86 L39 71 L43 67 L50 76 Z
deepskin M40 50 L60 50 L61 70 C58 80 42 80 39 70 Z
deepskin ~ O30.5 38 3.4 6
skin M31 26 C30 52 38 66 50 67 C62 66 70 52 69 26 C64 14 36 14 31 26 Z
main M29 36 C24 14 36 4 52 5 C70 5 76 18 71 36 C70 28 68 24 64 20 C54 25 40 23 33 21 C31 26 30 30 29 36 Z
ink.flat ~ O41.5 38 1.7 2
main.flat ~ -1.7 M36.5 33 C40 31 44 31.4 46.5 32.6
deepskin.flat -1 M50 40 C51.5 45 52.5 48 49 49
lips.flat -1.3 M44.5 56.5 C48 59 52 59 55.5 56.5""",
    "person.bun": """0.24 0.025 290
main O50 8 12 10
main M28 50 C22 20 34 9 50 9 C66 9 78 20 72 50 Z
cloth ~ M50 74 L38 74 C22 77 10 84 8 100 L50 100 Z
deepskin M42 52 L58 52 L59 76 C56 84 44 84 41 76 Z
deepskin.flat ~ M34 100 L50 80 L50 100 Z
skin M31 30 C30 54 39 66 50 67 C61 66 70 54 69 30 C66 14 34 14 31 30 Z
main M28 42 C26 20 38 11 50 12 C62 11 74 20 72 42 C68 30 60 25 50 25 C40 25 32 30 28 42 Z
ink.flat ~ -1.2 M37.5 40 C40 38 44 38 46 40.4
ink.flat ~ O42 40.4 1.8 1.8
main.flat ~ -1.1 M37 34.4 C40 32.6 44 32.8 46 34
deepskin.flat -1 M50 43 C51.5 46 52 49 49.4 50
lips.flat M44.5 56 C47 54.4 49 55.2 50 55.6 C51 55.2 53 54.4 55.5 56 C53 59.4 47 59.4 44.5 56 Z
blush.flat ~ O38 48.6 4 2.6
accent.flat ~ O30.5 53 1.4 3""",
    "walker": """0.20 0.02 270
main O50 10 6 8
main M41 25 Q50 17 59 25 L64 56 L60 58 L57.5 44 L58 60 L42 60 L42.5 44 L40 58 L36 56 Z
main M42 58 L49 58 L48 80 L46 100 L40 100 L42 80 Z
main M51 58 L58 58 L57.6 80 L61 98 L56 100 L52 82 Z""",
    "stroller": """0.20 0.02 270
main O47.5 33 3.6 4.6
main M42 42 Q47.5 36 53 42 L56.5 70 Q48 73 39.5 70 Z
main M43 69 L47 69 L46.6 86 L45.6 97 L47 100 L42 100 L42.6 88 Z
main M49 69 L53.4 69 L52.6 84 L55 96 L57 99 L52.6 100 L50 88 Z
main -2 M52.6 44 L58 52 L59.6 46
light.flat -0.7 M60 56 L60 18
accent M26 25 C30 8 44 3 59 3 C74 3 88 9 94 25 C86 21 80 21 75 25 C68 20 52 20 45 25 C39 21 33 21 26 25 Z
dark.flat -0.4 M59 4 C52 9 47 17 45 25 M59 4 C66 9 73 17 75 25""",
}
