// The options of `dflare guard`.
#include "options/flags.h"

namespace dflare {
namespace {

const char* const kGuarding = "Guard";

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
std::vector<Flag> guard_flags() {
  return {
      {.name = "catch",
       .metavar = "SHARE",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::catch_share,
       .brief = "Share of the natural deviations that the guard is to catch, 0..1",
       .details = "The threshold is chosen so that a deviation on an image like those learnt from is caught with this "
                  "probability. `dflare guard` shows the price: the share of all images that is deferred.",
       .saved = false},
      {.name = "defer",
       .metavar = "SHARE",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::defer_share,
       .brief = "Share of the images that may be deferred, 0..1: in place of --catch",
       .details = "Inputs as they are and corrupted ones count half each.",
       .default_words = "not set",
       .least = 0,
       .saved = false},
      {.name = "score",
       .metavar = "NAME",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::guard_score,
       .brief = "What is compared with the threshold: auto, margin or pair-margin",
       .details = "`margin`: log p of the first label less that of the second. `pair-margin`: the same, corrected for "
                  "how far the two models drift apart for each pair of classes. `auto`: the pair-margin where it is "
                  "better beyond doubt on images that it was not learnt from, else the margin.",
       .choices = {"auto", "margin", "pair-margin"},
       .saved = false},
      {.name = "held-out",
       .metavar = "SEEDS",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::held_out,
       .brief = "Inputs to measure on: a folder of images or a .npy array that the run has not seen",
       .details =
           "Without it half of the run's inputs that were not searched are kept apart; where fewer than 100 were "
           "not, half of all its inputs, and findings from that half are not used.",
       .default_words = "half of the run's inputs",
       .saved = false,
       .is_path = true},
      {.name = "corrupted",
       .metavar = "N",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::guard_corrupted,
       .brief = "Corrupted images made of every input",
       .details = "13 kinds of natural damage at severities 1 to 5. By default as many as it takes to meet "
                  "200 deviations in either half, within limits.",
       .default_words = "as many as it takes",
       .least = 0,
       .saved = false},
      {.name = "time-limit",
       .metavar = "SECONDS",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::work_time_limit,
       .brief = "Learn from what was asked by then, and say so; 0: no limit",
       .details = "Inputs as they are come first, then findings, then corrupted images of both halves in turns, inputs "
                  "spread evenly. Ctrl-C does the same at any time.",
       .least = 0,
       .saved = false},
      {.name = "rng-seed",
       .metavar = "N",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::guard_rng_seed,
       .brief = "Seed of the corruptions' random numbers",
       .least = 0,
       .saved = false},
      {.name = "out",
       .letter = 'o',
       .metavar = "FOLDER",
       .verbs = kGuard,
       .group = kGuarding,
       .slot = &Options::out,
       .brief = "Folder to write; what an earlier guard left there is replaced",
       .default_words = "RUN/guard",
       .saved = false},
  };
}

}  // namespace dflare
