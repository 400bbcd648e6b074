// The table of verbs.
#include "cli/verbs.h"

#include <utility>

namespace dflare::cli {
namespace {

// What finds deviations and shows them.
std::vector<Verb> verbs_of_searching() {
  return {
      {kSearch,
       "search",
       "Find inputs on which a model and its compressed version disagree",
       "Starts from real inputs on which the two models agree, and changes them step by step until the answers differ. "
       "Every find is stored at once and asked again, alone, before it counts. RUN then holds run.sqlite (the truth), "
       "findings/*.png and summary.json; docs/summary-json.md describes the last. Ctrl-C ends the run with everything "
       "kept, and `dflare resume` goes on.",
       {"dflare search model.onnx model-int8.onnx seeds/ --preprocess unit -o run",
        "dflare search model.onnx model.tflite images.npy --labels labels.npy --max-queries 500 --json",
        "dflare search model.onnx model-int8.onnx seeds/ --config nightly.toml --time-limit 600"},
       search},
      {kResume,
       "resume",
       "Go on with a run that was stopped, killed or cut by its time limit",
       "Searches what the run has not finished, with the settings it was started with, and ends with the same findings "
       "as a run that was never stopped. Models and inputs must be what they were: their hashes are checked.",
       {"dflare resume run", "dflare resume run --time-limit 600"},
       resume},
      {kMerge,
       "merge",
       "Join runs of one search, as --shard splits it, into one run",
       "Takes runs of the same models, inputs and settings: shards from several machines, finished or not, copies, and "
       "runs that were merged before. What is in several of them is there once. The result is what one machine would "
       "have left; `dflare resume` goes on with what none of them has finished. Runs that do not fit are refused.",
       {"dflare merge shard-0 shard-1 shard-2 shard-3 -o run"},
       merge},
      {kInspect,
       "inspect",
       "Show what a model takes and gives; with inputs: accuracy and agreement",
       "Use it to find the right --preprocess before a search: --audit tries the common ones on labelled inputs and "
       "says "
       "which fit. Of several models the first is the original, and the options called --compressed-... are those of "
       "the others.",
       {"dflare inspect model.onnx model.tflite",
        "dflare inspect model.onnx model-int8.onnx --seeds seeds/ --preprocess unit",
        "dflare inspect model.onnx model-int8.onnx --seeds seeds/ --audit"},
       inspect},
      {kExport,
       "export",
       "Write the confirmed findings of a run as JSON Lines, CSV, .npy or PNG",
       "Reads the run only: an export of a run under way holds what was found so far.",
       {"dflare export run --format jsonl -o findings.jsonl", "dflare export run --format npy -o arrays"},
       export_findings},
      {kReport,
       "report",
       "Write a run as one page to look at: verdict, charts, every finding beside its input",
       "The page is one file that a browser shows offline; it can be mailed. It is made from the run's folder alone: "
       "models are not opened, and inputs are shown where they still are what the run began with. Beside runs it takes "
       "what `dflare profile` and `dflare compare` write by -o. Of several there is a chooser on top. docs/report.md "
       "tells what it shows.",
       {"dflare report run", "dflare report run-int8 run-prune80 profile.json -o report.html"},
       report},
      {kShow,
       "show",
       "Tell one finding of a run, and rebuild it from its seed, bit for bit",
       "Tells from which input a finding came, what both models say of it, how decisively, and how it was reached. "
       "Then searches from its seed alone once more, as the run did, and compares the image with the stored one: exit "
       "code 1 where they differ. Models and inputs must be what they were: their hashes are checked.",
       {"dflare show run 12", "dflare show run 12:0"},
       show},
  };
}

// What is done about them.
std::vector<Verb> verbs_of_shipping() {
  return {
      {kRank,
       "rank",
       "Rank compressed variants by how alike they behave to the original",
       "Measures every variant on the same inputs: disagreement as they are and under natural corruptions, how far the "
       "variant's answers have shifted at the original's decision boundary (the order goes by that), what searches "
       "need to find a deviation and how severe it becomes. Says where variants cannot be told apart. docs/ranking.md "
       "explains the measures. Ctrl-C prints what is known by then.",
       {"dflare rank model.onnx seeds/ model-int8.onnx model-prune80.onnx --preprocess unit",
        "dflare rank model.onnx images.npy variants/*.tflite --labels labels.npy --json --time-limit 60"},
       rank},
      {kRepair,
       "repair",
       "Teach the compressed model the original's answers, and say what that is worth",
       "Trains a small head behind the compressed model on the run's inputs and findings. Prints the paper's measure "
       "on inputs that the head has not seen, and beside it what the repair does to natural images, clean and "
       "corrupted. A head that raises the disagreement there is not written without --force: exit code 1. "
       "docs/repair.md tells more.",
       {"dflare repair run", "dflare repair run --method natural --held-out images.npy --json"},
       repair},
      {kGuard,
       "guard",
       "Learn when the compressed model's answer should not be trusted",
       "Learns from a run's findings and from natural images a score on the compressed model's own output, and a "
       "threshold below which the answer should go to the original, a bigger model or a person. Measures on inputs "
       "that it did not learn from which share is deferred and which share of the natural deviations is caught. Writes "
       "guard.json, guard.svg, guard.onnx (the guard alone) and, for an ONNX model, guarded.onnx (the compressed model "
       "with the guard inside). docs/guard.md tells more.",
       {"dflare guard run", "dflare guard run --catch 0.95 --held-out images.npy", "dflare guard run --defer 0.05"},
       guard},
  };
}

// What looks at a pair before a release, and what decides.
std::vector<Verb> verbs_of_gating() {
  return {
      {kProfile,
       "profile",
       "Show where the compressed model answers otherwise in the field",
       "Asks both models the inputs as they are and under 13 natural corruptions at severities 1 to 5, and counts on "
       "which they differ: by corruption, by severity, by label; with labels also how many of the differences are "
       "regressions. What is cheap comes first, and whatever ends it shows what is known by then. docs/profile.md "
       "tells more.",
       {"dflare profile model.onnx model-int8.onnx seeds/ --preprocess unit --svg profile.svg",
        "dflare profile model.onnx model.tflite images.npy --labels labels.npy --time-limit 60 -o profile.json"},
       profile},
      {kCheck,
       "check",
       "Decide whether a compressed model may ship: limits in, a verdict out",
       "Measures what the limits are about, and passes only what is shown to be within its limit: the whole 95 % "
       "interval. "
       "Fails what is shown to be beyond; anything else is inconclusive, with the number of inputs that would tell. "
       "Exit "
       "code 0: pass, 1: fail, 6: inconclusive. docs/check.md tells more.",
       {"dflare check model.onnx model-int8.onnx seeds/ --preprocess unit --max-disagreement 0.02",
        "dflare check model.onnx model.tflite images.npy --config gate.toml --junit gate.xml --markdown gate.md",
        "dflare check model.onnx model-int8.onnx seeds/ --corpus corpus --max-accuracy-drop 0.01"},
       check},
      {kReplay,
       "replay",
       "Ask the findings of a run or corpus again, of models as they are now",
       "Tells which findings still deviate, which are fixed, flaky or gone beyond recognition. A corpus is a folder of "
       "findings to commit, made by `dflare export RUN --corpus FOLDER`. With --max-still-deviating it is a gate.",
       {"dflare replay run --compressed model-int8-new.onnx",
        "dflare replay corpus --original model.onnx --compressed model-int8.onnx --max-still-deviating 0"},
       replay},
      {kCompare,
       "compare",
       "Tell what changed between two runs or two profiles of the same inputs",
       "Which inputs are fixed, which are new, and whether the compressed model became better or worse by more than "
       "chance: intervals are paired by input. Takes two runs, or two JSON files of `dflare profile -o`.",
       {"dflare compare run-before run-after", "dflare compare before.json after.json --json"},
       compare},
  };
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> table = [] {
    std::vector<Verb> all = verbs_of_searching();
    for (Verb& verb : verbs_of_shipping()) all.push_back(std::move(verb));
    for (Verb& verb : verbs_of_gating()) all.push_back(std::move(verb));
    return all;
  }();
  return table;
}

}  // namespace dflare::cli
