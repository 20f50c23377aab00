"""Writes the King James Bible as plain text, compressed, into the framework's resources.

Source: the Debian packages bible-kjv-text and bible-kjv, whose program prints the text. A heading
with book and chapter, then a verse on each line, an empty line after each chapter.

Run from the root folder: python build/data/make_bible.py
"""

import gzip
import pathlib
import re
import subprocess

FILE = pathlib.Path("framework/src/main/resources/org/gradus/data/bible-kjv.txt.gz")

BOOKS = """
Genesis, Exodus, Leviticus, Numbers, Deuteronomy, Joshua, Judges, Ruth, 1 Samuel, 2 Samuel, 1 Kings,
2 Kings, 1 Chronicles, 2 Chronicles, Ezra, Nehemiah, Esther, Job, Psalms, Proverbs, Ecclesiastes,
Song of Solomon, Isaiah, Jeremiah, Lamentations, Ezekiel, Daniel, Hosea, Joel, Amos, Obadiah, Jonah,
Micah, Nahum, Habakkuk, Zephaniah, Haggai, Zechariah, Malachi, Matthew, Mark, Luke, John, Acts,
Romans, 1 Corinthians, 2 Corinthians, Galatians, Ephesians, Philippians, Colossians,
1 Thessalonians, 2 Thessalonians, 1 Timothy, 2 Timothy, Titus, Philemon, Hebrews, James, 1 Peter,
2 Peter, 1 John, 2 John, 3 John, Jude, Revelation
"""


def plain(printed):
    books = [book.strip() for book in BOOKS.replace("\n", " ").split(",")]
    names = {}
    lines = []
    chapter = None
    for verse in printed.splitlines():
        book, number, text = re.fullmatch(r"(\w*?[A-Za-z])(\d+):\d+ (.*)", verse).groups()
        if book not in names:
            names[book] = books[len(names)]
        if (book, number) != chapter:
            lines += ([""] if chapter else []) + [f"{names[book]} {number}"]
            chapter = book, number
        lines.append(text.strip())
    assert len(names) == len(books)
    return "\n".join(lines) + "\n"


printed = subprocess.run(
    ["bible", "-f", "Gen1:1-rev22:21"], capture_output=True, text=True, check=True
).stdout
# No time and no name in the gzip header: the same text gives the same file.
with open(FILE, "wb") as file:
    with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(plain(printed).encode("ascii"))
