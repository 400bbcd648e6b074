"""The paper's Table 9 on Whisper tiny.en, float32 against int8 in CTranslate2: python3 bench/speech_table.py WHISPER CLIPS OUT

WHISPER is a model's folder (see speech_model.py, whose Python this runs with), CLIPS a folder of .flac or .wav, OUT takes a run a
row; a run that is there and complete is not done again. Success is of the clips searched: those on which both say the same.

    --strategies dflare,random,boundary   --seeds 1   --max-queries 40   --every 1 (each N-th clip)   --dflare build/release/dflare
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

MODEL = pathlib.Path(__file__).resolve().parent / "speech_model.py"


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("whisper", type=pathlib.Path)
    parser.add_argument("clips", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--strategies", default="dflare,random,boundary")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--max-queries", type=int, default=40)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--dflare", default="build/release/dflare")
    return parser.parse_args()


def chosen_clips(asked):
    clips = sorted(p for p in asked.clips.iterdir() if p.suffix in (".flac", ".wav"))[:: asked.every]
    folder = asked.out / "clips"
    folder.mkdir(parents=True, exist_ok=True)
    for clip in clips:
        shutil.copy(clip, folder / clip.name)
    return folder


def searched(asked, clips, strategy, seed):
    """The summary of a search, done now unless it is there."""
    run = asked.out / f"{strategy}-{seed}"
    models = [f"exec:{sys.executable} {MODEL} {asked.whisper.resolve()} {kind}" for kind in ("float32", "int8")]
    if not (run / "run.sqlite").exists():
        command = [asked.dflare, "search", *models, clips, "--oracle", "transcript", "--strategy", strategy, "--rng-seed", seed,
                   "--max-queries", asked.max_queries, "--workers", 1, "--batch", 1, "--quiet", "-o", run]
    else:
        command = [asked.dflare, "resume", run, "--allow-exec", "--quiet"]
    done = subprocess.run(list(map(str, command)))
    if done.returncode not in (0, 1):
        sys.exit(f"{strategy}, seed {seed}: dflare ended with {done.returncode}")
    return json.loads((run / "summary.json").read_text())


def main():
    asked = options()
    clips = chosen_clips(asked)
    print("| strategy | run seed | success | median queries | mean queries | seconds a clip |\n|---|---|---|---|---|---|")
    for strategy in asked.strategies.split(","):
        for seed in range(1, asked.seeds + 1):
            s = searched(asked, clips, strategy, seed)
            queries = s["queries"]["to_find"]
            print(f"| {strategy} | {seed} | {s['found']} of {s['searched']} | {queries['median']:g} | {queries['mean']:.2f} | "
                  f"{s['seconds']['mean_per_seed']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
