#!/usr/bin/env python3
"""Runs the command over the shared pairs: facts of every pair, the DFLARE authors' experiment, memory.

    bench/pairs.py facts        every pair loads; accuracy and agreement as the list says, within two images
    bench/pairs.py reference    the authors' two pairs and 100 seeds, their settings and the paper's, five run seeds
    bench/pairs.py queries [-- OPTIONS of dflare search]
                                queries a seed on every pair, its seed's own counted, with success, kinds and severity
    bench/pairs.py repair [-- OPTIONS of dflare repair]
                                Table 7 of the paper, and what each method does to natural images, on every pair with
                                at least 100 usable seeds
    bench/pairs.py memory       peak memory of a search from 10 000 CIFAR-size seeds

Needs the shared data ($DFLARE_SHARED, else ../shared beside this repository) and nothing but Python 3.9.
"""
from __future__ import annotations

import argparse
import ast
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DFLARE_SHARED", ROOT.parent / "shared")) / "data"
ALLOWED_IMAGES = 2  # kernels and batch sizes move a figure by an image or two

REFERENCE = {  # pair: per-seed results of the authors' code on the same seeds; means of five run seeds, their deviation
    "diffchaser-lenet5-8bit": ("lenet5_paper_versions.csv", 156.9, 16.9),
    "diffchaser-resnet-8bit": ("resnet_paper_versions.csv", 31.6, 5.1),
}
SETTINGS = {
    "reference": ["--fitness", "reference", "--operators", "reference", "--selection", "reference"],
    "paper": ["--fitness", "paper", "--operators", "paper", "--selection", "metropolis-hastings"],
}


def pairs(only: str) -> list[dict]:
    listed = json.loads((SHARED / "pairs.json").read_text())["pairs"]
    return [p for p in listed if only in p["id"]]


class Failed(Exception):
    pass


def search(dflare: Path, pair: dict, *options: str, images: Path | None = None, labels: Path | None = None) -> dict:
    """The summary of `dflare search` on a pair, and under "process" what the process took."""
    with tempfile.TemporaryDirectory() as folder:
        command = [dflare, "search", SHARED / pair["original"], SHARED / pair["compressed"]]
        command += [images or SHARED / pair["images"], "--labels", labels or SHARED / pair["labels"]]
        command += ["--preprocess", pair["preprocess"], "--output", pair["output"]]
        command += ["--label-offset", pair["label_offset"], "-o", Path(folder) / "run", "--json", "--quiet", *options]
        start = time.monotonic()
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate()
        if process.returncode != 0:
            raise Failed(f"exit {process.returncode}: {err.strip()}")
        export = [dflare, "export", Path(folder) / "run", "--format", "jsonl", "-o", Path(folder) / "findings.jsonl"]
        subprocess.run([str(c) for c in export], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines = (Path(folder) / "findings.jsonl").read_text().splitlines()
        ways = [(json.loads(line)["how"] or {}).get("end_point") for line in lines]
        return {**json.loads(out), "ways": [w for w in ways if w], "process": {"seconds": time.monotonic() - start}}


def show(cells: list, widths: list[int]) -> None:
    texts = [f"{c:.4g}" if isinstance(c, float) else str(c) for c in cells]
    print("  ".join(t.ljust(w) if i == 0 else t.rjust(w) for i, (t, w) in enumerate(zip(texts, widths))), flush=True)


def facts(args: argparse.Namespace) -> tuple[list[dict], bool]:
    widths = [44, 8, 8, 8, 8, 8, 8, 8, 6, 7]
    show(["pair", "acc f", "listed", "acc g", "listed", "differ", "listed", "seeds", "batch", "exact"], widths)
    rows, good = [], True
    for pair in pairs(args.only):
        try:
            row = facts_of(search(args.dflare, pair, "--max-queries", "2"), pair)
        except Failed as e:
            row = {"pair": pair["id"], "ok": False, "error": str(e)}
        rows.append(row)
        good = good and row["ok"]
        if "error" in row:
            show([row["pair"], "FAILED", row["error"]], widths)
            continue
        cells = [row[k] for k in ("pair", "accuracy_original", "listed_original", "accuracy_compressed",
                                  "listed_compressed", "differ", "listed_differ", "searched", "batch", "rows_exact")]
        show(cells + ([] if row["ok"] else ["DIFFERS"]), widths + [8])
    return rows, good


def facts_of(summary: dict, pair: dict) -> dict:
    listed, n = pair["measured"], summary["seeds"]
    accuracy = summary["accuracy"]
    differ = round((1 - summary["agreement"]) * n)
    off = [abs(accuracy["original"] - listed["accuracy_original"]) * n,
           abs(accuracy["compressed"] - listed["accuracy_compressed"]) * n, abs(differ - listed["disagreements"])]
    return {"pair": pair["id"], "ok": max(off) <= ALLOWED_IMAGES + 0.5,
            "accuracy_original": accuracy["original"], "listed_original": listed["accuracy_original"],
            "accuracy_compressed": accuracy["compressed"], "listed_compressed": listed["accuracy_compressed"],
            "differ": differ, "listed_differ": listed["disagreements"], "searched": summary["searched"],
            "batch": summary["batch"], "rows_exact": summary["rows_exact"]}


def reference(args: argparse.Namespace) -> tuple[list[dict], bool]:
    """Queries are compared without the seed's own, as the paper and its code count."""
    widths = [24, 10, 8, 16, 16, 10, 10]
    show(["pair", "settings", "found", "queries - 1", "authors' code", "ms/query", "ties"], widths)
    rows, good = [], True
    for pair in pairs(args.only):
        if pair["id"] not in REFERENCE:
            continue
        file, authors_mean, authors_sd = REFERENCE[pair["id"]]
        with (SHARED / "reference" / file).open() as f:
            authors_seeds = len(list(csv.DictReader(f)))
        for name, settings in SETTINGS.items():
            runs = [search(args.dflare, pair, "--strategy", "dflare", *settings, "--ties", "count", "--seed-filter",
                           "agree", "--max-queries", "20000", "--workers", "1", "--threads", "1", "--rng-seed", str(seed))
                    for seed in range(args.run_seeds)]
            means = [r["queries"]["mean"] - 1 for r in runs]
            row = {"pair": pair["id"], "settings": name, "success": [r["success_rate"] for r in runs],
                   "mean": statistics.mean(means), "sd": statistics.pstdev(means) if len(means) < 2 else
                   statistics.stdev(means), "authors_mean": authors_mean, "authors_sd": authors_sd,
                   "ms_per_query": statistics.median(1000 * r["seconds"]["wall"] / r["queries"]["total"] for r in runs),
                   "seeds": [r["searched"] for r in runs]}
            row["ok"] = min(row["success"]) == 1 and row["seeds"] == [authors_seeds] * len(runs)
            good = good and row["ok"]
            rows.append(row)
            show([row["pair"], name, f"{100 * min(row['success']):.0f} %", f"{row['mean']:.1f} +- {row['sd']:.1f}",
                  f"{authors_mean} +- {authors_sd}", row["ms_per_query"], sum(r["ties"] for r in runs)], widths)
    return rows, good


def queries(args: argparse.Namespace) -> tuple[list[dict], bool]:
    """Means are over all seeds of all run seeds; natural: reached by a corruption or operators of the seed itself."""
    widths = [44, 6, 8, 9, 8, 8, 9, 9, 8, 7, 10]
    show(["pair", "seeds", "found %", "queries", "median", "natural%", "severity", "L2", "Linf", "SSIM", "q/s"], widths)
    rows = []
    for pair in pairs(args.only):
        runs = [search(args.dflare, pair, "--max-seeds", str(args.max_seeds), "--rng-seed", str(seed), *args.options)
                for seed in range(args.run_seeds)]
        searched, ways = sum(r["searched"] for r in runs), [w for r in runs for w in r["ways"]]
        middle = lambda key, *path: statistics.mean([_at(r, key, *path) or 0 for r in runs])
        row = {"pair": pair["id"], "seeds": searched, "found": 100 * sum(r["found"] for r in runs) / searched,
               "mean": sum(r["queries"]["total"] for r in runs) / searched, "median": middle("queries", "median"),
               "natural": 100 * sum(w in ("corrupt", "mutate") for w in ways) / max(1, len(ways)),
               "severity": middle("severity", "median"), "l2": middle("distance", "l2"),
               "linf": middle("distance", "linf"), "ssim": middle("distance", "ssim"),
               "per_second": middle("queries_per_second")}
        rows.append(row)
        show(list(row.values()), widths)
    means = [row["mean"] for row in rows]
    show([f"mean over {len(rows)} pairs", "", statistics.mean(row["found"] for row in rows), statistics.mean(means), "",
          statistics.mean(row["natural"] for row in rows)], widths)
    print(f"least found {min(row['found'] for row in rows):.1f} %, most queries {max(means):.2f}")
    return rows, True


def repair(args: argparse.Namespace) -> tuple[list[dict], bool]:
    """A search of 16 findings a seed, then every method on it; means over the run seeds, intervals of the last."""
    widths = [44, 8, 6, 9, 9, 9, 22, 30, 30]
    show(["pair", "method", "devs", "repaired", "induced", "improved", "corrupted, before %", "change, points",
          "clean, change"], widths)
    rows = []
    for pair in pairs(args.only):
        if pair["measured"]["usable_seeds"] < 100:
            continue
        with tempfile.TemporaryDirectory() as folder:
            rows += repairs_of(args, pair, Path(folder), widths)
    for method in args.methods.split(","):
        of_method = [r for r in rows if r["method"] == method]
        print(f"{method}: {len(of_method)} pairs, improved {100 * statistics.mean(r['improved'] for r in of_method):.1f} % "
              f"on average, worst {100 * min(r['improved'] for r in of_method):.1f} %; corrupted images: lowered on "
              f"{sum(r['corrupted_change'] < 0 for r in of_method)}, raised on "
              f"{sum(r['corrupted_change'] > 0 for r in of_method)}, beyond the interval lowered on "
              f"{sum(any(e['corrupted']['change']['high'] < 0 for e in r['runs']) for r in of_method)}, raised on "
              f"{sum(any(e[k]['change']['low'] > 0 for e in r['runs'] for k in ('clean', 'corrupted')) for r in of_method)}")
    return rows, True


def repairs_of(args: argparse.Namespace, pair: dict, folder: Path, widths: list[int]) -> list[dict]:
    reports = {}
    for seed in range(args.run_seeds):
        run = folder / f"run{seed}"
        command = [args.dflare, "search", SHARED / pair["original"], SHARED / pair["compressed"], SHARED / pair["images"],
                   "--labels", SHARED / pair["labels"], "--preprocess", pair["preprocess"], "--output", pair["output"],
                   "--label-offset", pair["label_offset"], "--max-seeds", args.max_seeds, "--findings-per-seed", 16,
                   "--rng-seed", seed, "-o", run, "--quiet"]
        subprocess.run([str(c) for c in command], check=True)
        for method in args.methods.split(","):
            command = [args.dflare, "repair", run, "--method", method, "--json", "--quiet", "-o", folder / "out",
                       *args.options]
            done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True)
            if done.returncode not in (0, 1):  # 1: it raises the disagreement
                raise Failed(f"dflare repair ended with {done.returncode} on {pair['id']}")
            reports.setdefault(method, []).append(json.loads(done.stdout))
    rows = [repair_row(pair, method, of_method) for method, of_method in reports.items()]
    for row in rows:
        last = row["runs"][-1]
        interval = lambda e: f"{100 * e['value']:+.2f} ({100 * e['low']:+.2f} to {100 * e['high']:+.2f})"
        show([row["pair"], row["method"], row["deviations"], f"{100 * row['repaired']:.1f} %",
              f"{100 * row['induced']:.1f} %", f"{100 * row['improved']:.1f} %",
              f"{100 * last['corrupted']['disagreement_before']['value']:.2f}", interval(last["corrupted"]["change"]),
              interval(last["clean"]["change"])], widths)
    return rows


def repair_row(pair: dict, method: str, reports: list[dict]) -> dict:
    mean = lambda key: statistics.mean(r["paper"]["mean"][key] for r in reports)
    return {"pair": pair["id"], "method": method, "deviations": reports[0]["paper"]["repeats"][0]["deviations"],
            "repaired": mean("repair_ratio"), "induced": mean("inducing_ratio"), "improved": mean("improvement_ratio"),
            "corrupted_change": statistics.mean(r["natural"]["corrupted"]["change"]["value"] for r in reports),
            "clean_change": statistics.mean(r["natural"]["clean"]["change"]["value"] for r in reports),
            "held_out": reports[0]["natural"]["held_out"], "changes_nothing": [r["changes_nothing"] for r in reports],
            "runs": [r["natural"] for r in reports]}


def _at(tree: dict, *path: str):
    for key in path:
        tree = tree[key]
    return tree


def memory(args: argparse.Namespace) -> tuple[list[dict], bool]:
    """Peak resident memory, the kernel's own count for the one child process that this mode waits for."""
    import resource

    limit = 1 << 30
    pair = next(p for p in pairs("") if p["id"] == "cifar10-resnet20-int8")
    with tempfile.TemporaryDirectory() as folder:
        images, labels = Path(folder) / "images.npy", Path(folder) / "labels.npy"
        repeat_npy(SHARED / pair["images"], images, args.seeds)
        repeat_npy(SHARED / pair["labels"], labels, args.seeds)
        summary = search(args.dflare, pair, "--max-queries", str(args.max_queries), images=images, labels=labels)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    row = {"pair": pair["id"], "seeds": summary["seeds"], "found": summary["found"], "workers": summary["workers"],
           "batch": summary["batch"], "peak_mib": peak / 2**20, "ok": peak < limit and summary["seeds"] == args.seeds}
    print(f"{row['seeds']} seeds, {row['workers']} workers, batch {row['batch']}: {row['peak_mib']:.0f} MiB "
          f"(limit {limit >> 20})")
    return [row], row["ok"]


def repeat_npy(source: Path, target: Path, rows: int) -> None:
    """Writes an .npy of `rows` rows that repeats those of another (format 1.0, C order)."""
    data = source.read_bytes()
    end = 10 + int.from_bytes(data[8:10], "little")
    header = ast.literal_eval(data[10:end].decode("latin1"))
    have, body = header["shape"][0], memoryview(data)[end:]
    row = len(body) // have
    header["shape"] = (rows, *header["shape"][1:])
    text = (repr(header).encode()).ljust(117) + b"\n"
    with target.open("wb") as out:
        out.write(data[:8] + len(text).to_bytes(2, "little") + text)
        for first in range(0, rows, have):
            out.write(body[: row * min(have, rows - first)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["facts", "reference", "queries", "repair", "memory"])
    parser.add_argument("--dflare", type=Path, default=ROOT / "build/release/dflare", help="the command")
    parser.add_argument("--only", default="", help="pairs whose name contains this")
    parser.add_argument("--run-seeds", type=int, default=5, help="reference, queries, repair: run seeds 0 to N-1 (default: 5)")
    parser.add_argument("--max-seeds", type=int, default=100, help="queries, repair: seeds a pair (default: 100)")
    parser.add_argument("--methods", default="drepair,natural", help="repair: methods (default: drepair,natural)")
    parser.add_argument("--seeds", type=int, default=10_000, help="memory: inputs (default: 10000)")
    parser.add_argument("--max-queries", type=int, default=8, help="memory: queries a seed (default: 8)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    own, _, passed_on = "\0".join(sys.argv[1:]).partition("\0--\0")
    args = parser.parse_args(own.split("\0"))
    args.options = passed_on.split("\0") if passed_on else []
    if not (SHARED / "pairs.json").exists():
        print(f"no pairs.json in {SHARED}: set DFLARE_SHARED", file=sys.stderr)
        return 2
    try:
        rows, good = {"facts": facts, "reference": reference, "queries": queries, "repair": repair, "memory": memory}[args.what](args)
    except Failed as e:
        print(f"dflare failed: {e}", file=sys.stderr)
        return 1
    if args.json:
        args.json.write_text(json.dumps({"what": args.what, "results": rows}, indent=2) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
