"""Predicts with a sentops model in Python, for mlflow.pyfunc: needs numpy and pandas, no Spark and no sentops.

Tokens, hashes and scores are the ones that sentops and Spark compute: the texts are lowered as Java lowers them, sums
run in the same order, letters are those of Unicode 13, which Java 17 knows, and exp is the one of the Java machine on
x86-64. Python 3.9 or newer.
"""

import json
import math
import os
import re
import struct
import sys
import unicodedata
import zlib

import numpy as np
import pandas as pd


# --- text as Java sees it -------------------------------------------------------------------------------------------
# What Unicode gained from version 14 to 17: unassigned for Java 17, which knows version 13.
_YOUNGER = """
061d 0870-0891 0897-089f 08b5 08c8-08d2 0c3c 0c5c-0c5d 0cdc-0cdd 0cf3 0ece 170d 1715 171f 180f 1ac1-1add 1ae0-1aeb
1b4c 1b4e-1b4f 1b7d-1b7f 1c89-1c8a 1dfa 20c0-20c1 2427-2429 2b96 2c2f 2c5f 2e53-2e5d 2ffc-2fff 31e4-31e5 31ef
9ffd-9fff a7c0-a7c1 a7cb-a7dc a7f1-a7f4 fbc2-fbd2 fd40-fd4f fd90-fd91 fdc8-fdcf fdfe-fdff 10570-1057a 1057c-1058a
1058c-10592 10594-10595 10597-105a1 105a3-105b1 105b3-105b9 105bb-105bc 105c0-105f3 10780-10785 10787-107b0
107b2-107ba 10940-10959 10d40-10d65 10d69-10d85 10d8e-10d8f 10ec2-10ec7 10ed0-10ed8 10efa-10eff 10f70-10f89
11070-11075 110c2 1123f-11241 11380-11389 1138b 1138e 11390-113b5 113b7-113c0 113c2 113c5 113c7-113ca 113cc-113d5
113d7-113d8 113e1-113e2 116b9 116d0-116e3 11740-11746 11ab0-11abf 11b00-11b09 11b60-11b67 11bc0-11be1 11bf0-11bf9
11db0-11ddb 11de0-11de9 11f00-11f10 11f12-11f3a 11f3e-11f5a 12f90-12ff2 1342f 13439-13455 13460-143fa 16100-16139
16a70-16abe 16ac0-16ac9 16d40-16d79 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18cff 18d09-18d1e 18d80-18df2
1aff0-1aff3 1aff5-1affb 1affd-1affe 1b11f-1b122 1b132 1b155 1cc00-1ccfc 1cd00-1ceb3 1ceba-1ced0 1cee0-1cef0
1cf00-1cf2d 1cf30-1cf46 1cf50-1cfc3 1d1e9-1d1ea 1d2c0-1d2d3 1df00-1df1e 1df25-1df2a 1e030-1e06d 1e08f 1e290-1e2ae
1e4d0-1e4f9 1e5d0-1e5fa 1e5ff 1e6c0-1e6de 1e6e0-1e6f5 1e6fe-1e6ff 1e7e0-1e7e6 1e7e8-1e7eb 1e7ed-1e7ee 1e7f0-1e7fe
1f6d8 1f6dc-1f6df 1f774-1f77f 1f7d9 1f7f0 1f8b2-1f8bb 1f8c0-1f8c1 1f8d0-1f8d8 1f979 1f9cc 1fa54-1fa57 1fa75-1fa77
1fa7b-1fa7c 1fa87-1fa8a 1fa8e-1fa8f 1faa9-1faaf 1fab7-1fabf 1fac3-1fac6 1fac8 1facd-1facf 1fad7-1fadc 1fadf-1faea
1faef-1faf8 1fbcb-1fbef 1fbfa 2a6de-2a6df 2b735-2b73f 2cea2-2cead 2ebf0-2ee5d 31350-33479
"""


def _ranges(text):
    pairs = (part.split("-") for part in text.split())
    return [(int(pair[0], 16), int(pair[-1], 16)) for pair in pairs]


def _code_points(ranges):
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


_YOUNG = _code_points(_ranges(_YOUNGER))
# Three characters were of another category in version 13.
_MOVED = {0x295: "Ll", 0x1734: "Mn", 0x1171E: "Mn"}


_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")


def _mend(match):
    pair = match.group()
    return pair.encode("utf-16", "surrogatepass").decode("utf-16") if len(pair) == 2 else "?"


def java_text(text):
    """Half a surrogate pair reaches Spark as a question mark."""
    return text if text.isascii() else _SURROGATES.sub(_mend, text)


class _LowerTable(dict):
    def __missing__(self, code):
        self[code] = chr(code) if code in _YOUNG else chr(code).lower()
        return self[code]


_LOWER = _LowerTable()


def lower(text):
    """Java's toLowerCase with an English locale."""
    if text.isascii():
        return text.lower()
    if "\u03a3" in text:
        characters = list(text)
        for place in _final_sigmas(text):
            characters[place] = "\u03c2"
        text = "".join(characters)
    return text.translate(_LOWER)


def _category(code):
    if code in _YOUNG:
        return "Cn"
    return _MOVED.get(code) or unicodedata.category(chr(code))


class _Categories:
    """Code points by general category in Unicode 13, as ranges. Made when first asked for."""

    def __init__(self):
        self._ranges = None

    def of(self, *names):
        if self._ranges is None:
            self._ranges = {}
            for code in range(sys.maxunicode + 1):
                found = self._ranges.setdefault(_category(code), [])
                if found and found[-1][1] == code - 1:
                    found[-1][1] = code
                else:
                    found.append([code, code])
        return [pair for key, pairs in self._ranges.items() if key.startswith(names) for pair in pairs]


_CATEGORIES = _Categories()


def _bracket(ranges):
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


# What a character does to a stretch of text that Java looks through when it decides about a sigma. The lists were found
# by experiment with a Java 17 machine; see src/lib/text/final-sigma.ts of sentops.
_STOP, _LETTER, _DIGIT, _MARK, _FORMAT, _HYPHEN, _POINT, _COMMA, _DANDA = range(9)
_KINDS = {"L": _LETTER, "Mc": _LETTER, "N": _DIGIT, "M": _MARK, "Pd": _HYPHEN, "Pc": _HYPHEN, "Cf": _FORMAT}
_SIGNS = {'"': _POINT, "'": _POINT, ".": _POINT, ",": _COMMA, "\u066b": _COMMA, "\u0964": _DANDA, "\u0965": _DANDA}
_SIGNS.update({"\u00ad": _HYPHEN, "\u2027": _HYPHEN})
_STOPPING_LETTERS = _code_points(_ranges("3005 3041-3094 309d-309e 30a1-30fa 30fc-30fe 4e00-9fa5 f900-fa2d"))
_MORE_CASED = _code_points(_ranges("2b0-2b8 2c0-2c1 2e0-2e4 345 37a 1d2c-1d61 2160-217f"))
_JOINS = {(_HYPHEN, _LETTER, _LETTER), (_POINT, _LETTER, _LETTER), (_POINT, _DIGIT, _DIGIT)}
_JOINS.update({(_COMMA, _DIGIT, _DIGIT), (_DANDA, _LETTER, _DIGIT)})


class _SigmaTable(dict):
    """Of each character its kind and whether it is cased."""

    def __missing__(self, character):
        code = ord(character)
        category = _category(code)
        kind = _SIGNS.get(character) or _KINDS.get(category) or _KINDS.get(category[0], _STOP)
        if code in _STOPPING_LETTERS or (code > 0xFFFF and category[0] != "L"):
            kind = _STOP
        cased = kind != _STOP and (category in ("Lu", "Ll", "Lt") or code in _MORE_CASED)
        self[character] = kind, cased
        return self[character]


_SIGMA_TABLE = _SigmaTable()


def _final_sigmas(text):
    """The places of the sigmas that become final: the last cased character of a stretch, unless it is the first too."""
    found = []
    cased, last, base, joint = 0, -1, _STOP, _STOP
    for place, character in enumerate(text + "\n"):
        kind, has_case = _SIGMA_TABLE[character]
        if kind == _FORMAT:
            continue
        ends = kind == _STOP
        if kind == _MARK or kind >= _HYPHEN:
            ends = joint != _STOP or base == _STOP
        elif joint != _STOP:
            ends = (joint, base, kind) not in _JOINS
        if ends:
            if cased > 1 and text[last] == "\u03a3":
                found.append(last)
            cased, last, base, joint = 0, -1, _STOP, _STOP
            if kind not in (_LETTER, _DIGIT):
                continue
        if kind >= _HYPHEN:
            joint = kind
            continue
        joint = _STOP
        base = base if kind == _MARK else kind
        if has_case:
            cased += 1
            last = place
        if character > "\uffff" and (place > 0 or not has_case):
            # Such a character ends the stretch before it; what follows starts anew behind a letter.
            if cased > 1 and text[last] == "\u03a3":
                found.append(last)
            cased, last = 0, -1
    return found


# --- regular expressions of Java --------------------------------------------------------------------------------------
_SHORT = {"s": " \\t\\n\\x0b\\f\\r", "d": "0-9", "w": "a-zA-Z0-9_"}
_POSIX = {"Lower": "a-z", "Upper": "A-Z", "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9"}
_POSIX["Punct"] = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_POSIX["Space"] = _SHORT["s"]
_TOKEN = re.compile(r"\\[pP](?:\{(?:Is)?(\w+)\}|(\w))|\\(.)|([\[\].$])|([^\\\[\].$]+)", re.S)
# The end of the text or of its last line, but not between the two characters of one line end.
_DOLLAR = "(?!(?<=\\r)\\n)(?=(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])?\\Z)"


def java_regex(pattern):
    """Java's pattern in Python's words; constructs that mean something else here are refused."""
    parts = []
    depth = 0
    for match in _TOKEN.finditer(pattern):
        name, escaped, sign = match.group(1) or match.group(2), match.group(3), match.group(4)
        if name:
            ranges = _named_class(name, pattern)
            negative = match.group(0)[1] == "P"
            if depth:
                parts.append(_complement(ranges) if negative else ranges)
            else:
                parts.append(f"[{'^' if negative else ''}{ranges}]")
        elif escaped and escaped.lower() in _SHORT:
            inside = _SHORT[escaped.lower()]
            if depth:
                parts.append(_complement(inside) if escaped.isupper() else inside)
            else:
                parts.append(f"[{'^' if escaped.isupper() else ''}{inside}]")
        elif escaped in ("Q", "E", "G", "h", "H", "R", "v", "V", "X", "z", "Z", "k", "b", "B"):
            raise ValueError(f"the pattern {pattern!r} holds \\{escaped}, which this loader cannot express")
        elif sign == "." and not depth:
            parts.append("[^\\n\\r\\x85\\u2028\\u2029]")
        elif sign == "$" and not depth:
            parts.append(_DOLLAR)
        else:
            depth += {"[": 1, "]": -1}.get(sign, 0)
            if depth > 1 or (depth and "&&" in (match.group(5) or "")):
                raise ValueError(f"the pattern {pattern!r} holds a set within a set, which this loader cannot express")
            parts.append(match.group(0))
    return re.compile("".join(parts), re.ASCII)


def _named_class(name, pattern):
    if name in _POSIX:
        return _POSIX[name]
    ranges = _CATEGORIES.of(name)
    if not ranges:
        raise ValueError(f"the pattern {pattern!r} holds \\p{{{name}}}, which this loader does not know")
    return _bracket(ranges)


def _complement(inside):
    inverse = re.compile(f"[^{inside}]")
    ranges = []
    for code in range(sys.maxunicode + 1):
        if inverse.match(chr(code)):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return _bracket(ranges)


def _utf16_length(token):
    return len(token) + sum(character > "\uffff" for character in token)


def _split(regex, text):
    """Java's Pattern.split: nothing before a match of no width at the start, no empty tokens at the end."""
    tokens = []
    start = 0
    for match in regex.finditer(text):
        if match.end() == 0:
            continue
        tokens.append(text[start : match.start()])
        start = match.end()
    if start == 0 and not tokens:
        return [text]
    tokens.append(text[start:])
    while tokens and tokens[-1] == "":
        tokens.pop()
    return tokens


# --- stages: each takes the columns that were made so far --------------------------------------------------------------
_WHITE = re.compile("[ \\t\\n\\x0b\\f\\r]")


def _tokenizer(stage):
    return lambda text: _split(_WHITE, lower(text))


def _regex_tokenizer(stage):
    regex = java_regex(stage["pattern"])
    shortest = stage["minTokenLength"]

    def run(text):
        text = lower(text) if stage["toLowercase"] else text
        tokens = _split(regex, text) if stage["gaps"] else [match.group() for match in regex.finditer(text)]
        return [token for token in tokens if _utf16_length(token) >= shortest]

    return run


def _stop_words_remover(stage):
    if stage["caseSensitive"]:
        words = set(stage["stopWords"])
        return lambda tokens: [token for token in tokens if token not in words]
    language = stage["locale"].split("_")[0].lower()
    if language in ("tr", "az", "lt"):
        raise ValueError(f"stop words in the locale {stage['locale']}: this loader lowers English only")
    words = {lower(word) for word in stage["stopWords"]}
    return lambda tokens: [token for token in tokens if lower(token) not in words]


def _ngram(stage):
    n = stage["n"]
    return lambda tokens: [" ".join(tokens[at : at + n]) for at in range(len(tokens) - n + 1)]


def _concat(stage):
    return lambda *lists: [token for tokens in lists for token in tokens]


def _mix(k):
    k = (k * 0xCC9E2D51) & 0xFFFFFFFF
    k = ((k << 15) | (k >> 17)) & 0xFFFFFFFF
    return (k * 0x1B873593) & 0xFFFFFFFF


def _turn(h):
    h = ((h << 13) | (h >> 19)) & 0xFFFFFFFF
    return (h * 5 + 0xE6546B64) & 0xFFFFFFFF


def murmur3(data, old_tail=False):
    """MurmurHash3 x86 32 with seed 42, as a signed number; Spark below 3.0 had a tail of its own."""
    h = 42
    whole = len(data) & ~3
    for (k,) in struct.iter_unpack("<I", data[:whole]):
        h = _turn(h ^ _mix(k))
    if old_tail:
        for byte in data[whole:]:
            h = _turn(h ^ _mix((byte - 256 if byte > 127 else byte) & 0xFFFFFFFF))
    elif whole < len(data):
        h ^= _mix(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    h ^= h >> 16
    return h - (1 << 32) if h >> 31 else h


def _hashing(stage):
    size, binary, old = stage["numFeatures"], stage["binary"], stage["hash"] == "spark2"
    seen = {}

    def run(tokens):
        vector = {}
        for token in tokens:
            index = seen.get(token)
            if index is None:
                index = murmur3(token.encode(), old) % size
                if len(seen) < 200_000:
                    seen[token] = index
            vector[index] = 1.0 if binary else vector.get(index, 0.0) + 1.0
        return vector

    return run


def _count_vectorizer(stage):
    places = {word: place for place, word in enumerate(stage["vocabulary"])}
    least, binary = stage["minTF"], stage["binary"]

    def run(tokens):
        vector = {}
        for token in tokens:
            if token in places:
                vector[places[token]] = vector.get(places[token], 0.0) + 1.0
        limit = least if least >= 1.0 else len(tokens) * least
        return {place: 1.0 if binary else count for place, count in vector.items() if count >= limit}

    return run


def _idf(stage):
    weights = stage["idf"]
    return lambda vector: {index: count * weights[index] for index, count in vector.items()}


_FEATURES = {
    "Tokenizer": _tokenizer,
    "RegexTokenizer": _regex_tokenizer,
    "StopWordsRemover": _stop_words_remover,
    "NGram": _ngram,
    "ConcatTokens": _concat,
    "HashingTF": _hashing,
    "CountVectorizer": _count_vectorizer,
    "IDF": _idf,
}


class _Rows:
    """Feature vectors of all rows, one after the other, indices ascending within a row."""

    def __init__(self, vectors):
        counts = [len(vector) for vector in vectors]
        self.count = len(vectors)
        self.row = np.repeat(np.arange(self.count), counts)
        self.index = np.fromiter((index for vector in vectors for index in sorted(vector)), np.int64, sum(counts))
        self.value = np.fromiter((vector[index] for vector in vectors for index in sorted(vector)), np.float64, sum(counts))

    def dot(self, weights, start=0.0):
        """Sums in ascending order of the index, one product after the other: bincount does exactly that."""
        if start == 0.0:
            return np.bincount(self.row, self.value * weights[self.index], self.count)
        rows = np.concatenate([np.arange(self.count), self.row])
        products = np.concatenate([np.full(self.count, start), self.value * weights[self.index]])
        return np.bincount(rows, products, self.count)

    def at(self, rows, features, columns):
        """Value of one feature in each of some rows."""
        keys = self.row * columns + self.index
        wanted = rows * columns + features
        places = np.searchsorted(keys, wanted)
        found = np.append(keys, -1)[places] == wanted
        return np.where(found, np.append(self.value, 0.0)[places], 0.0)


# --- exp of the Java machine on x86-64 -----------------------------------------------------------------------------------
def _tables():
    """2^(j/64) cut off after 52 bits, and what that lost relative to it: six square roots nested, in 400-bit numbers."""
    one = 1 << 400
    roots = [2 * one]
    for _ in range(6):
        roots.append(math.isqrt(roots[-1] * one))
    high, low = np.empty(64), np.empty(64)
    for j in range(64):
        power = one
        for bit in range(6):
            if j >> bit & 1:
                power = power * roots[6 - bit] // one
        cut = power >> 348 << 348
        high[j] = (cut >> 348) / 2.0**52
        low[j] = ((power - cut) << 200) // cut / 2.0**200
    return high, low


_HIGH, _LOW = _tables()


def _double(bits):
    return struct.unpack(">d", struct.pack(">Q", bits))[0]


_SCALE, _SHIFT = _double(0x40571547652B82FE), 6755399441055744.0
_LN_HIGH, _LN_LOW = _double(0x3F862E42FEFA0000), _double(0x3D1CF79ABC9E3B3A)
_C2, _C3, _C4 = _double(0x3FDFFFFFFFFFFFFE), _double(0x3FC5555555548BA1), _double(0x3FA55555555B9E25)
_C5, _C6 = _double(0x3F811115C090CF0F), _double(0x3F56C15CE3289860)


def java_exp(x):
    """exp as Intel's LIBM computes it, which the Java machine uses on x86-64; numpy's where that has other branches."""
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        usual = (np.abs(x) < 704.0) & (np.abs(x) >= 2.0**-54)
        y = np.where(usual, x, 0.0)
        t = y * _SCALE + _SHIFT
        m = (t.view(np.int64) & 0xFFFFFFFF).astype(np.uint32).view(np.int32).astype(np.int64)
        part = t - _SHIFT
        r = (y - part * _LN_HIGH) - part * _LN_LOW
        j, n = m & 63, m >> 6
        r2 = r * r
        r3 = r * r2
        low = (r3 * r2) * (_C5 + _C6 * r)
        high = r3 * (_C3 + _C4 * r)
        s = (high + ((r + _LOW[j]) + low)) + r2 * _C2
        scale = np.ldexp(_HIGH[j], n)
        return np.where(usual, s * scale + scale, np.where(np.abs(x) < 2.0**-54, 1.0 + x, np.exp(x)))


# --- classifiers: raw scores and probabilities of all rows, one column for each class ---------------------------------------
def _row_sums(table):
    """Column after column, as a loop over the classes adds them up."""
    total = np.zeros(len(table))
    for column in range(table.shape[1]):
        total = total + table[:, column]
    return total


def _softmax(raw):
    powers = java_exp(raw - raw.max(axis=1, keepdims=True))
    return powers * (1.0 / _row_sums(powers))[:, None]


def _matrix_rows(matrix):
    """Weights of each class, whatever the matrix is stored like."""
    rows, columns, values = matrix["rows"], matrix["columns"], matrix["values"]
    if matrix["type"] == "dense":
        return values.reshape(rows, columns) if matrix["transposed"] else values.reshape(columns, rows).T
    dense = np.zeros((rows, columns))
    major = np.repeat(np.arange(len(matrix["starts"]) - 1), np.diff(matrix["starts"]))
    dense[(major, matrix["indices"]) if matrix["transposed"] else (matrix["indices"], major)] = values
    return dense


def _vector(vector):
    if vector["type"] == "dense":
        return vector["values"]
    dense = np.zeros(vector["size"])
    dense[vector["indices"]] = vector["values"]
    return dense


def _logistic_regression(stage):
    weights, intercepts = _matrix_rows(stage["coefficients"]), _vector(stage["intercepts"])
    # Spark walks through a matrix of sparse columns the other way: the intercept comes first.
    by_column = stage["coefficients"]["type"] == "sparse" and not stage["coefficients"]["transposed"]

    def run(rows):
        if not stage["multinomial"]:
            margin = rows.dot(weights[0]) + intercepts[0]
            with np.errstate(over="ignore"):
                negative = 1.0 / (1.0 + java_exp(margin))
            return np.column_stack([-margin, margin]), np.column_stack([negative, 1.0 - negative])
        pairs = list(zip(weights, intercepts))
        raw = np.column_stack([rows.dot(w, b) if by_column else rows.dot(w) + b for w, b in pairs])
        return raw, _softmax(raw)

    return run


def _linear_svc(stage):
    weights = _vector(stage["coefficients"])

    def run(rows):
        margin = rows.dot(weights) + stage["intercept"]
        return np.column_stack([-margin, margin]), None

    return run


def _naive_bayes(stage):
    kind, theta, pi = stage["modelType"], _matrix_rows(stage["theta"]), _vector(stage["pi"])
    if kind == "gaussian":
        raise ValueError("naive Bayes of the type gaussian is beyond this loader")
    start = pi
    if kind == "bernoulli":
        absent = np.log1p(-java_exp(theta))
        # accumulate adds one after the other, as Spark does; sum would add in pairs.
        start = pi + np.add.accumulate(absent, axis=1)[:, -1]
        theta = theta - absent

    def run(rows):
        raw = np.column_stack([rows.dot(weights) for weights in theta])
        if kind == "complement":
            largest = raw.max(axis=1)
            # The logarithm of the Java machine may differ from this one in its last bit.
            raw = raw - (np.log(_row_sums(java_exp(raw - largest[:, None]))) + largest)[:, None]
        else:
            raw = raw + start
        return raw, _softmax(raw)

    return run


def _random_forest(stage):
    trees, classes, columns = stage["trees"], stage["numClasses"], stage["numFeatures"]
    starts = trees["starts"]
    if (trees["numCategories"] >= 0).any():
        raise ValueError("this loader knows no splits by category")
    stats = trees["stats"].reshape(-1, trees["statsPerNode"])[:, :classes]
    total = _row_sums(stats)
    shares = np.divide(stats, total[:, None], out=np.zeros_like(stats), where=total[:, None] != 0)

    def run(rows):
        raw = np.zeros((rows.count, classes))
        every = np.arange(rows.count)
        for start in starts[:-1]:
            node = np.full(rows.count, start)
            while (inner := trees["left"][node] >= 0).any():
                at = every[inner]
                here = node[at]
                value = rows.at(at, trees["feature"][here], columns)
                child = np.where(value <= trees["threshold"][here], trees["left"][here], trees["right"][here])
                node[at] = start + child
            raw = raw + shares[node]
        total = _row_sums(raw)
        return raw, np.divide(raw, total[:, None], out=raw.copy(), where=total[:, None] != 0)

    return run


_CLASSIFIERS = {
    "LogisticRegression": _logistic_regression,
    "LinearSVC": _linear_svc,
    "NaiveBayes": _naive_bayes,
    "RandomForest": _random_forest,
}


def _choose(stage, raw, probability, threshold):
    """Number of the class of each row; a threshold of the caller goes before those of the model."""
    if threshold is not None:
        if probability is None or raw.shape[1] != 2:
            raise ValueError("threshold is for models of two classes with probabilities")
        return (probability[:, 1] > float(threshold)).astype(int)
    if stage["kind"] == "LinearSVC":
        return (raw[:, 1] > stage["threshold"]).astype(int)
    thresholds = stage.get("thresholds")
    if stage["kind"] == "LogisticRegression" and not stage["multinomial"]:
        return (raw[:, 1] > _raw_limit(stage["threshold"], thresholds)).astype(int)
    if thresholds is None:
        return raw.argmax(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = probability / thresholds
    # Nothing divided by nothing is not chosen.
    return np.where(np.isnan(scaled), -np.inf, scaled).argmax(axis=1)


def _raw_limit(threshold, thresholds):
    """Two classes compare the margin; a list of thresholds stands for the one threshold 1 / (1 + first / second)."""
    if thresholds is not None:
        with np.errstate(divide="ignore"):
            threshold = 1.0 / (1.0 + thresholds[0] / thresholds[1])
    if threshold in (0.0, 1.0):
        return -np.inf if threshold == 0.0 else np.inf
    return np.log(threshold / (1.0 - threshold))


# --- the model file: docs/model-format.md of sentops --------------------------------------------------------------------------
_MAGIC = b"\x89SOM\r\n\x1a\n"


def _array(data, entry):
    at, length, encoding = entry["offset"], entry["length"], entry["encoding"]
    if encoding == "plain":
        return np.frombuffer(data, "<f8" if entry["type"] == "f64" else "<i4", length, at)
    if encoding == "f32":
        return np.frombuffer(data, "<f4", length, at).astype("<f8")
    if encoding not in ("bits+f64", "bits+f32"):
        raise ValueError(f"the model file holds an array in the encoding {encoding}, which this loader does not know")
    flags = (length + 63) // 64 * 8
    mask = np.unpackbits(np.frombuffer(data, "u1", flags, at), bitorder="little")[:length].astype(bool)
    values = np.zeros(length)
    kind = "<f8" if encoding == "bits+f64" else "<f4"
    values[mask] = np.frombuffer(data, kind, int(mask.sum()), at + flags)
    return values


def _restore(value, arrays):
    if isinstance(value, list):
        return [_restore(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "$array" in value:
        return arrays[value["$array"]]
    if "$number" in value:
        return float(value["$number"])
    return {key[1:] if key.startswith("$$") else key: _restore(item, arrays) for key, item in value.items()}


def read_model(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != _MAGIC:
        raise ValueError(f"{path} is not a sentops model file")
    version, length, size, header_sum, body_sum = struct.unpack_from("<IIQII", data, 8)
    if version > 1:
        raise ValueError(f"{path} has version {version} of the layout; this loader knows 1")
    header = data[32 : 32 + length]
    if size != len(data) or zlib.crc32(header) != header_sum or zlib.crc32(data[32 + length :]) != body_sum:
        raise ValueError(f"{path} is damaged: its length or a checksum does not fit")
    document = json.loads(header)
    arrays = [_array(data, entry) for entry in document["arrays"]]
    return _restore(document["model"], arrays)


class SentopsModel:
    """Texts in (a frame with the column `text`, a list, a series), a frame with label and probability out."""

    def __init__(self, model):
        *features, self._classifier = model["stages"]
        self._labels = model["labels"]
        self._calibration = model.get("calibration")
        self._steps = [self._step(stage) for stage in features]
        self._score = self._look_up(_CLASSIFIERS, self._classifier)(self._classifier)
        self._text = next(iter(self._steps[0][0]))

    @staticmethod
    def _look_up(known, stage):
        if stage["kind"] not in known:
            raise ValueError(f"the model has a stage of the kind {stage['kind']}, which this loader does not know")
        return known[stage["kind"]]

    def _step(self, stage):
        inputs = stage["inputCols"] if "inputCols" in stage else [stage["inputCol"]]
        return inputs, stage["outputCol"], self._look_up(_FEATURES, stage)(stage)

    def features(self, text):
        columns = {self._text: java_text(text)}
        for inputs, output, run in self._steps:
            columns[output] = run(*(columns[name] for name in inputs))
        return columns[self._classifier["featuresCol"]]

    def score(self, texts):
        """Raw scores and probabilities, one column for each class; no probabilities where the model has none."""
        rows = _Rows([self.features(text) for text in texts])
        raw, probability = self._score(rows)
        if probability is None and self._calibration is not None:
            slope, offset = self._calibration["slope"], self._calibration["offset"]
            with np.errstate(over="ignore"):
                positive = 1.0 / (1.0 + java_exp(slope * raw[:, 1] + offset))
            probability = np.column_stack([1.0 - positive, positive])
        return raw, probability

    def classes(self, raw, probability, threshold=None):
        """Number of the class of each row."""
        return _choose(self._classifier, raw, probability, threshold)

    def predict(self, model_input, params=None):
        texts = _texts(model_input)
        raw, probability = self.score(texts)
        chosen = self.classes(raw, probability, (params or {}).get("threshold"))
        result = {"label": [self._labels[number] for number in chosen]}
        if probability is None:
            result["probability"] = np.full(len(texts), np.nan)
        elif len(self._labels) == 2:
            result["probability"] = probability[:, 1]
        else:
            result["probability"] = probability[np.arange(len(texts)), chosen]
            for number, label in enumerate(self._labels):
                result[f"probability_{label}"] = probability[:, number]
        index = model_input.index if isinstance(model_input, (pd.DataFrame, pd.Series)) else None
        return pd.DataFrame(result, index=index)


def _texts(model_input):
    if isinstance(model_input, pd.DataFrame):
        if "text" not in model_input.columns and len(model_input.columns) != 1:
            raise ValueError(f"no column text among {', '.join(map(str, model_input.columns))}")
        model_input = model_input["text" if "text" in model_input.columns else model_input.columns[0]]
    elif isinstance(model_input, dict):
        model_input = model_input["text"]
    elif isinstance(model_input, str):
        model_input = [model_input]
    texts = list(model_input)
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"row {row} holds {text!r}, which is not a text")
    return texts


def _load_pyfunc(path):
    """What MLflow calls: with the file, or with the folder that holds it."""
    return SentopsModel(read_model(os.path.join(path, "model.sentops") if os.path.isdir(path) else path))
