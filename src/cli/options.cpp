// The table of options, and how a text becomes a value.
#include "cli/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "cli/diffchaser_flags.h"
#include "cli/guard_flags.h"
#include "cli/rank_flags.h"
#include "cli/repair_flags.h"
#include "core/nearest.h"
#include "dflare/error.h"
#include "dflare/strategy.h"

namespace dflare::cli {
namespace {

constexpr unsigned kRuns = kSearch | kResume;
constexpr unsigned kModels = kSearch | kInspect;

const char* const kInputs = "Inputs";
const char* const kModelGroup = "Models";
const char* const kSearching = "Search";
const char* const kBudgets = "Budgets";
const char* const kSpeed = "Speed";
const char* const kOutput = "Output";

std::vector<Flag> arguments() {
  return {
      {.name = "original",
       .metavar = "ORIGINAL",
       .verbs = kSearch,
       .slot = &Options::original,
       .brief = "The model before compression: .onnx or .tflite",
       .is_path = true},
      {.name = "compressed",
       .metavar = "COMPRESSED",
       .verbs = kSearch,
       .slot = &Options::compressed,
       .brief = "The same model after compression: .onnx or .tflite",
       .is_path = true},
      {.name = "seeds",
       .metavar = "SEEDS",
       .verbs = kSearch,
       .slot = &Options::seeds,
       .brief = "Real inputs: a folder of PNG and JPEG files, or a .npy array",
       .details = "Folders named by integers are class indices; see --labels and --classes for other ways. An array is "
                  "u8, N x H x W x C or N x H x W. Images of another size are resized and cropped once, on loading.",
       .is_path = true},
      {.name = "run",
       .metavar = "RUN",
       .verbs = kResume | kExport | kShow | kRepair | kGuard,
       .slot = &Options::run,
       .brief = "The folder of a run",
       .saved = false},
      {.name = "id",
       .metavar = "ID",
       .verbs = kShow,
       .slot = &Options::id,
       .brief = "The finding: its seed's number, or SEED:ORDINAL; its image's name begins with both",
       .saved = false},
      {.name = "models",
       .metavar = "MODEL...",
       .verbs = kInspect,
       .slot = &Options::models,
       .brief = "Model files: .onnx or .tflite",
       .saved = false},
  };
}

std::vector<Flag> seed_flags() {
  return {
      {.name = "seeds",
       .metavar = "SEEDS",
       .verbs = kInspect,
       .group = kInputs,
       .slot = &Options::seeds,
       .brief = "Ask the models these inputs: a folder of images or a .npy array",
       .details = "Shows what their outputs were taken for, accuracy where labels are known, and for two models how "
                  "often they agree.",
       .saved = false,
       .is_path = true},
      {.name = "labels",
       .metavar = "FILE",
       .verbs = kModels,
       .group = kInputs,
       .slot = &Options::labels,
       .brief = "True labels: a CSV of `file,label`, or a .npy of integers",
       .details =
           "Without it, the names of the folders that hold the images are the labels, where they are integers or "
           "names listed by --classes. Needed with an array of inputs if accuracy matters.",
       .is_path = true},
      {.name = "classes",
       .metavar = "FILE",
       .verbs = kModels,
       .group = kInputs,
       .slot = &Options::classes,
       .brief = "Names of the classes, one a line, in the order of the outputs",
       .details = "Use it when folders or labels are names, not class indices.",
       .is_path = true},
      {.name = "seed-filter",
       .metavar = "RULE",
       .verbs = kSearch,
       .group = kInputs,
       .slot = &Options::seed_filter,
       .brief = "Which inputs are searched from: auto, correct or agree",
       .details = "`correct`: both models give the true label. `agree`: both give the same label, true or not (the "
                  "experiments of the paper). `auto`: correct where there are labels, agree where not. Inputs on which "
                  "the two already differ are findings of kind `natural` whatever the rule.",
       .choices = {"auto", "correct", "agree"}},
      {.name = "max-seeds",
       .metavar = "N",
       .verbs = kSearch,
       .group = kInputs,
       .slot = &Options::max_seeds,
       .brief = "Search from the first N usable inputs only",
       .default_words = "all",
       .least = 0},
      {.name = "shard",
       .metavar = "I/N",
       .verbs = kSearch,
       .group = kInputs,
       .slot = &Options::shard,
       .brief = "Search every N-th usable input, beginning with the I-th (from 0)",
       .details = "Splits a run over machines: 0/4, 1/4, 2/4 and 3/4 together find what one run finds.",
       .default_words = "all"},
  };
}

std::vector<Flag> preprocess_flags() {
  return {
      {.name = "preprocess",
       .metavar = "HOW",
       .verbs = kModels,
       .group = kInputs,
       .slot = &Options::preprocess,
       .brief = "What the models want done to pixels: a preset, key=value list or .toml file",
       .details =
           "Presets: raw (pixels as they are), unit (x/255), mnist, cifar10, imagenet, tf (-1..1). Inline: "
           "scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225, where a value is (x / scale - mean) / std; "
           "further keys order (rgb|bgr), layout (nchw|nhwc), resize, crop, filter. 8-bit model inputs use their "
           "own scale and zero point after it. If the accuracy that `dflare inspect` shows is near chance, this "
           "is the option to look at."},
      {.name = "original-preprocess",
       .metavar = "HOW",
       .verbs = kSearch,
       .group = kInputs,
       .slot = &Options::original_preprocess,
       .brief = "The same, for the original only",
       .default_words = "--preprocess"},
      {.name = "compressed-preprocess",
       .metavar = "HOW",
       .verbs = kSearch,
       .group = kInputs,
       .slot = &Options::compressed_preprocess,
       .brief = "The same, for the compressed model only",
       .details = "Resizing and cropping of images follow the original's: both models see the same image.",
       .default_words = "--preprocess"},
  };
}

std::vector<Flag> output_vector_flags() {
  return {
      {.name = "input-size",
       .metavar = "HxW",
       .verbs = kModels,
       .group = kModelGroup,
       .slot = &Options::input_size,
       .brief = "Height and width for models that leave them open",
       .default_words = "the model's own"},
      {.name = "output",
       .metavar = "KIND",
       .verbs = kModels,
       .group = kModelGroup,
       .slot = &Options::output,
       .brief = "What the outputs are: auto, probs or logits",
       .details = "`auto` looks at the answers to the inputs: values in 0..1 that sum to about 1 are probabilities.",
       .choices = {"auto", "probs", "logits"}},
      {.name = "output-name",
       .metavar = "NAME",
       .verbs = kModels,
       .group = kModelGroup,
       .slot = &Options::output_name,
       .brief = "The output to use, for models with several",
       .details = "`dflare inspect MODEL` lists them.",
       .default_words = "the only one"},
      {.name = "original-output-name",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kModelGroup,
       .slot = &Options::original_output_name,
       .brief = "The same, for the original only",
       .default_words = "--output-name"},
      {.name = "compressed-output-name",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kModelGroup,
       .slot = &Options::compressed_output_name,
       .brief = "The same, for the compressed model only",
       .default_words = "--output-name"},
      {.name = "label-offset",
       .metavar = "N",
       .verbs = kModels,
       .group = kModelGroup,
       .slot = &Options::label_offset,
       .brief = "Position among the outputs of the class that labels call 0",
       .details = "1 for ImageNet models with 1001 outputs, whose first is «background».",
       .least = 0},
      {.name = "original-label-offset",
       .metavar = "N",
       .verbs = kSearch,
       .group = kModelGroup,
       .slot = &Options::original_label_offset,
       .brief = "The same, for the original only",
       .default_words = "--label-offset",
       .least = 0},
      {.name = "compressed-label-offset",
       .metavar = "N",
       .verbs = kSearch,
       .group = kModelGroup,
       .slot = &Options::compressed_label_offset,
       .brief = "The same, for the compressed model only",
       .default_words = "--label-offset",
       .least = 0},
  };
}

std::vector<Flag> runtime_flags() {
  return {
      {.name = "tflite-kernels",
       .metavar = "KERNELS",
       .verbs = kModels,
       .group = kModelGroup,
       .slot = &Options::tflite_kernels,
       .brief = "How TensorFlow Lite computes: xnnpack or builtin",
       .details = "Python and most phones use XNNPACK. The two give different answers on some inputs: choose what you "
                  "ship.",
       .choices = {"xnnpack", "builtin"}},
      {.name = "onnxruntime",
       .metavar = "LIBRARY",
       .verbs = kModels | kResume | kShow | kRepair | kGuard,
       .group = kModelGroup,
       .slot = &Options::onnxruntime,
       .brief = "The ONNX Runtime library to load",
       .details = "A libonnxruntime.so of version 1.14 or newer. Otherwise $DFLARE_ONNXRUNTIME, then what the build "
                  "found, then the installed Python package.",
       .default_words = "searched for",
       .is_path = true},
      {.name = "tflite",
       .metavar = "LIBRARY",
       .verbs = kModels | kResume | kShow | kRepair | kGuard,
       .group = kModelGroup,
       .slot = &Options::tflite,
       .brief = "The TensorFlow Lite library to load",
       .details = "Any library with TensorFlow Lite's C API, such as libtensorflowlite_c.so. Otherwise $DFLARE_TFLITE, "
                  "then what the build found.",
       .default_words = "searched for",
       .is_path = true},
  };
}

// NOLINTNEXTLINE(readability-function-size): a table
std::vector<Flag> search_flags() {
  return {
      {.name = "strategy",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::strategy,
       .brief = "How the next input is chosen: boundary, dflare, diffchaser or random",
       .details =
           "`boundary`: finds the place between the two models' flips on a path from the seed to an input that "
           "neither gives the seed's label; a handful of queries a seed. `dflare`: the paper's search, which keeps "
           "a mutant when it widens the gap between the two models or shows a new state. `diffchaser`: the genetic "
           "search that the paper compares with. `random`: random mutations one upon another, to compare with.",
       .choices = strategy_names()},
      {.name = "end-points",
       .metavar = "SOURCE",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::end_points,
       .brief = "Where the paths of `boundary` lead: auto, corrupt, mutate, blend or attack",
       .details =
           "`corrupt`: the seed under a natural corruption (blur, noise, light, contrast, JPEG, rotation, shift, "
           "zoom, pixels). `mutate`: the seed under composed operators. `blend`: another seed of a different "
           "label, whose answers are known: fewest queries, but the findings are ghosts of two images. `attack`: "
           "squares inside the perturbation budget. `auto`: corruptions first, blends where they do not flip "
           "both models within a few queries; attack where --linf, --l2 or --min-ssim is given.",
       .choices = {"auto", "corrupt", "mutate", "blend", "attack"}},
      {.name = "fitness",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::fitness,
       .brief = "When `dflare` keeps a mutant: paper, reference, no-state or no-state-reference",
       .details = "`paper`: a wider gap, or at an equal gap a new state. `reference`: what the authors' published code "
                  "does (any change of the gap, or a new state). `no-state`: a wider gap only. `no-state-reference`: "
                  "what the authors' code does "
                  "without states, which is to keep no mutant at all.",
       .choices = {"paper", "reference", "no-state", "no-state-reference"}},
      {.name = "selection",
       .metavar = "NAME",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::selection,
       .brief = "How operators are chosen: metropolis-hastings, uniform or reference",
       .details = "`reference` is what the authors' code does: uniform until the first success, and no memory of the "
                  "operator used last.",
       .choices = {"metropolis-hastings", "uniform", "reference"}},
      {.name = "operators",
       .metavar = "LIST",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::operators,
       .brief = "The mutations: paper, reference, or names with commas between",
       .details = "Names: pixel-change, gaussian-noise, multiplicative-noise, salt-and-pepper, average-blur, "
                  "gaussian-blur, median-blur. `paper`: all seven, rounded and clipped. `reference`: all seven as the "
                  "authors' code has them, where values are truncated and wrap around; `reference:NAME` for one."},
  };
}

std::vector<Flag> acceptance_flags() {
  return {
      {.name = "ties",
       .metavar = "RULE",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::ties,
       .brief = "Whether a tied top value can be a finding: skip or count",
       .details = "8-bit outputs often tie. `skip`: a finding needs two strict answers. `count`: the first index wins, "
                  "as in deployed argmax and in the paper; such findings are marked.",
       .choices = {"skip", "count"}},
      {.name = "require",
       .metavar = "KIND",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::require,
       .brief = "Which deviations count: any, or compressed-lost",
       .details = "`compressed-lost`: only inputs on which the original keeps the seed's label, so that the compressed "
                  "model alone is to blame.",
       .choices = {"any", "compressed-lost"}},
      {.name = "linf",
       .metavar = "LEVELS",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::linf,
       .brief = "No value of a finding differs from the seed's by more: grey levels, or a fraction as 8/255",
       .details = "Holds for the stored image. The same goes for --l2 and --min-ssim.",
       .default_words = "no limit"},
      {.name = "l2",
       .metavar = "D",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::l2,
       .brief = "Largest L2 distance of a finding from its seed, pixel values taken as 0..1",
       .default_words = "no limit",
       .least = 0},
      {.name = "min-ssim",
       .metavar = "S",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::min_ssim,
       .brief = "Least structural similarity of a finding to its seed, 0..1",
       .default_words = "no limit",
       .least = 0},
  };
}

std::vector<Flag> refine_flags() {
  return {
      {.name = "refine",
       .metavar = "HOW",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::refine,
       .brief = "What is done with a finding: none, climb or shrink",
       .details = "`climb`: local changes that raise its severity, so that both models insist on their answers. "
                  "`shrink`: the same deviation at a smaller L2 distance from the seed.",
       .choices = {"none", "climb", "shrink"}},
      {.name = "refine-queries",
       .metavar = "N",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::refine_queries,
       .brief = "Queries that --refine may spend on a finding, besides --max-queries",
       .least = 1},
      {.name = "min-severity",
       .metavar = "S",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::min_severity,
       .brief = "Only findings at least this decisive count, after refining",
       .details = "Natural log units: 0 is a coin toss, 1.39 means that both models prefer their answer 4 to 1. Best "
                  "used with --refine climb. The search of a seed goes on until one is found or its queries are spent.",
       .default_words = "0",
       .least = 0},
      {.name = "confirm",
       .metavar = "K",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::confirm,
       .brief = "Times that a stored finding is asked again, alone, before it counts",
       .details = "One that does not answer the same is counted as flaky, and its search goes on.",
       .least = 1},
      {.name = "rng-seed",
       .metavar = "N",
       .verbs = kSearch,
       .group = kSearching,
       .slot = &Options::rng_seed,
       .brief = "Seed of the random numbers",
       .details =
           "The same seed gives the same findings on the same machine, whatever --batch and --workers, as long as "
           "the models answer the same in batches (`rows_exact` in the summary) and no time limit cuts in.",
       .least = 0},
  };
}

std::vector<Flag> budget_flags() {
  return {
      {.name = "max-queries",
       .metavar = "N",
       .verbs = kSearch,
       .group = kBudgets,
       .slot = &Options::max_queries,
       .brief = "Give up on a seed after N queries without a finding",
       .details = "A query asks both models one input; that of the unchanged seed counts too. With --findings-per-seed "
                  "each finding begins a new count.",
       .least = 2},
      {.name = "findings-per-seed",
       .metavar = "N",
       .verbs = kSearch,
       .group = kBudgets,
       .slot = &Options::findings_per_seed,
       .brief = "Go on with a seed until it has N different findings",
       .details = "Each is reached by a way of its own: another corruption, another seed, another walk. More findings "
                  "teach `dflare repair` more.",
       .least = 1},
      {.name = "timeout",
       .metavar = "SECONDS",
       .verbs = kSearch,
       .group = kBudgets,
       .slot = &Options::timeout,
       .brief = "Give up on a seed after this time",
       .details = "Findings then depend on the speed of the machine; prefer --max-queries.",
       .default_words = "none",
       .least = 0},
      {.name = "time-limit",
       .metavar = "SECONDS",
       .verbs = kRuns,
       .group = kBudgets,
       .slot = &Options::time_limit,
       .brief = "End the run after this time, with everything found kept",
       .details = "`dflare resume RUN` goes on from there.",
       .default_words = "none",
       .least = 0},
      {.name = "query-timeout",
       .metavar = "SECONDS",
       .verbs = kRuns,
       .group = kBudgets,
       .slot = &Options::query_timeout,
       .brief = "End the program when a model does not answer for this long",
       .details = "A model that hangs cannot be interrupted: the program ends with exit code 3, and what was found is "
                  "kept. 0: wait for ever.",
       .least = 0},
  };
}

std::vector<Flag> speed_flags() {
  return {
      {.name = "batch",
       .metavar = "N",
       .verbs = kRuns | kGuard,
       .group = kSpeed,
       .slot = &Options::batch,
       .brief = "Inputs a query",
       .default_words = "measured at start-up",
       .least = 0},
      {.name = "workers",
       .metavar = "N",
       .verbs = kRuns | kRepair | kGuard,
       .group = kSpeed,
       .slot = &Options::workers,
       .brief = "Searches side by side, each with its own copy of the models",
       .default_words = "one a core",
       .least = 0},
      {.name = "threads",
       .metavar = "N",
       .verbs = kRuns,
       .group = kSpeed,
       .slot = &Options::threads,
       .brief = "Threads inside one query",
       .details = "Several workers of one thread are faster than the reverse.",
       .least = 1},
  };
}

std::vector<Flag> output_flags() {
  return {
      {.name = "out",
       .letter = 'o',
       .metavar = "RUN",
       .verbs = kSearch,
       .group = kOutput,
       .slot = &Options::out,
       .brief = "Folder to write: new or empty",
       .default_words = "dflare-run-1, -2, ...",
       .saved = false},
      {.name = "format",
       .metavar = "FORMAT",
       .verbs = kExport,
       .group = kOutput,
       .slot = &Options::format,
       .brief = "What to write: jsonl, csv, npy or png",
       .details = "jsonl and csv are files with a line a finding. npy is a folder of inputs.npy, seeds.npy and "
                  "labels.npy; png a folder of images.",
       .choices = {"jsonl", "csv", "npy", "png"},
       .saved = false},
      {.name = "out",
       .letter = 'o',
       .metavar = "TARGET",
       .verbs = kExport,
       .group = kOutput,
       .slot = &Options::out,
       .brief = "The file (jsonl, csv) or folder (npy, png) to write",
       .saved = false},
      {.name = "config",
       .metavar = "FILE",
       .verbs = kSearch,
       .group = kOutput,
       .slot = &Options::config,
       .brief = "Read options from a TOML file, by the same names",
       .details = "For example `max-queries = 500`. The command line wins over the file.",
       .saved = false},
      {.name = "json",
       .metavar = "",
       .verbs = kRuns | kInspect | kRepair | kGuard,
       .group = kOutput,
       .slot = &Options::json,
       .brief = "Print the summary as JSON, and nothing else, to standard output",
       .saved = false},
      {.name = "quiet",
       .letter = 'q',
       .metavar = "",
       .verbs = kRuns | kExport | kRepair | kGuard,
       .group = kOutput,
       .slot = &Options::quiet,
       .brief = "Print errors only",
       .saved = false},
  };
}

template <class Number>
Number parse_number(const Flag& flag, const std::string& text, const char* expected) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(static_cast<double>(value)) || static_cast<double>(value) < flag.least) {
    const std::string at_least = std::isinf(flag.least) ? "" : fmt::format(" >= {}", flag.least);
    throw Error(ErrorCode::kBadArgument,
                fmt::format("{} is '{}', expected {}{}", spelled(flag), text, expected, at_least),
                fmt::format("use {} {} with {}{}", spelled(flag), flag.metavar, expected, at_least));
  }
  return value;
}

void check_choice(const Flag& flag, const std::string& text) {
  for (const std::string& choice : flag.choices) {
    if (choice == text) return;
  }
  throw Error(ErrorCode::kBadArgument, fmt::format("unknown {} '{}'", spelled(flag), text),
              known_names_hint(text, flag.choices));
}

bool parse_switch(const Flag& flag, const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  throw Error(ErrorCode::kBadArgument, fmt::format("{} is '{}', expected true or false", spelled(flag), text));
}

}  // namespace

const std::vector<Flag>& flag_table() {
  static const std::vector<Flag> table = [] {
    std::vector<Flag> all;
    for (auto* const part : {&arguments, &rank_flags, &seed_flags, &preprocess_flags, &output_vector_flags,
                             &runtime_flags, &search_flags, &diffchaser_flags, &acceptance_flags, &refine_flags,
                             &repair_flags, &guard_flags, &budget_flags, &speed_flags, &output_flags}) {
      for (Flag& flag : part()) {
        if (rank_takes(flag)) flag.verbs |= kRank;
        all.push_back(std::move(flag));
      }
    }
    return all;
  }();
  return table;
}

std::vector<const Flag*> flags_of(unsigned verb) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : flag_table()) {
    if ((flag.verbs & verb) != 0) flags.push_back(&flag);
  }
  return flags;
}

std::string spelled(const Flag& flag) { return is_argument(flag) ? flag.metavar : "--" + flag.name; }

std::string default_text(const Flag& flag) {
  if (!flag.default_words.empty() || is_argument(flag)) return flag.default_words;
  static const Options defaults;
  if (const auto* text = std::get_if<std::string Options::*>(&flag.slot)) return defaults.**text;
  if (const auto* number = std::get_if<std::int64_t Options::*>(&flag.slot))
    return fmt::format("{}", defaults.**number);
  if (const auto* real = std::get_if<double Options::*>(&flag.slot)) return fmt::format("{}", defaults.**real);
  return {};
}

void assign(Options& options, const Given& given) {
  const Flag& flag = *given.flag;
  if (!flag.choices.empty()) check_choice(flag, given.text);
  if (const auto* text = std::get_if<std::string Options::*>(&flag.slot)) {
    options.** text = given.text;
  } else if (const auto* number = std::get_if<std::int64_t Options::*>(&flag.slot)) {
    options.** number = parse_number<std::int64_t>(flag, given.text, "a whole number");
  } else if (const auto* real = std::get_if<double Options::*>(&flag.slot)) {
    options.** real = parse_number<double>(flag, given.text, "a number");
  } else if (const auto* boolean = std::get_if<bool Options::*>(&flag.slot)) {
    options.** boolean = parse_switch(flag, given.text);
  } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&flag.slot)) {
    (options.**list).push_back(given.text);
  }
}

}  // namespace dflare::cli
