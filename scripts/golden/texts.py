"""Texts for the golden models: reviews from templates, and rows that are as nasty as Unicode allows. Seeded."""

import random

GOOD = "great lovely excellent superb fun brilliant charming wonderful solid delightful".split()
BAD = "awful boring terrible dull weak horrible clumsy painful broken disappointing".split()
PLAIN = "long short old new loud quiet strange simple cheap local".split()
THINGS = "film plot cast story phone battery screen hotel room meal service song book ending".split()
NAMES = "@maria @tom_k @Jo99 @the_real_ann @Ünal".split()
EXTRA = ["http://example.org/a?b=1", "#nofilter", "100%", "2:30", "café", "naïve", "Zürich", "😀", "👍🏽", "…", "—", "AND", "I'd", "don't"]
TEMPLATES = [
    "The {thing} was {word} and the {thing2} was {word2}.",
    "What a {word} {thing}! I would {maybe} see it again",
    "{name} this {thing} is {word}, really {word2}",
    "not {opposite} at all: a {word} {thing}",
    "{word} {thing},  {word2} {thing2} {extra}",
    "I {maybe} thought the {thing} would be so {word} {extra}",
    "RT {name}: {word}!!! {extra}",
]


def reviews(count, seed):
    """Pairs of a text and its class: 0 bad, 1 good, 2 neither."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        label = rng.choice([0, 1, 2])
        words = [BAD, GOOD, PLAIN][label]
        noise = rng.random() < 0.15
        text = rng.choice(TEMPLATES).format(
            thing=rng.choice(THINGS),
            thing2=rng.choice(THINGS),
            word=rng.choice(BAD + GOOD + PLAIN if noise else words),
            word2=rng.choice(words),
            opposite=rng.choice(BAD if label == 1 else GOOD),
            name=rng.choice(NAMES),
            maybe=rng.choice(["never", "always", "gladly"]),
            extra=rng.choice(EXTRA),
        )
        shape = rng.random()
        rows.append((text.upper() if shape < 0.05 else text.capitalize() if shape < 0.15 else text, label))
    return rows


HAND_MADE = [
    "", " ", "  ", "\t", "\n\r\t\x0b\x0c ", "\u00a0", "\u2003", "\u3000 \u3000", "\u200b", "\ufeff", "\ufeffgood film", "good\ufefffilm",
    " leading good", "good trailing  ", "good  two   three    gaps", "a\tb\nc\rd\x0be\x0cf", "x\x1cy\x1dz\x1ew\x1fv", "x\u0085y\u2028z\u2029w",
    "nul\x00inside", "\x01\x02\x03 \x7f \x80\x9f", "good\u00a0film", "good\u2003film\u202fbad",
    "İstanbul İ ı I i", "IĞDIR ığdır GREAT FİLM", "ISSIZ ADAM", "THE THİNG WAS GREAT", "AND İAND ıand",
    "Σ", "ΣΣ", "ΑΣ", "ΑΣ ΣΑ ΑΣΑ", "ΟΔΟΣ ΟΔΥΣΣΕΥΣ", "ΣΟΦΟΣ.", "ΣΟΦΟΣ, ΣΟΦΟΣ;Σ", "Α.Σ.", "Α'Σ", "Α\u00adΣ", "Α\u0301Σ\u0301", "1Σ", "Σ1", "ΑΣ1", "ΑΣ😀", "😀Σ", "😀ΑΣ Σ😀", "ΑΣ\u200dΑ", "ΑΣ-Α", "ΑΣ_Α", "ΑΣ:Α", "ΑΣ·", "İΣ", "ΣΑΣ\u00a0ΣΑΣ", "ΑΣ\u0345 ΑΣ",
    "straße STRASSE ẞ ß", "ﬁlm ﬂuff ŉ ǰ ΐ", "ǅ ǆ Ǆ ǈ ǋ", "Å Å Ω K", "ſtrange ſ", "ᏸ Ꮳ ꭰ Ა ა", "Ⴀ ⴀ Ⅷ ⅷ Ⓐ ⓐ", "𐐀𐐨 𝐀𝐚 𞤀𞤢 𑢠𑣀", "Ɐ ⱥ Ȿ Ɬ Ʞ",
    "e\u0301 é E\u0301 É", "a\u0300\u0301\u0302\u0303 zalgo\u0335\u0336", "निराला हिन्दी", "ไทย ภาษา", "漢字 かな カナ ｶﾅ ＡＢＣ", "한국어 \u1112\u1161\u11ab", "العربية ـ لا", "עברית \u202bRTL\u202c", "ـΣـ ابΣ", "Ⴀ Σ जΣ",
    "👩‍👩‍👧‍👦 family", "👍🏽👍🏿", "🇹🇷🇩🇪 flags", "❤️ ❤", "😀😁😂good😀", "1️⃣2️⃣", "🏴\U000e0067\U000e0062\U000e007f",
    "\ud83d", "\ude00", "a\ud83d b", "\ude00\ud83d", "good \ud800film", "\udfff\udfff x", "A\ud83dΣ",
    "\uffff \ufffe \ufdd0", "\U0010ffff \U0001fffe", "\ufffd good", "\ue000 private \U000f0000",
    "The the THE tHe", "don't Don't DON'T don’t", "i'd I'D I'd", "good,film;bad:plot!?", "...", "!!!", "good-film bad_film good/film", "a.b.c e.g. U.S.A.", "C++ c# .net", "it's its' 'its", "1 22 333 4444 3.14 1e10", "x", "I", "a a a a a a a a a a a a",
    "great " * 60, "bad" * 400, "ABCDEFGHIJ" * 500, "é" * 2500, "😀" * 700, " " * 300 + "film", "w " * 400,
]

POOL = (
    list("abcXYZ .,!?'-_0189")
    + list("İıIiΣσςßẞéÉçğĞ")
    + list("\u0301\u0307\u0345\u200d\u200c\u00ad\u200b\ufe0f\u00a0\u2003\ufeff\t\n\x0b\x1c\u0085\u2028")
    + list("жЖЯאبجहनไ漢한ァ０Ａ")
    + ["😀", "👍🏽", "𐐀", "𝐀", "𞤀", "\ud83d", "\ude00", " ", " ", " ", "good", "film", "awful", "The"]
)


def nasty_rows(count, seed):
    rng = random.Random(seed)
    random_rows = ["".join(rng.choice(POOL) for _ in range(rng.randint(1, 24))) for _ in range(count)]
    return HAND_MADE + random_rows


def training(count, seed):
    """Reviews with strange words in them, so that no bucket of a hash table stays without a weight."""
    rng = random.Random(seed)
    rows = []
    for text, label in reviews(count, seed):
        strange = ["".join(rng.choice(POOL) for _ in range(rng.randint(1, 4))) for _ in range(6)]
        rows.append((" ".join([text, *strange]), label))
    return rows
