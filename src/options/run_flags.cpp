// The options of running: budgets, speed, and where the result goes.
#include "options/flags.h"

namespace dflare {

std::vector<Flag> budget_flags() {
  return {
      {.name = "max-queries",
       .metavar = "N",
       .verbs = kSearch | kRank | kCheck,
       .group = kBudgetGroup,
       .slot = &Options::max_queries,
       .brief = "Give up on a seed after N queries without a finding",
       .details = "A query asks both models one input; that of the unchanged seed counts too. With --findings-per-seed "
                  "each finding begins a new count.",
       .least = 2},
      {.name = "findings-per-seed",
       .metavar = "N",
       .verbs = kSearch,
       .group = kBudgetGroup,
       .slot = &Options::findings_per_seed,
       .brief = "Go on with a seed until it has N different findings",
       .details = "Each is reached by a way of its own: another corruption, another seed, another walk. More findings "
                  "teach `dflare repair` more.",
       .least = 1},
      {.name = "timeout",
       .metavar = "SECONDS",
       .verbs = kSearch,
       .group = kBudgetGroup,
       .slot = &Options::timeout,
       .brief = "Give up on a seed after this time",
       .details = "Findings then depend on the speed of the machine; prefer --max-queries.",
       .default_words = "none",
       .least = 0},
      {.name = "time-limit",
       .metavar = "SECONDS",
       .verbs = kRuns,
       .group = kBudgetGroup,
       .slot = &Options::time_limit,
       .brief = "End the run after this time, with everything found kept",
       .details = "`dflare resume RUN` goes on from there.",
       .default_words = "none",
       .least = 0},
      {.name = "query-timeout",
       .metavar = "SECONDS",
       .verbs = kRuns | kRank | kRepair | kGuard | kInspect | kGates | kReplay,
       .group = kBudgetGroup,
       .slot = &Options::query_timeout,
       .brief = "End the program when a model does not answer for this long",
       .details =
           "A model file that hangs cannot be interrupted: the program ends with exit code 3, and what was found "
           "is kept. A command (exec:) is ended and started again, and fails on that input only; `inspect` waits "
           "for model files without a limit. 0: wait for ever.",
       .least = 0},
  };
}

std::vector<Flag> speed_flags() {
  return {
      {.name = "batch",
       .metavar = "N",
       .verbs = kRuns | kGuard | kRank | kGates | kReplay,
       .group = kSpeedGroup,
       .slot = &Options::batch,
       .brief = "Inputs that a model is given at once",
       .default_words = "measured at start-up",
       .least = 0},
      {.name = "workers",
       .metavar = "N",
       .verbs = kRuns | kRepair | kGuard | kRank | kGates | kReplay,
       .group = kSpeedGroup,
       .slot = &Options::workers,
       .brief = "Searches side by side, each with its own copy of the models",
       .default_words = "one a core",
       .least = 0},
      {.name = "threads",
       .metavar = "N",
       .verbs = kRuns | kRank | kGates | kReplay,
       .group = kSpeedGroup,
       .slot = &Options::threads,
       .brief = "Threads inside one query",
       .details = "Several workers of one thread are faster than the reverse.",
       .least = 1},
  };
}

namespace {

std::vector<Flag> page_flags() {
  return {
      {.name = "out",
       .letter = 'o',
       .metavar = "FILE",
       .verbs = kReport,
       .group = kOutputGroup,
       .slot = &Options::out,
       .brief = "The page to write",
       .details = "It needs nothing beside it: mail it, or open it in a browser.",
       .default_words = "report.html",
       .saved = false},
      {.name = "page-size",
       .metavar = "MB",
       .verbs = kReport,
       .group = kOutputGroup,
       .slot = &Options::page_size,
       .brief = "Largest page: pictures beyond it are left out",
       .details = "The most decisive findings of each kind keep theirs. Raise it where images are large.",
       .least = 2,
       .saved = false},
  };
}

std::vector<Flag> target_flags() {
  return {
      {.name = "out",
       .letter = 'o',
       .metavar = "RUN",
       .verbs = kSearch,
       .group = kOutputGroup,
       .slot = &Options::out,
       .brief = "Folder to write: new or empty",
       .default_words = "dflare-run-1, -2, ...",
       .saved = false},
      {.name = "out",
       .letter = 'o',
       .metavar = "RUN",
       .verbs = kMerge,
       .group = kOutputGroup,
       .slot = &Options::out,
       .brief = "Folder to write: new or empty",
       .details = "It is made beside its place and takes it when it is whole.",
       .saved = false},
      {.name = "format",
       .metavar = "FORMAT",
       .verbs = kExport,
       .group = kOutputGroup,
       .slot = &Options::format,
       .brief = "What to write: jsonl, csv, npy, png or files",
       .details = "jsonl and csv are files with a line a finding. npy is a folder of inputs.npy, seeds.npy and "
                  "labels.npy; png a folder of images; files a folder of inputs of any kind as they "
                  "are stored.",
       .choices = {"jsonl", "csv", "npy", "png", "files"},
       .saved = false},
      {.name = "out",
       .letter = 'o',
       .metavar = "TARGET",
       .verbs = kExport,
       .group = kOutputGroup,
       .slot = &Options::out,
       .brief = "The file (jsonl, csv) or folder (npy, png, files) to write",
       .saved = false},
      {.name = "config",
       .metavar = "FILE",
       .verbs = kSearch | kRank | kGates | kReplay,
       .group = kOutputGroup,
       .slot = &Options::config,
       .brief = "Read options from a TOML file, by the same names",
       .details = "For example `max-queries = 500`. The command line wins over the file.",
       .saved = false},
      {.name = "json",
       .metavar = "",
       .verbs = kRuns | kInspect | kRepair | kGuard | kRank | kGates | kReplay | kCompare | kMerge,
       .group = kOutputGroup,
       .slot = &Options::json,
       .brief = "Print the summary as JSON, and nothing else, to standard output",
       .saved = false},
      {.name = "quiet",
       .letter = 'q',
       .metavar = "",
       .verbs = kRuns | kInspect | kExport | kRepair | kGuard | kRank | kGates | kReplay | kCompare | kReport | kMerge,
       .group = kOutputGroup,
       .slot = &Options::quiet,
       .brief = "Print no progress, no notes and no table; `rank`, which writes no file, and the gate's verbs still "
                "print theirs",
       .saved = false},
  };
}

}  // namespace

std::vector<Flag> output_flags() { return joined({page_flags(), target_flags()}); }

}  // namespace dflare
