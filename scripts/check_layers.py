#!/usr/bin/env python3
"""Checks who includes whom: a step knows the core and itself; what may join steps is in MAY_USE (HACKING.md)."""

import re
import sys
import tempfile
from pathlib import Path

# The step that each public header belongs to. Core headers are what travels between the steps.
OWNER = {
    **dict.fromkeys("answers budget error finding ids input pair_figures pair_look preprocess progress repair_head rng seed_status statistics text_style top_answers verdict".split(), "core"),
    "oracle": "judge",
    "seeds": "inputs",
    "seeds_in_memory": "inputs",
    **dict.fromkeys("operators corruptions natural_change process".split(), "mutate"),
    **dict.fromkeys("float_images model model_call model_files runtimes cached_model".split(), "query"),
    "observed_states": "remember",
    "strategy": "strategy",
    "store": "findings",
    **dict.fromkeys("natural searched".split(), "natural"),
    **dict.fromkeys("guard guard_samples guard_report".split(), "guard"),
    **dict.fromkeys("export_onnx guard_json repair_head_json".split(), "export"),
    **dict.fromkeys("repair repair_report".split(), "repair"),
    **dict.fromkeys("audit doubts inspection".split(), "audit"),
    **dict.fromkeys("search hang".split(), "search"),
    **dict.fromkeys("rank rank_report seed_search".split(), "rank"),
    **dict.fromkeys("profile profile_report".split(), "profile"),
    **dict.fromkeys("exact_intervals gate".split(), "gate"),
    "corpus": "corpus",
    "compare": "compare",
    **dict.fromkeys("finding_report gate_report report_files report_json report_svg report_text run_report run_summary run_words".split(), "report"),
    **dict.fromkeys("options settings config_file natural_box".split(), "options"),
    **dict.fromkeys("as_asked gate_as_asked merge open_pair run run_session search_as_asked search_in_parts".split(), "runs"),
    "run_page": "page",
}

# Whose public headers a step may use, beyond the core's and its own.
STEPS = {"inputs", "mutate", "query", "judge", "remember", "findings"}
MAY_USE = {
    "core": set(),
    **{step: set() for step in STEPS},
    "findings": {"inputs"},  # writes PNG and .npy files as inputs reads them
    "strategy": {"mutate", "judge", "remember", "inputs"},  # inputs: a RunContext holds the seeds
    "natural": {"inputs", "mutate", "query"},
    "guard": {"inputs", "query", "natural", "mutate"},  # mutate: how many kinds of corruption there are
    "repair": {"inputs", "query", "natural"},
    "export": {"guard", "repair", "inputs", "query", "natural"},  # what ships with a compressed model, as files
    "audit": {"inputs", "query", "judge", "natural"},
    "search": STEPS | {"strategy"},
    "rank": STEPS - {"findings"} | {"natural", "strategy", "search"},
    "profile": {"inputs", "mutate", "query", "natural", "search"},
    "gate": {"inputs", "search", "natural", "rank", "profile"},
    "compare": {"gate"},
    "corpus": {"inputs", "findings", "query", "natural", "search"},
    "report": {"mutate", "profile", "gate", "corpus", "compare", "findings", "search", "query", "judge", "audit", "rank", "guard", "repair", "export"},  # export: a guard's rule as JSON; mutate: the kinds of natural changes
    "options": {"profile", "gate", "inputs", "mutate", "query", "judge", "strategy", "findings", "search", "natural", "rank", "repair", "guard"},  # the settings that they become
    "runs": STEPS | {"profile", "gate", "corpus", "compare", "search", "natural", "rank", "guard", "repair", "export", "audit", "report", "options"},
    "python": STEPS | {"strategy", "profile", "gate", "corpus", "compare", "natural", "search", "rank", "repair", "guard", "audit", "report", "options", "runs", "page"},
    "page": {"inputs", "query", "findings", "report", "options", "runs"},
    "cli": STEPS | {"profile", "gate", "corpus", "compare", "strategy", "search", "natural", "rank", "repair", "guard", "export", "audit", "report", "options", "runs", "page"},
}

# Outside headers, by the only folders that may include them. Public headers include none of these.
LIBRARIES = {
    r"opencv2/": {"inputs", "mutate"},
    r"png\.h": {"inputs"},
    r"jpeglib\.h": {"inputs", "mutate"},
    r"sndfile\.h|samplerate\.h": {"core"},
    r"sonic\.h": {"mutate"},
    r"webp/": {"inputs", "page"},
    r"toml\+\+/": {"inputs", "options"},
    r"onnxruntime|dlfcn\.h": {"query"},
    r"onnx/|google/protobuf": {"export"},
    r"sqlite3\.h": {"findings"},
    r"zlib\.h": {"inputs", "findings", "page"},
    r"curl/": {"query"},
    r"nlohmann/": {"core", "query", "judge", "findings", "corpus", "export", "report", "options", "runs", "page", "cli"},
    r"lbfgs\.h": {"repair"},
    r"Eigen/|unsupported/Eigen": {"gate", "repair"},
    r"CLI/": {"cli"},
    r"nanobind/": {"python"},
    r"nettle/": {"core"},
    r"iostream$": {"cli"},  # the library never prints
    r"random$": set(),  # std:: distributions differ between libraries: dflare/rng.h
}

# What a folder does not write, and what it writes instead.
UNWRITTEN = {
    "cli": {r"\bfmt::print\(|\bstd::(printf|puts|fputs|cout|cerr)\b": "print by say() or put() (cli/terminal.h)"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def step_of(include):
    """The step that a quoted include reaches into, and whether it does so by a public header."""
    parts = Path(include).parts
    if parts[0] == "dflare":
        return OWNER.get(Path(include).stem), True
    return (parts[0] if len(parts) > 1 else None), False


def complaint(step, public, quote, include):
    """Why a file of `step` (a public header or not) may not have this include; None when it may."""
    if quote == "<":
        for pattern, folders in LIBRARIES.items():
            if re.match(pattern, include) and (public or step not in folders):
                return f"<{include}> belongs to {', '.join(sorted(folders)) or 'nobody'}"
        return None
    owner, by_public_header = step_of(include)
    if owner not in MAY_USE:
        return f'"{include}" belongs to no step: name it in scripts/check_layers.py, or write its path from src/'
    if public and not by_public_header:
        return f'"{include}" is internal, and this header is public'
    if owner in ("core", step):
        return None
    if owner not in MAY_USE[step]:
        return f'"{include}" belongs to {owner}, which {step} does not know'
    if not by_public_header:
        return f'"{include}" is internal to {owner}'
    return None


def check(root):
    """Complaints about every source of the tree, as `file:line: why`."""
    complaints = []
    for path in sorted([*root.glob("include/dflare/**/*.h"), *root.glob("src/**/*.h"), *root.glob("src/**/*.cpp")]):
        relative = path.relative_to(root)
        public = relative.parts[0] == "include"
        step = OWNER.get(path.stem) if public else relative.parts[1]
        if step not in MAY_USE:
            complaints.append(f"{relative}:1: belongs to no step: name it in scripts/check_layers.py")
            continue
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            if why := complaint(step, public, *match.groups()):
                complaints.append(f"{relative}:{text.count(chr(10), 0, match.start(2)) + 1}: {why}")
        for pattern, why in UNWRITTEN.get(step, {}).items():
            for match in re.finditer(pattern, text):
                complaints.append(f"{relative}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}: {why}")
    return complaints


def self_test():
    """A tree with one wrong include each; every one must be caught, and the right ones must not."""
    good = {
        "src/query/onnx.cpp": '"dflare/model.h" "core/nearest.h" "query/fill.h" <onnxruntime_c_api.h> <vector>',
        "src/search/search.cpp": '"dflare/search.h" "dflare/model.h" "dflare/strategy.h"',
        "src/strategy/random.cpp": '"dflare/strategy.h" "dflare/operators.h"',
        "include/dflare/search.h": '"dflare/model.h" "dflare/seeds.h"',
        "src/cli/main.cpp": '"dflare/search.h" "dflare/store.h" <CLI/CLI.hpp> <iostream>',
    }
    bad = {
        "src/mutate/noise.cpp": '"dflare/model.h"',
        "src/judge/verdict.cpp": '"search/worker.h"',
        "src/search/worker.cpp": '"query/onnx/session.h"',
        "src/strategy/dflare.cpp": '"dflare/model.h"',
        "src/core/rng.cpp": "<random>",
        "src/query/model.cpp": "<iostream>",
        "src/inputs/png.cpp": "<sqlite3.h>",
        "src/findings/store.cpp": '"dflare/unheard_of.h"',
        "include/dflare/model.h": '"core/nearest.h"',
        "include/dflare/input.h": '"dflare/seeds.h"',
        "include/dflare/store.h": "<sqlite3.h>",
        "src/elsewhere/x.cpp": '"dflare/input.h"',
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, includes in {**good, **bad}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("// x\n" + "".join(f"#include {i}\n" for i in includes.split()))
        (root / "src/cli/loud.cpp").write_text('void f() { fmt::print("past say()"); }\n')
        complaints = check(root)
    caught = {c.split(":")[0] for c in complaints}
    expected = {*bad, "src/cli/loud.cpp"}
    assert caught == expected, f"caught {sorted(caught)}, expected {sorted(expected)}"
    assert len(complaints) == len(expected), complaints


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        found = check(Path(__file__).resolve().parent.parent)
        print(*found, sep="\n", end="\n" if found else "")
        sys.exit(1 if found else 0)
