"""Glyphs of buildings, vehicles and trees, in the notation of `glyphs`."""

from __future__ import annotations

OUTDOORS: dict[str, str] = {
    "house": """0.52 0.09 45
roof.down M4 46 L36 14 L80 14 L98 46 Z
dark R64 8 9 18 1
main.down R12 44 80 56 0
gable.down M10 46 L34 18 L58 46 L58 100 L12 100 L12 46 Z
roof -5 M6 50 L34 17 L62 50
dark.flat R29 72 13 28 1
window.glow R27 48 15 13 1
dark.flat -1 M34.5 48 L34.5 61 M27 54.5 L42 54.5
window.glow R66 58 16 17 1
dark.flat -1 M74 58 L74 75 M66 66.5 L82 66.5""",
    "torii": """0.56 0.20 32
main.round R20 24 8 76 1
main.round R72 24 8 76 1
dark.flat R19 92 10 8 1
dark.flat R71 92 10 8 1
main.down R14 36 72 7 0
main.down R46 24 8 14 0
main.down M2 8 C30 18 70 18 98 8 L96 20 C70 27 30 27 4 20 Z
ink.down M0 4 C30 14 70 14 100 4 L98 11 C70 20 30 20 2 11 Z""",
    "castle": """0.90 0.02 80
stone.down M8 100 L18 78 L82 78 L92 100 Z
main.down R22 60 56 18 0
roof.down M12 62 C20 58 26 52 30 48 L70 48 C74 52 80 58 88 62 Z
main.down R30 36 40 14 0
roof.down M22 38 C28 34 32 30 36 26 L64 26 C68 30 72 34 78 38 Z
main.down R38 18 24 10 0
roof.down M32 20 C40 14 44 8 48 2 L52 2 C56 8 60 14 68 20 Z
window.glow R34 66 4 6 0
window.glow R48 66 4 6 0
window.glow R62 66 4 6 0
window.glow R40 41 4 5 0
window.glow R56 41 4 5 0""",
    "boat": """0.95 0.015 85
wood.flat -1.6 M50 6 L50 84
main M48 8 C26 32 16 56 12 76 L48 76 Z
cream M53 14 C74 34 84 56 88 74 L53 76 Z
accent.down M6 82 L94 82 C88 94 80 100 72 100 L26 100 C16 100 10 92 6 82 Z""",
    "balloon": """0.60 0.19 28
main M50 2 C84 2 94 34 80 54 C70 66 62 72 60 78 L40 78 C38 72 30 66 20 54 C6 34 16 2 50 2 Z
cream M50 2 C62 2 70 34 64 54 C60 66 56 72 55 78 L45 78 C44 72 40 66 36 54 C30 34 38 2 50 2 Z
accent M50 2 C54 2 56 34 55 54 C54 66 52 72 52 78 L48 78 C48 72 46 66 45 54 C44 34 46 2 50 2 Z
wood -0.6 M42 78 L44 90 M58 78 L56 90
wood.round R43 89 14 11 2""",
    "rocket": """0.92 0.015 240
flame.glow M42 84 C40 92 46 96 50 100 C54 96 60 92 58 84 Z
accent M36 52 C24 60 20 72 22 88 L38 78 Z
accent M64 52 C76 60 80 72 78 88 L62 78 Z
main.round M50 0 C64 14 70 34 68 56 C67 70 62 80 60 84 L40 84 C38 80 33 70 32 56 C30 34 36 14 50 0 Z
accent.round M50 0 C56 6 60 13 63 21 L37 21 C40 13 44 6 50 0 Z
metal O50 40 10 10
visor.down O50 40 7.6 7.6""",
    "car": """0.56 0.19 25
main M2 86 C0 72 4 66 12 64 L24 61 C32 46 38 42 48 42 L64 42 C74 42 80 50 86 60 C96 62 100 68 98 86 \
Q98 90 94 90 L6 90 Q2 90 2 86 Z
visor.down M29 61 C35 50 40 47 48 47 L54 47 L54 61 Z
visor.down M58 47 L64 47 C71 47 76 53 80 61 L58 61 Z
dark.flat -0.7 M56 47 L56 86
light.flat -1.2 M6 70 L94 70
flame.glow O5 73 3 3
red.flat O96 71 2 3.4
ink O24 88 12 12
metal O24 88 6.5 6.5
ink O77 88 12 12
metal O77 88 6.5 6.5""",
    "bicycle": """0.55 0.16 30
ink -2.4 O20 76 19 22
ink -2.4 O80 76 19 22
metal -0.6 M20 56 L20 96 M2 76 L38 76 M80 56 L80 96 M62 76 L98 76
main -3 M20 76 L36 44 L68 44 L46 76 L20 76 M46 76 L33 38 M80 76 L66 36
ink -3 M27 37 L40 37 M66 36 L60 30 L56 31
metal O46 76 4.6 5.4""",
    "train": """0.93 0.01 240
main.down M2 90 L2 56 L60 52 C80 52 96 72 99 86 Q99 92 94 92 L4 92 Z
accent.flat M2 76 L95 78 L98 83 L2 83 Z
visor.down M72 58 C80 60 86 66 90 72 L78 72 Z
visor.flat R8 60 10 9 2
visor.flat R22 60 10 9 2
visor.flat R36 60 10 9 2
visor.flat R50 60 10 9 2
ink.flat R4 92 92 4 1
metal.flat R0 97 100 3 0""",
    "palm": """0.42 0.09 145
wood -3.4 M48 100 C46 76 50 50 58 30
main M58 30 C44 12 22 12 8 26 C24 20 42 22 58 30 Z
main M58 30 C40 24 20 34 14 54 C28 38 44 32 58 30 Z
main M58 30 C60 10 76 2 94 8 C80 10 68 18 58 30 Z
main M58 30 C74 18 92 26 98 42 C86 32 72 30 58 30 Z
main M58 30 C74 30 86 42 86 60 C78 44 70 36 58 30 Z
main M58 30 C48 34 38 46 38 62 C44 48 52 40 58 30 Z
dark O56 32 3 3
dark O61 33 3 3""",
    "lighthouse": """0.95 0.01 80
stone.down M18 100 C22 92 36 88 50 88 C64 88 80 92 86 100 Z
main.round M40 24 L60 24 L66 92 L34 92 Z
red.round M39 36 L61 36 L62.4 50 L37.6 50 Z
red.round M36.4 62 L63.6 62 L65 76 L35 76 Z
ink.flat R36 22 28 3 1
flame.glow R43 12 14 10 1
ink.flat -1 M43 12 L43 22 M57 12 L57 22
red.down M40 12 L50 2 L60 12 Z""",
    "tower": """0.60 0.21 35
main.glow -2.2 M20 100 C34 74 42 50 46 26 M80 100 C66 74 58 50 54 26
main.glow -1.2 M25 90 L75 90 M31 78 L69 78 M38 60 L62 60 M41 48 L59 48 M26 90 L69 78 M74 90 L31 78
main.glow -1.2 M33 74 L62 60 M67 74 L38 60 M39 58 L59 48 M61 58 L41 48 M42 46 L55 36 M58 46 L45 36
window.glow R36 64 28 5 1
window.glow R43 28 14 4 1
main.glow R46 24 8 4 1
paper.glow -1.3 M50 24 L50 0""",
}
