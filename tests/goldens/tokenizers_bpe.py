"""Byte-level BPE: what Hugging Face's tokenizers library trains and encodes.

Writes two files as that library saves them and the tokens which it gives for texts that are easy to
get wrong. Needs Python 3 with tokenizers; run from the root folder:
python tests/goldens/tokenizers_bpe.py
"""

import gzip
import json
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

BIBLE = pathlib.Path("framework/src/main/resources/org/gradus/data/bible-kjv.txt.gz")
FOLDER = pathlib.Path("framework/src/test/resources/org/gradus/data/text")
EXCERPT = 200_000

TEXTS = [
    "",
    " ",
    "In the beginning God created the heaven and the earth.",
    "don't we'll I'm you've he'd they're it's 'S 'LL o'clock",
    "  two  spaces   before    words  ",
    "tabs\tand\n\nlines\r\n  \n x",
    "naïve café e\u0301 ÀÉÎ ﬁ ß",
    "日本語のテキスト 中文 한국어 עברית العربية हिन्दी",
    "👩‍👩‍👧 ok 🎉🎉 \U0001d54f",
    "0 12 345 6789 ²³ ⅓ Ⅷ ١٢٣ 3.14e-10",
    "<|endoftext|>In<|endoftext|><|endoftext|> the <|endof",
    "\u00a0no-break \u2003em\u2009thin \u3000ideographic\u1680ogham\u0085next\u2028line",
    "null \u0000 escape \u001b unit \u001c\u001d\u001e\u001f end \u007f\u0080\u00ad\ufeff\ufffd",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "thethethethe andandand ththth hehehe",
    "snake_case camelCase kebab-case a+b==c; /* x */ {\"k\": [1, 2]} https://a.b/c?d=e&f#g",
    "and the\u200dand\u200c the\u00adearth",
]


def byte_level(added):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=700,
        min_frequency=2,
        special_tokens=added,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    with gzip.open(BIBLE, "rt") as file:
        tokenizer.train_from_iterator([file.read()[:EXCERPT]], trainer)
    return tokenizer


def split_by_pattern(tokenizer):
    """The same merges behind the kind of pattern that newer models use."""
    changed = Tokenizer.from_str(tokenizer.to_str())
    pattern = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    changed.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tree = json.loads(changed.to_str())
    tree["model"]["ignore_merges"] = True
    changed = Tokenizer.from_str(json.dumps(tree))
    changed.add_tokens([AddedToken("created the", special=False, normalized=False)])
    return changed


def prefixed(tokenizer):
    changed = Tokenizer.from_str(tokenizer.to_str())
    changed.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    return changed


first = byte_level(["<|endoftext|>"])
cases = []
for name, tokenizer in [
    ("gpt2.json", first),
    ("pattern.json", split_by_pattern(first)),
    ("prefixed.json", prefixed(first)),
]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(tokenizer.to_str() + "\n")
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        cases.append(
            {"file": name, "text": text, "tokens": ids, "decoded": tokenizer.decode(ids)}
        )
(FOLDER / "encodings.json").write_text(
    "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
)
