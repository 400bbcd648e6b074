// The options that say how a search goes: strategies, what counts as a finding, refining.
#include "dflare/strategy.h"
#include "options/flags.h"

namespace dflare {
namespace {

Condition only_boundary() {
  return {"--strategy boundary", [](const Options& options) { return options.strategy == "boundary"; }};
}

Condition only_dflare() {
  return {"--strategy dflare", [](const Options& options) { return options.strategy == "dflare"; }};
}

Condition only_diffchaser() {
  return {"--strategy diffchaser", [](const Options& options) { return options.strategy == "diffchaser"; }};
}

Condition with_operators() {
  return {"--strategy dflare, --strategy random or --end-points mutate", [](const Options& options) {
            return options.strategy == "dflare" || options.strategy == "random" ||
                   (options.strategy == "boundary" && options.end_points == "mutate");
          }};
}

Condition with_natural_box() {
  return {"--strategy natural or --refine climb",
          [](const Options& options) { return options.strategy == "natural" || options.refine == "climb"; }};
}

Condition with_refining() {
  return {"--refine climb, pixels or shrink", [](const Options& options) { return options.refine != "none"; }};
}

Condition with_neighbours() {
  return {"--robust N with N >= 1", [](const Options& options) { return options.robust > 0; }};
}

// NOLINTNEXTLINE(readability-function-size): a table
std::vector<Flag> strategy_flags() {
  return {
      {.name = "strategy",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::strategy,
       .brief = "How the next input is chosen: boundary, natural, dflare, diffchaser or random",
       .details =
           "`boundary`: finds the place between the two models' flips on a path from the seed to an input that "
           "neither gives the seed's label; a handful of queries a seed. `natural`: looks among everyday changes of "
           "the image within --natural-box (turned, shifted, darker, blurred, several at once) and never leaves "
           "them. `dflare`: the paper's search, which keeps "
           "a mutant when it widens the gap between the two models or shows a new state. `diffchaser`: the genetic "
           "search that the paper compares with. `random`: random mutations one upon another, to compare with.",
       .choices = strategy_names(),
       .own_choice = "own:"},
      {.name = "end-points",
       .metavar = "SOURCE",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::end_points,
       .brief = "Where the paths of `boundary` lead: auto, corrupt, mutate, blend or attack",
       .details =
           "`corrupt`: the seed under a natural corruption (blur, noise, light, contrast, JPEG, rotation, shift, "
           "zoom, pixels). `mutate`: the seed under composed operators. `blend`: another seed of a different "
           "label, whose answers are known: fewest queries, but the findings are ghosts of two images. `attack`: "
           "squares inside the perturbation budget. `auto`: corruptions first, blends where they do not flip "
           "both models within a few queries; attack where --linf, --l2 or --min-ssim is given.",
       .choices = {"auto", "corrupt", "mutate", "blend", "attack"},
       .only_with = only_boundary()},
      {.name = "fitness",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::fitness,
       .brief = "When `dflare` keeps a mutant: paper, reference, no-state or no-state-reference",
       .details = "`paper`: a wider gap, or at an equal gap a new state. `reference`: what the authors' published code "
                  "does (any change of the gap, or a new state). `no-state`: a wider gap only. `no-state-reference`: "
                  "what the authors' code does "
                  "without states, which is to keep no mutant at all.",
       .choices = {"paper", "reference", "no-state", "no-state-reference"},
       .only_with = only_dflare()},
      {.name = "selection",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::selection,
       .brief = "How operators are chosen: metropolis-hastings, uniform or reference",
       .details = "`reference` is what the authors' code does: uniform until the first success, and no memory of the "
                  "operator used last.",
       .choices = {"metropolis-hastings", "uniform", "reference"},
       .only_with = only_dflare()},
      {.name = "operators",
       .metavar = "LIST",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::operators,
       .brief = "The mutations: paper, reference, or names with commas between",
       .details = "Names: pixel-change, gaussian-noise, multiplicative-noise, salt-and-pepper, average-blur, "
                  "gaussian-blur, median-blur. `paper`: all seven, rounded and clipped. `reference`: all seven as the "
                  "authors' code has them, where values are truncated and wrap around; `reference:NAME` for one. Sets "
                  "may stand in a list.",
       .only_with = with_operators()},
  };
}

std::vector<Flag> diffchaser_flags() {
  return {
      {.name = "population",
       .metavar = "N",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::population,
       .brief = "Images that `diffchaser` breeds at a time",
       .details = "All of them are asked together, so a chain takes --max-queries of more than N, and ends when fewer "
                  "than N are left.",
       .least = 2,
       .only_with = only_diffchaser()},
      {.name = "k-uncertainty",
       .metavar = "K",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::k_uncertainty,
       .brief = "`diffchaser` breeds towards a small difference of the first and K-th probability",
       .least = 2,
       .only_with = only_diffchaser()},
      {.name = "mutation-rate",
       .metavar = "R",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::mutation_rate,
       .brief = "Share of a child's pixels that `diffchaser` changes, above 0 and up to 1",
       .least = 0,
       .only_with = only_diffchaser()},
  };
}

std::vector<Flag> acceptance_flags() {
  return {
      {.name = "ties",
       .metavar = "RULE",
       .verbs = kSearch | kRank | kCheck,
       .group = kSearchGroup,
       .slot = &Options::ties,
       .brief = "Whether a tied top value can be a finding: skip or count",
       .details = "8-bit outputs often tie. `skip`: a finding needs two strict answers. `count`: the first index wins, "
                  "as in deployed argmax and in the paper; such findings are marked.",
       .choices = {"skip", "count"}},
      {.name = "require",
       .metavar = "KIND",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::require,
       .brief = "Which deviations count: any, or compressed-lost",
       .details = "`compressed-lost`: only inputs on which the original keeps the seed's label, so that the compressed "
                  "model alone is to blame.",
       .choices = {"any", "compressed-lost"}},
      {.name = "goal",
       .metavar = "GOAL",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::goal,
       .brief = "What is looked for: deviation or regression",
       .details =
           "`regression`: inputs that the original gets right and the compressed model wrong, which is what "
           "--require compressed-lost asks for; the search and --refine climb aim at them, by the lesser of both "
           "margins. With labels the right answer is the label, without it is what the original says of the "
           "seed.",
       .choices = {"deviation", "regression"}},
      {.name = "linf",
       .metavar = "LEVELS",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::linf,
       .brief = "No value of a finding differs from the seed's by more: grey levels, or a fraction as 8/255",
       .details = "Holds for the stored image. The same goes for --l2 and --min-ssim. Of sounds: units of a sample, 1 "
                  "to 65535.",
       .default_words = "no limit"},
      {.name = "l2",
       .metavar = "D",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::l2,
       .brief = "Largest L2 distance of a finding from its seed, pixel values taken as 0..1",
       .details = "Of sounds: the change's loudness as a share of the seed's; 0.1 is a signal-to-noise ratio of 20 dB.",
       .default_words = "no limit",
       .least = 0},
      {.name = "min-ssim",
       .metavar = "S",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::min_ssim,
       .brief = "Least structural similarity of a finding to its seed, 0..1",
       .default_words = "no limit",
       .least = 0},
  };
}

std::vector<Flag> natural_flags() {
  return {
      {.name = "total-queries",
       .metavar = "N",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::total_queries,
       .brief = "Queries that a seed may take in all, searching and refining together",
       .details = "What finding left over goes into refining, up to --refine-queries.",
       .default_words = "no limit",
       .least = 0,
       .only_with = with_refining()},
      {.name = "natural-box",
       .metavar = "BOX",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::natural_box,
       .brief = "How far natural changes may go: mild, default, harsh, or a TOML file",
       .details = "`mild`: what a phone's user would not notice. `default`: about severity 3 in one kind, "
                  "less in several. `harsh`: what can still be told what it is. A file names its own limits, as "
                  "`rotate = 15` (docs/regressions.md).",
       .only_with = with_natural_box()},
  };
}

std::vector<Flag> refine_flags() {
  return {
      {.name = "refine",
       .metavar = "HOW",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::refine,
       .brief = "What is done with a finding: none, climb, pixels or shrink",
       .details = "`climb`: raises its severity, so that both models insist on their answers. What was reached by a "
                  "natural corruption stays natural: everyday changes within --natural-box, several at once; other "
                  "findings are climbed as by `pixels`. `pixels`: local changes of pixels, as no camera makes them. "
                  "`shrink`: the same deviation at a smaller L2 distance from the seed.",
       .choices = {"none", "climb", "pixels", "shrink"}},
      {.name = "refine-queries",
       .metavar = "N",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::refine_queries,
       .brief = "Queries that --refine may spend on a finding, besides --max-queries",
       .least = 1,
       .only_with = with_refining()},
      {.name = "min-severity",
       .metavar = "S",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::min_severity,
       .brief = "Only findings at least this decisive count, after refining",
       .details = "Natural log units: 0 is a coin toss, 1.39 means that both models prefer their answer 4 to 1. Best "
                  "used with --refine climb. The search of a seed goes on until one is found or its queries are spent.",
       .default_words = "0",
       .least = 0},
  };
}

// How findings are asked again.
std::vector<Flag> trust_flags() {
  return {
      {.name = "confirm",
       .metavar = "K",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::confirm,
       .brief = "Times that a stored finding is asked again, alone, before it counts",
       .details = "One that does not answer the same is counted as flaky, and its search goes on.",
       .least = 1},
      {.name = "robust",
       .metavar = "N",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::robust,
       .brief = "Neighbours of a finding that both models are asked: do they deviate as well?",
       .details = "Each value is moved by -1, 0 or +1 grey level (of arrays by 1/255 of a number's range, of whole "
                  "numbers by 1 at least) and kept in its range. The share that deviates is stored with the finding. "
                  "Counted among the confirmations, not among the queries. 0: none. Texts have no such neighbours.",
       .least = 0},
      {.name = "min-robust",
       .metavar = "SHARE",
       .verbs = kSearch,
       .group = kSearchGroup,
       .slot = &Options::min_robust,
       .brief = "Only findings of whose neighbours at least that share deviates count, 0..1",
       .details = "1: all of them. A finding below it is not kept, and the search of its seed goes on; --refine takes "
                  "no step to one. Inputs on which the models differ as they are are kept whatever it is.",
       .default_words = "0",
       .least = 0,
       .only_with = with_neighbours()},
      {.name = "rng-seed",
       .metavar = "N",
       .verbs = kSearch | kRank | kGates,
       .group = kSearchGroup,
       .slot = &Options::rng_seed,
       .brief = "Seed of the random numbers",
       .details =
           "The same seed gives the same findings on the same machine, whatever --batch and --workers, as long as "
           "the models answer the same in batches (`rows_exact` in the summary) and no time limit cuts in.",
       .least = 0},
  };
}

}  // namespace

std::vector<Flag> search_flags() {
  return joined(
      {strategy_flags(), diffchaser_flags(), acceptance_flags(), natural_flags(), refine_flags(), trust_flags()});
}

}  // namespace dflare
