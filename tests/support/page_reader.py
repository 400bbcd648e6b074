"""What stands in a page of `dflare report`, unpacked as its program does."""
import json
import re
import zlib

UNFIT = (0, 13, 60)


def bytes_of(text, size):
    """Bytes out of text of seven bits a character (src/page/seven_bits.h)."""
    sevens = []
    for code in map(ord, text):
        sevens += [code] if code < 0x100 else [UNFIT[(code - 0x100) >> 7], (code - 0x100) & 0x7F]
    held = int("".join(f"{seven:07b}" for seven in sevens).ljust(8 * size + 7, "0")[:8 * size] or "0", 2)
    return held.to_bytes(size, "big")


def data_of(file):
    """Runs, profiles and comparisons."""
    text = file.read_bytes().decode("utf-8")
    size, packed = re.search(r'id="data" data-bytes="(\d+)">([^<]*)</script>', text).groups()
    return json.loads(zlib.decompress(bytes_of(packed, int(size))))
