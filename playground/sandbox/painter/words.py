"""The words that the painter knows, in English and Japanese, and the brief that it reads from a prompt.

The table holds kinds, their values, and the words for each value. English words match as whole words, also in plural.
Japanese words match anywhere. The longest match wins, so 海老 (prawn) does not mean the sea (海).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from playground.sandbox.painter.colour import Lch

TABLE: dict[str, dict[str, str]] = {
    "hour": {
        "dawn": "dawn, sunrise, daybreak, early morning, 夜明け, 日の出, 朝焼け, 明け方, 早朝, 暁",
        "morning": "morning, 朝, モーニング",
        "day": "day, daylight, noon, midday, sunny, afternoon, summer, 昼, 昼間, 真昼, 晴れ, 青空, 夏",
        "sunset": (
            "sunset, dusk, evening, golden hour, twilight, autumn, fall, 夕焼け, 夕日, 夕陽, 日没, 夕暮れ, "
            "夕方, 黄昏, サンセット, 秋, 紅葉"
        ),
        "night": (
            "night, midnight, nighttime, dark, moonlight, moonlit, nocturnal, 夜, 夜景, 深夜, 真夜中, 月夜, 夜空, 暗い"
        ),
    },
    "weather": {
        "rain": "rain, rainy, raining, storm, stormy, drizzle, wet, 雨, 梅雨, 嵐, 雨上がり",
        "snow": (
            "snow, snowy, snowfall, winter, blizzard, ice, icy, christmas, 雪, 冬, 吹雪, 雪景色, クリスマス, 北海道, 氷"
        ),
        "mist": "mist, misty, fog, foggy, haze, hazy, 霧, 靄, もや, 霞",
        "cloud": "cloud, cloudy, overcast, 雲, 曇り, 曇",
        "stars": "starry, stars, milky way, galaxy, aurora, 星空, 星, 天の川, 銀河, オーロラ",
        "moon": "moon, full moon, crescent, 月, 満月, 三日月",
        "sun": "sun, sunshine, sunlight, 太陽, 日光, 日差し",
    },
    "place": {
        "sea": (
            "ocean, sea, seaside, beach, coast, coastal, wave, shore, island, harbor, harbour, tropical, surf, "
            "lighthouse, 海, 海辺, 海岸, 浜辺, 砂浜, ビーチ, 波, 島, 港, 太平洋, 灯台"
        ),
        "lake": "lake, pond, river, reflection, 湖, 池, 川, 湖畔, 河",
        "mountain": (
            "mountain, mountainous, peak, alps, alpine, fuji, hill, valley, canyon, cliff, volcano, landscape, "
            "scenery, 山, 富士山, 富士, 山々, 山脈, 丘, 谷, 峠, 崖, 風景, 景色, 高原"
        ),
        "forest": (
            "forest, wood, woods, woodland, trees, jungle, pine, bamboo, 森, 林, 森林, 木々, 竹林, ジャングル, 松"
        ),
        "tree": "tree, 木, 木の下, 木陰, 大木",
        "street": "street, alley, lane, backstreet, 通り, 路地, 街角, 横丁, 繁華街, ネオン街",
        "city": (
            "city, cityscape, town, downtown, urban, skyline, skyscraper, tokyo, shibuya, shinjuku, "
            "osaka, new york, building, office building, cyberpunk, 街, 街並み, 都市, 都会, 東京, 大阪, 渋谷, "
            "新宿, 町, ビル, サイバーパンク"
        ),
        "field": (
            "field, meadow, grassland, prairie, countryside, farm, garden, park, grass, lavender, rice field, "
            "野原, 草原, 田んぼ, 田園, 畑, 庭, 庭園, 公園, 芝生, 花畑, 牧場"
        ),
        "desert": "desert, dune, sand, sahara, 砂漠, 砂丘",
        "space": (
            "space, planet, nebula, universe, cosmos, cosmic, mars, orbit, galaxies, outer space, 宇宙, 惑星, "
            "星雲, 火星, 宇宙空間"
        ),
        "sky": "sky, heaven, 空",
    },
    "subject": {
        "cup": (
            "coffee, cup, latte, espresso, cappuccino, tea, cocoa, cafe, café, コーヒー, 珈琲, カップ, ラテ, 紅茶, "
            "お茶, カフェ"
        ),
        "mug": "mug, マグ, マグカップ",
        "perfume": (
            "perfume, perfume bottle, 香水瓶, fragrance, cologne, cosmetic, serum, skincare, lotion, 香水, "
            "化粧品, 美容液, コスメ"
        ),
        "bottle": (
            "bottle, wine, beer, sake, whisky, whiskey, juice, shampoo, drink, soda, 瓶, ボトル, ワイン, "
            "ビール, 日本酒, ジュース, 飲み物, シャンプー, ペットボトル"
        ),
        "vase": "vase, bouquet, flower arrangement, ikebana, 花瓶, 花束, ブーケ, 生け花",
        "flower": (
            "flower, floral, rose, tulip, sunflower, daisy, blossom, lily, peony, petal, cherry blossom, "
            "sakura, 花, 薔薇, バラ, チューリップ, ひまわり, 向日葵, 桜, 百合, 花びら, 紫陽花, コスモス"
        ),
        "book": "book, novel, reading, library, notebook, magazine, 本, 読書, 小説, 図書館, ノート, 雑誌",
        "phone": "phone, smartphone, iphone, mobile, app, screen, 電話, スマホ, スマートフォン, 携帯, アプリ",
        "laptop": (
            "laptop, computer, macbook, desk, office, workspace, keyboard, パソコン, ノートパソコン, "
            "コンピューター, デスク, オフィス, 仕事"
        ),
        "bowl": (
            "ramen, noodle, soup, bowl, rice, curry, udon, donburi, ラーメン, うどん, 丼, ご飯, カレー, "
            "スープ, 味噌汁, そば"
        ),
        "cake": (
            "cake, dessert, cupcake, sweets, birthday, pudding, ケーキ, デザート, 誕生日, スイーツ, お菓子, プリン"
        ),
        "dish": (
            "food, dish, meal, dinner, lunch, breakfast, plate, salad, pasta, steak, cuisine, restaurant, "
            "pizza, 料理, 食べ物, 食事, 夕食, 朝食, 昼食, 皿, サラダ, パスタ, レストラン, 和食, ピザ, 弁当, "
            "海老, ステーキ"
        ),
        "sushi": "sushi, sashimi, nigiri, 寿司, すし, 刺身",
        "burger": "burger, hamburger, sandwich, bread, toast, ハンバーガー, バーガー, サンドイッチ, パン",
        "apple": (
            "apple, fruit, peach, orange, lemon, pear, strawberry, りんご, 林檎, 果物, フルーツ, みかん, "
            "レモン, 桃, いちご, 苺"
        ),
        "icecream": "ice cream, gelato, アイス, アイスクリーム, ソフトクリーム",
        "plant": (
            "plant, houseplant, leaf, leaves, monstera, cactus, succulent, bonsai, 植物, 観葉植物, 葉, "
            "サボテン, 盆栽, 葉っぱ"
        ),
        "candle": "candle, candlelight, lantern, ろうそく, キャンドル, ランタン, 提灯",
        "lamp": "lamp, light bulb, bulb, idea, ランプ, 電球, 照明, アイデア",
        "box": "product, package, packaging, box, gift, present, 製品, 商品, パッケージ, 箱, プレゼント, ギフト",
        "watch": "watch, clock, wristwatch, 時計, 腕時計",
        "shoe": "shoe, sneaker, boot, 靴, スニーカー, シューズ",
        "headphones": "headphone, headphones, earphone, music, ヘッドホン, ヘッドフォン, イヤホン, 音楽",
        "camera": "camera, photographer, lens, カメラ, 写真家",
        "car": "car, automobile, vehicle, truck, taxi, sports car, drive, 車, 自動車, クルマ, タクシー, ドライブ",
        "bicycle": "bicycle, bike, cycling, 自転車",
        "train": "train, railway, shinkansen, subway, 電車, 列車, 新幹線, 鉄道, 地下鉄",
        "house": (
            "house, home, cabin, cottage, hut, lodge, chalet, barn, village, temple, shrine, 家, 小屋, 山小屋, "
            "民家, 古民家, 村, 住宅, ログハウス, 寺, 旅館"
        ),
        "torii": "torii, shrine gate, 鳥居, 神社",
        "castle": "castle, palace, fortress, 城, 宮殿",
        "boat": "boat, ship, sailboat, yacht, sailing, 船, 舟, ヨット, ボート",
        "balloon": "hot air balloon, balloon, 気球, 風船",
        "rocket": "rocket, spaceship, spacecraft, launch, startup, ロケット, 宇宙船",
        "cat": "cat, kitten, kitty, 猫, ネコ, ねこ, 子猫, にゃんこ",
        "dog": "dog, puppy, corgi, shiba, 犬, いぬ, イヌ, 子犬, 柴犬, コーギー",
        "fox": "fox, 狐, キツネ, きつね",
        "bear": "bear, panda, teddy, 熊, クマ, くま, パンダ",
        "rabbit": "rabbit, bunny, hare, うさぎ, ウサギ, 兎",
        "bird": "bird, eagle, dove, owl, parrot, crane, swan, penguin, 鳥, 小鳥, 鷹, 鶴, 白鳥, フクロウ, ペンギン",
        "fish": "fish, goldfish, koi, whale, dolphin, 魚, 金魚, 鯉, クジラ, イルカ, 鯨",
        "butterfly": "butterfly, moth, 蝶, チョウ, ちょうちょ",
        "astronaut": "astronaut, cosmonaut, spaceman, 宇宙飛行士",
        "robot": "robot, android, cyborg, machine, ai, ロボット, アンドロイド, 人工知能",
        "person": (
            "person, woman, man, girl, boy, face, child, lady, human, model, selfie, "
            "businessman, businesswoman, samurai, dancer, 人, 人物, 女性, 男性, 女の子, 男の子, 少女, 少年, "
            "顔, 子供, 侍, モデル, 会社員"
        ),
        "people": (
            "people, team, family, friend, couple, meeting, colleague, crowd, 人々, 家族, 友達, 仲間, チーム, 会議"
        ),
        "umbrella": "umbrella, parasol, 傘",
        "heart": "heart, love, valentine, ハート, 愛, 恋",
        "palm": "palm, palm tree, hawaii, ヤシ, 椰子, ハワイ, 南国",
    },
    "genre": {
        "logo": (
            "logo, icon, emblem, badge, mascot, symbol, sticker, ロゴ, アイコン, エンブレム, シンボル, マーク, "
            "ステッカー"
        ),
        "abstract": (
            "abstract, pattern, texture, geometric, wallpaper, gradient, shapes, background, swirl, fractal, "
            "抽象, 抽象画, 模様, パターン, 幾何学, グラデーション, 背景, 壁紙, テクスチャ"
        ),
        "product": (
            "product photo, product shot, still life, studio shot, advertisement, commercial, mockup, "
            "商品写真, 静物, 広告, モックアップ"
        ),
        "portrait": "portrait, headshot, close-up, closeup, ポートレート, 肖像画, アップ",
    },
    "surface": {
        "wood": "wooden, wood table, wood, oak, table, desk, 木製, 木目, テーブル, 机, 木の",
        "white": "white table, white desk, white surface, 白いテーブル, 白い机, 白い台",
        "marble": "marble, stone, granite, 大理石, 石",
        "cloth": "linen, cloth, fabric, silk, velvet, 布, リネン, シルク",
    },
    "style": {
        "watercolour": "watercolor, watercolour, aquarelle, 水彩, 水彩画",
        "oil": ("oil painting, oil, impressionist, impressionism, van gogh, monet, painting, 油絵, 油彩, 印象派, 絵画"),
        "sketch": (
            "sketch, pencil, drawing, line art, ink, charcoal, doodle, スケッチ, 鉛筆, 線画, 墨絵, 水墨画, 素描"
        ),
        "mono": "black and white, monochrome, grayscale, greyscale, noir, b&w, 白黒, モノクロ, モノクローム",
        "sepia": (
            "sepia, vintage, retro, old photo, antique, nostalgic, film, セピア, レトロ, ヴィンテージ, "
            "ビンテージ, 昭和, 懐かしい"
        ),
        "neon": "neon, cyberpunk, synthwave, vaporwave, glowing, ネオン, サイバーパンク, 蛍光",
        "pastel": ("pastel, dreamy, cute, kawaii, パステル, 淡い, かわいい, 可愛い, 夢"),
        "pixel": "pixel art, pixel, 8-bit, 8bit, 16-bit, voxel, ドット絵, ピクセル, ピクセルアート",
        "print": (
            "ukiyo-e, ukiyoe, woodblock, poster, screen print, flat, vector, 浮世絵, 版画, ポスター, フラット, 平面的"
        ),
        "storybook": (
            "illustration, children's book, children’s book, picture book, storybook, fairy tale, 絵本, 挿絵, "
            "イラスト, 童話"
        ),
        "vivid": "colorful, colourful, vibrant, vivid, rainbow, saturated, カラフル, 鮮やか, 虹, 色とりどり",
        "minimal": "minimal, minimalist, minimalism, simple, clean, ミニマル, シンプル, ミニマリスト",
        "dramatic": "dramatic, cinematic, moody, epic, ドラマチック, 映画, 壮大, 幻想的",
    },
    "feeling": {
        "warm": "warm, warm color, warm colour, cosy, cozy, 暖かな, 暖かい, 温かい, 温もり, 暖色",
        "cool": "cool, cold, chilly, frosty, cool color, cool colour, 冷たい, 涼しい, 寒い, 寒色",
        "calm": (
            "calm, quiet, peaceful, serene, tranquil, gentle, soft, silence, slow, 静か, 穏やか, 安らか, 静寂, 優しい, "
            "やさしい, 柔らかい, 柔らか, やわらか"
        ),
        "wild": (
            "wild, loud, energetic, energy, fast, chaotic, chaos, explosive, explosion, dynamic, fury, angry, 激しい, "
            "躍動, 混沌, 爆発, 怒り, 力強い, 情熱"
        ),
        "glad": (
            "happy, joy, joyful, cheerful, playful, bright, festive, party, fun, hope, 楽しい, 喜び, 幸せ, 明るい, "
            "元気, 祭り, 希望"
        ),
        "sad": (
            "sad, lonely, melancholy, melancholic, sorrow, grief, gloomy, bleak, loss, 悲しい, 寂しい, 孤独, 憂鬱, "
            "哀愁, 切ない"
        ),
        "secret": (
            "mysterious, mystery, secret, magic, magical, mystic, enigmatic, eerie, spooky, haunted, 神秘, 神秘的, 謎, "
            "不思議, 魔法, 秘密, 不気味"
        ),
        "tender": "romantic, tender, delicate, sweet, lovely, ロマンチック, 繊細, 甘い, 愛らしい",
    },
    "material": {
        "glass": "glass, crystal, ガラス, 硝子, クリスタル",
    },
    "change": {  # what a prompt does to the picture that it is sent with
        "change": (
            "make, change, add, put, place, remove, keep, turn, replace, without, instead, more, less, same, edit, "
            "recolor, recolour, extend, zoom, 変え, 変更, 追加, 加え, 足し, 置い, 乗せ, のせ, 消し, 取り除, 除い, "
            "そのまま, もっと, にして, 同じ, 置き換え"
        ),
    },
    "inks": {
        "one": "one color, one colour, single color, single colour, 1色, 一色, 単色",
        "two": "two color, two colour, two-color, two-colour, duotone, 2色, 二色",
    },
    "colour": {
        "red": "red, crimson, scarlet, 赤, 赤い, 紅, 真っ赤",
        "orange": "orange color, amber, オレンジ, 橙",
        "yellow": "yellow, gold, golden, 黄色, 金, 金色, 黄金",
        "green": "green, emerald, olive, 緑, グリーン, 翡翠",
        "teal": "teal, turquoise, cyan, aqua, mint, ターコイズ, 水色, ミント",
        "blue": "blue, navy, indigo, azure, 青, 青い, 紺, 藍, ブルー",
        "purple": "purple, violet, lilac, lavender, 紫, パープル, ラベンダー",
        "pink": "pink, magenta, rose gold, ピンク, 桃色, 桜色",
        "brown": "brown, chocolate, 茶色, ブラウン, チョコレート, チョコ",
        "white": "white, ivory, cream, 白, 白い, 純白",
        "black": "black, ebony, 黒, 黒い, 漆黒",
    },
}

COLOURS = {
    "red": Lch(0.58, 0.20, 25), "orange": Lch(0.72, 0.16, 58), "yellow": Lch(0.85, 0.15, 90),
    "green": Lch(0.62, 0.14, 150), "teal": Lch(0.72, 0.10, 195), "blue": Lch(0.55, 0.15, 255),
    "purple": Lch(0.55, 0.15, 305), "pink": Lch(0.74, 0.14, 355), "brown": Lch(0.45, 0.07, 55),
    "white": Lch(0.95, 0.01, 90), "black": Lch(0.26, 0.01, 270),
}  # fmt: skip


def _pattern() -> tuple[re.Pattern[str], dict[str, list[tuple[str, str]]]]:
    """Return the pattern that finds all words, and the (kind, value) pairs of each word."""
    meanings: dict[str, list[tuple[str, str]]] = {}
    for kind, values in TABLE.items():
        for value, words in values.items():
            for word in words.split(", "):
                meanings.setdefault(word.strip(), []).append((kind, value))
    longest = sorted(meanings, key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in longest if word.isascii())
    other = "|".join(re.escape(word) for word in longest if not word.isascii())
    return re.compile(rf"(?<![a-z0-9])({latin})(?:s|es)?(?![a-z0-9])|({other})"), meanings


WORD, MEANINGS = _pattern()


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What the prompt asks for. Each tuple is in the order of the prompt and holds each value once."""

    prompt: str
    hour: str | None
    weather: tuple[str, ...]
    places: tuple[str, ...]
    subjects: tuple[str, ...]
    genre: str | None
    surface: str | None
    styles: tuple[str, ...]
    colours: tuple[Lch, ...]
    feelings: tuple[str, ...]
    material: str | None
    inks: str | None
    changes: bool  # whether it speaks of a change of the picture that it is sent with


def read(prompt: str) -> Brief:
    """Read the brief from a prompt. Unknown words change nothing here, but they change the random numbers."""
    text = unicodedata.normalize("NFKC", prompt).lower()
    found: dict[str, dict[str, None]] = {kind: {} for kind in TABLE}
    for match in WORD.finditer(text):
        for kind, value in MEANINGS[match[1] or match[2]]:
            found[kind].setdefault(value)

    if "mug" in found["subject"]:  # "a mug of coffee" is one thing
        found["subject"].pop("cup", None)
    if "vase" in found["subject"]:  # "bouquet of flowers" is one thing
        found["subject"].pop("flower", None)
    if "portrait" in found["genre"] and not found["subject"]:
        found["subject"]["person"] = None

    def first(kind: str) -> str | None:
        return next(iter(found[kind]), None)

    return Brief(
        prompt=text, hour=first("hour"), genre=first("genre"), surface=first("surface"),
        weather=tuple(found["weather"]), places=tuple(found["place"]), subjects=tuple(found["subject"]),
        styles=tuple(found["style"]), colours=tuple(COLOURS[name] for name in found["colour"]),
        feelings=tuple(found["feeling"]), material=first("material"), inks=first("inks"),
        changes=first("change") is not None,
    )  # fmt: skip
