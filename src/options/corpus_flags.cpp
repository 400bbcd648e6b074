// The options of corpora: `dflare export --corpus`, `dflare replay`, `dflare check --corpus`, and of `dflare compare`.
#include "options/flags.h"

namespace dflare {
namespace {

std::vector<Flag> corpus_folder_flags() {
  return {
      {.name = "corpus",
       .metavar = "FOLDER",
       .verbs = kExport,
       .group = kOutputGroup,
       .slot = &Options::corpus,
       .brief = "Add the findings to a corpus, a folder to commit, in place of -o",
       .details = "Names are made of contents: what is there already stays, and two branches that add findings merge "
                  "without conflicts. `dflare replay` and `dflare check --corpus` take it.",
       .saved = false},
      {.name = "corpus",
       .metavar = "FOLDER",
       .verbs = kCheck,
       .group = "Limits",
       .slot = &Options::corpus,
       .brief = "First ask the models the findings of this corpus again",
       .saved = false},
  };
}

}  // namespace

std::vector<Flag> corpus_flags() {
  std::vector<Flag> flags = corpus_folder_flags();
  flags.push_back({.name = "run",
                   .metavar = "RUN|CORPUS",
                   .verbs = kReplay,
                   .slot = &Options::run,
                   .brief = "The folder of a run, or of a corpus (`dflare export RUN --corpus FOLDER`)",
                   .saved = false});
  flags.push_back({.name = "original",
                   .metavar = "MODEL",
                   .verbs = kReplay,
                   .group = kModelGroup,
                   .slot = &Options::original,
                   .brief = "The original; a corpus does not know where it is",
                   .default_words = "the run's",
                   .saved = false});
  flags.push_back({.name = "compressed",
                   .metavar = "MODEL",
                   .verbs = kReplay,
                   .group = kModelGroup,
                   .slot = &Options::compressed,
                   .brief = "The compressed model, as it is now",
                   .default_words = "the run's",
                   .saved = false});
  flags.push_back({.name = "before",
                   .metavar = "BEFORE",
                   .verbs = kCompare,
                   .slot = &Options::run,
                   .brief = "The folder of a run, or a profile's JSON",
                   .saved = false});
  flags.push_back({.name = "after",
                   .metavar = "AFTER",
                   .verbs = kCompare,
                   .slot = &Options::other_run,
                   .brief = "Another of the same kind, over the same inputs",
                   .saved = false});
  return flags;
}

}  // namespace dflare
