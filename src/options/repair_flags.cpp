// The options of `dflare repair`.
#include "options/flags.h"

#include "dflare/repair.h"

namespace dflare {
namespace {

const char* const kRepairing = "Repair";
const char* const kMeasure = "Measure";

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const RepairMethod& method : repair_methods()) names.push_back(method.name);
  return names;
}

std::string methods_in_words() {
  std::string words;
  for (const RepairMethod& method : repair_methods()) {
    words += (words.empty() ? "`" : " `") + method.name + "`: " + method.brief + ".";
  }
  return words;
}

std::vector<Flag> method_flags() {
  return {{.name = "method",
           .metavar = "NAME",
           .verbs = kRepair,
           .group = kRepairing,
           .slot = &Options::method,
           .brief = "How the head is made: drepair, zone or natural",
           .details = methods_in_words(),
           .choices = method_names(),
           .saved = false},
          {.name = "natural",
           .metavar = "N",
           .verbs = kRepair,
           .group = kRepairing,
           .slot = &Options::natural,
           .brief = "Corrupted versions of each input to learn from, for methods that do",
           .details = "More make up for few inputs.",
           .default_words = "13 to 130, to make 20 000 in all",
           .least = 0,
           .saved = false},
          {.name = "time-limit",
           .metavar = "SECONDS",
           .verbs = kRepair,
           .group = kRepairing,
           .slot = &Options::work_time_limit,
           .brief = "End with what was asked and trained by then, and say so; 0: no limit",
           .details = "Asking gets three fifths of it. Then the head is trained, then cross-validation after "
                      "cross-validation. Ctrl-C does the same at any time.",
           .least = 0,
           .saved = false},
          {.name = "force",
           .verbs = kRepair,
           .group = kRepairing,
           .slot = &Options::force,
           .brief = "Write the head even where it raises the disagreement on natural images",
           .saved = false}};
}

std::vector<Flag> measure_flags() {
  return {{.name = "repeats",
           .metavar = "N",
           .verbs = kRepair,
           .group = kMeasure,
           .slot = &Options::repeats,
           .brief = "Cross-validations, each with other folds and other first weights",
           .least = 1,
           .saved = false},
          {.name = "held-out",
           .metavar = "SEEDS",
           .verbs = kRepair,
           .group = kMeasure,
           .slot = &Options::held_out,
           .brief = "Natural images to judge the repair by: a folder of images or a .npy array",
           .details = "Images that the run was not given. Otherwise the run's inputs that it did not ask (--max-seeds) "
                      "are taken; where there are fewer than 50, each input of the run is judged by a head that was "
                      "trained without it.",
           .default_words = "what the run left",
           .saved = false},
          {.name = "held-out-labels",
           .metavar = "FILE",
           .verbs = kRepair,
           .group = kMeasure,
           .slot = &Options::held_out_labels,
           .brief = "Their true labels: a CSV of `file,label`, or a .npy of integers",
           .saved = false},
          {.name = "corrupted",
           .metavar = "N",
           .verbs = kRepair,
           .group = kMeasure,
           .slot = &Options::corruptions,
           .brief = "Corrupted versions of each held-out input",
           .least = 1,
           .saved = false},
          {.name = "rng-seed",
           .metavar = "N",
           .verbs = kRepair,
           .group = kMeasure,
           .slot = &Options::rng_seed,
           .brief = "Seed of folds, first weights and corruptions",
           .default_words = "the run's",
           .least = 0,
           .saved = false}};
}

}  // namespace

std::vector<Flag> repair_flags() {
  std::vector<Flag> flags = method_flags();
  for (Flag& flag : measure_flags()) flags.push_back(std::move(flag));
  flags.push_back({.name = "compressed-head",
                   .metavar = "FILE",
                   .verbs = kSearch,
                   .group = kModelGroup,
                   .slot = &Options::compressed_head,
                   .brief = "Search the compressed model with a repair head: a head.json of `dflare repair`",
                   .default_words = "none",
                   .is_path = true});
  flags.push_back({.name = "out",
                   .letter = 'o',
                   .metavar = "FOLDER",
                   .verbs = kRepair,
                   .group = kOutputGroup,
                   .slot = &Options::out,
                   .brief = "Folder for repair.json and head.json",
                   .default_words = "RUN/repair-METHOD",
                   .saved = false});
  return flags;
}

}  // namespace dflare
