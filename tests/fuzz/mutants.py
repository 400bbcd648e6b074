"""Damaged models and pictures, put through the command.

    python tests/fuzz/mutants.py models DFLARE [--count 1000] [--draw 0] [--base FILE...]
    python tests/fuzz/mutants.py images DFLARE [--count 1000] [--draw 0] [--base FILE...]

Each mutant of a model goes through `inspect` and through `search` beside the model it was made of; pictures are searched in
folders of twenty, beside one intact picture. What counts as a fault: an exit code that is not documented, a message that does not name the file, an
unexpected error, a minute without an end, and a crash inside a runtime that is not told or cannot be resumed. Mutants that
show a fault are kept in --keep. The fuzzers beside this file look at one parser each; here the runtimes take part.
Exit code 1 with a fault, 2 where the arguments make no sense.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = ROOT / "examples/seeds/digits"
DOCUMENTED = {0, 2, 3, 5}
SECONDS = 60
NUMBERS = [0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, -(2**31)]


def places(data):
    """Where a file has names, and so its structure; the rest is mostly weights or pixels."""
    return [match.start() for match in re.finditer(rb"[A-Za-z_/]{4,}", data)] or [0]


def position(data, names, rng):
    near = rng.random() < 0.7
    at = rng.choice(names) + rng.randint(-48, 48) if near else rng.randrange(len(data))
    return min(max(at, 0), len(data) - 1)


def flip(data, at, rng):
    data[at] ^= 1 << rng.randrange(8)


def overwrite(data, at, rng):
    count = rng.randint(1, 16)
    data[at : at + count] = rng.randbytes(len(data[at : at + count]))


def number(data, at, rng):
    at -= at % 4
    if at + 4 <= len(data):
        data[at : at + 4] = (rng.choice(NUMBERS) & 0xFFFFFFFF).to_bytes(4, "little")


def insert(data, at, rng):
    data[at:at] = rng.randbytes(rng.randint(1, 8))


def remove(data, at, rng):
    del data[at : at + rng.randint(1, 8)]


def repeat(data, at, rng):
    data[at:at] = data[at : at + rng.randint(1, 64)]


def cut(data, at, rng):
    del data[max(1, rng.randrange(len(data))) :]


GENTLE = [flip, number]  # most files with one of these still open
CHANGES = [flip, overwrite, number, insert, remove, repeat, cut]


def mutant(base, rng):
    data = bytearray(base)
    names = places(base)
    changes = GENTLE if rng.random() < 0.7 else CHANGES
    for _ in range(rng.choice([1, 1, 1, 2, 4, 8])):
        rng.choice(changes)(data, position(data, names, rng), rng)
    return bytes(data)


class Checker:
    """Runs the command and says what is wrong with how it ended; "" where nothing is."""

    def __init__(self, command):
        self.command, self.codes, self.longest = command, collections.Counter(), 0.0

    def run(self, *arguments):
        began = time.monotonic()
        done = subprocess.run([self.command, *map(str, arguments)], capture_output=True, timeout=SECONDS)
        self.longest = max(self.longest, time.monotonic() - began)
        self.codes[done.returncode] += 1
        return done.returncode, done.stderr.decode(errors="replace")

    def fault(self, name, *arguments, run=None):
        try:
            code, words = self.run(*arguments)
            if code >= 0 and code not in DOCUMENTED:
                return f"exit {code}: {words}"
            named = any(pathlib.Path(str(part)).name in words for part in [name, *arguments[1:]])
            if "unexpected" in words or (code in (2, 3) and not named):
                return f"exit {code} names no file or is unexpected: {words}"
            if code < 0 and run and run.exists():
                code, words = self.run("resume", run)
                return "" if code in DOCUMENTED or name in words else f"resume, exit {code}: {words}"
            return ""
        except subprocess.TimeoutExpired:
            return f"no end after {SECONDS} s"


def try_model(checker, base, data, folder):
    damaged = folder / ("damaged" + base.suffix)
    damaged.write_bytes(data)
    run = folder / "run"
    limits = ["--max-seeds", 5, "--max-queries", 20, "--time-limit", 10, "--query-timeout", 5]
    return checker.fault(damaged.name, "inspect", damaged, "--seeds", DIGITS) or checker.fault(
        damaged.name, "search", base, damaged, DIGITS, *limits, "-o", run, run=run
    )


def try_images(checker, bases, rng, folder):
    shutil.copy(bases[0], folder / f"intact{bases[0].suffix}")
    for turn in range(20):
        base = rng.choice(bases)
        (folder / f"{turn:02}{base.suffix}").write_bytes(mutant(base.read_bytes(), rng))
    model = ROOT / "examples/models/digits-lenet5.onnx"
    pair = [model, model.with_name("digits-lenet5-int8.onnx"), folder, "--preprocess", "unit"]
    return checker.fault(folder.name, "inspect", *pair[:2], "--seeds", folder) or checker.fault(
        folder.name, "search", *pair, "--max-queries", 20, "-o", folder / "run"
    )


def one(checker, what, bases, seed, keep):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if what == "models":
            base = rng.choice(bases)
            wrong = try_model(checker, base, mutant(base.read_bytes(), rng), folder)
        else:
            wrong = try_images(checker, bases, rng, folder)
        if wrong:
            shutil.copytree(folder, keep / str(seed), dirs_exist_ok=True, ignore_dangling_symlinks=True)
            print(f"draw {seed}: {wrong}", flush=True)
        return bool(wrong)


def pictures(folder):
    """The first digits in every format that is read, small and large."""
    from PIL import Image

    made = []
    for turn, digit in enumerate(sorted(DIGITS.rglob("*.png"))[:8]):
        image = Image.open(digit).convert("L" if turn % 2 else "RGB").resize((28 + 20 * turn,) * 2)
        for ending in ("png", "jpg", "bmp", "webp", "pgm" if turn % 2 else "ppm"):
            made.append(folder / f"{turn}.{ending}")
            image.save(made[-1])
    return made


def models():
    folders = [ROOT / "examples/models", ROOT / "tests/models"]
    files = [file for folder in folders for file in folder.iterdir() if file.suffix in (".onnx", ".tflite")]
    return sorted(file for file in files if not file.stem.startswith(("hang", "gestures", "weights_beside")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["models", "images"])
    parser.add_argument("dflare", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1000, help="mutants in all")
    parser.add_argument("--draw", type=int, default=0, help="the first mutant's random seed; the next ones follow")
    parser.add_argument("--base", type=pathlib.Path, nargs="+", help="files to damage; default: those of the project")
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("build/mutants"))
    options = parser.parse_args()
    checker = Checker(options.dflare.resolve())
    turns = range(options.draw, options.draw + (options.count if options.what == "models" else -(-options.count // 20)))
    with concurrent.futures.ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as name:
        bases = options.base or (models() if options.what == "models" else pictures(pathlib.Path(name)))
        faults = sum(pool.map(lambda seed: one(checker, options.what, bases, seed, options.keep), turns))
    codes = ", ".join(f"{code}: {count}" for code, count in sorted(checker.codes.items()))
    print(f"{options.count} {options.what} of {len(bases)} files, {faults} faults; exit codes {codes}; "
          f"longest {checker.longest:.1f} s")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
