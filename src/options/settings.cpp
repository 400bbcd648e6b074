// From options to the library's settings, and to and from the JSON that a run records.
#include "dflare/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json_text.h"
#include "core/nearest.h"
#include "core/record_json.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/natural_box.h"
#include "dflare/preprocess.h"

namespace dflare {
namespace {

// "12x34", "0/4": two whole numbers with a sign between. False when the text is anything else.
bool parse_two(const std::string& text, char between, int& first, int& second) {
  const char* const end = text.data() + text.size();
  const auto [middle, error] = std::from_chars(text.data(), end, first);
  if (error != std::errc() || middle == end || *middle != between) return false;
  const auto [last, error2] = std::from_chars(middle + 1, end, second);
  return error2 == std::errc() && last == end;
}

const std::string& preprocess_text(const PairOptions& options, Side side) {
  const std::string& own = side == Side::kOriginal     ? options.original_preprocess
                           : side == Side::kCompressed ? options.compressed_preprocess
                                                       : options.preprocess;
  return own.empty() ? options.preprocess : own;
}

Preprocess preprocess_of(const PairOptions& options, Side side) {
  const std::string& text = preprocess_text(options, side);
  return parse_preprocess(text.empty() ? "raw" : text);
}

// What one model of a pair has of its own; else what both have.
const std::string& of_side(Side side, const std::string& both, const std::string& original,
                           const std::string& compressed) {
  const std::string& own = side == Side::kOriginal ? original : side == Side::kCompressed ? compressed : both;
  return own.empty() ? both : own;
}

EndPoints end_points_of(const std::string& name) {
  if (name == "blend") return EndPoints::kBlend;
  if (name == "mutate") return EndPoints::kMutate;
  if (name == "corrupt") return EndPoints::kCorrupt;
  if (name == "attack") return EndPoints::kAttack;
  return EndPoints::kAuto;
}

// "8" or "8/255": grey levels of 0..255, or 255ths of the ranges of an array's numbers; of those "0.05" is a share.
double levels_of(const std::string& text, InputKind kind) {
  if (text.empty()) return 0;
  if (kind == InputKind::kArray && !text.ends_with("/255")) {
    double share = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
    if (error == std::errc{} && end == text.data() + text.size() && share >= 1 / 255.0 && share <= 1)
      return 255 * share;
    throw Error(ErrorCode::kBadArgument,
                fmt::format("--linf is '{}', expected a share of each number's range, from 1/255 to 1", text),
                "use --linf 0.05 or --linf 8/255");
  }
  const std::string number = text.ends_with("/255") ? text.substr(0, text.size() - 4) : text;
  double levels = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), levels);
  const bool is_number = error == std::errc{} && end == number.data() + number.size();
  if (kind == InputKind::kAudio && is_number && levels >= 1 && levels <= 65535 && number.size() == text.size())
    return levels;
  if (kind == InputKind::kAudio) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("--linf is '{}', expected units of a 16-bit sample from 1 to 65535", text),
                "use --linf 300; --l2 0.1 keeps the change 20 dB below the sound");
  }
  if (!is_number || !(levels >= 1) || levels > 255) {
    throw Error(ErrorCode::kBadArgument, fmt::format("--linf is '{}', expected grey levels from 1 to 255", text),
                "use --linf 8 or --linf 8/255");
  }
  return levels;
}

// More than a century would overflow the clock.
std::chrono::steady_clock::duration seconds(double value) {
  constexpr double kMost = 3e9;
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(std::min(value, kMost)));
}

StrategyOptions strategy_options(const SearchOptions& options) {
  StrategyOptions strategy;
  strategy.name = options.strategy;
  strategy.end_points = end_points_of(options.end_points);
  strategy.operators = options.operators;
  strategy.fitness = options.fitness == "paper"       ? Fitness::kPaper
                     : options.fitness == "reference" ? Fitness::kReference
                     : options.fitness == "no-state"  ? Fitness::kNoState
                                                      : Fitness::kNoStateReference;
  strategy.selection = options.selection == "uniform"     ? SelectionPolicy::kUniform
                       : options.selection == "reference" ? SelectionPolicy::kReference
                                                          : SelectionPolicy::kMetropolisHastings;
  strategy.diffchaser = {to_int(options.population, "population"), to_int(options.k_uncertainty, "k-uncertainty"),
                         options.mutation_rate};
  return strategy;
}

void set_shard(const BudgetOptions& options, SearchSettings& settings) {
  if (options.shard.empty()) return;
  const bool understood = parse_two(options.shard, '/', settings.shard, settings.shards);
  if (!understood || settings.shards < 1 || settings.shard < 0 || settings.shard >= settings.shards) {
    throw Error(ErrorCode::kBadArgument, fmt::format("--shard is '{}', expected I/N with 0 <= I < N", options.shard),
                "use --shard 0/4, 1/4, 2/4 and 3/4 on four machines");
  }
}

std::string absolute(const std::string& path) { return path.empty() ? path : from_anywhere(path); }

// A preset or a .toml file may change or move; what it said when the run began is what counts.
std::string spelled_out(const std::string& preprocess) {
  return preprocess.empty() ? preprocess : to_string(parse_preprocess(preprocess));
}

std::string as_recorded(const std::string& preprocess) {
  return preprocess.empty() ? preprocess : to_string(parse_recorded_preprocess(preprocess));
}

nlohmann::ordered_json value_of(const Options& options, const Flag& flag) {
  if (const auto* text = std::get_if<std::string Options::*>(&flag.slot)) {
    const std::string& value = options.**text;
    if (flag.name == "preprocess" && value.empty()) return spelled_out("raw");
    if (flag.name.ends_with("preprocess")) return spelled_out(value);
    return utf8_of(flag.is_path ? absolute(value) : value);
  }
  if (const auto* number = std::get_if<std::int64_t Options::*>(&flag.slot)) return options.**number;
  if (const auto* real = std::get_if<double Options::*>(&flag.slot)) return options.**real;
  if (const auto* boolean = std::get_if<bool Options::*>(&flag.slot)) return options.**boolean;
  return options.**std::get_if<std::vector<std::string> Options::*>(&flag.slot);
}

}  // namespace

int to_int(std::int64_t value, const char* name) {
  if (value > std::numeric_limits<int>::max()) {
    throw Error(ErrorCode::kBadArgument, fmt::format("--{} is {}, more than this program can count", name, value));
  }
  return static_cast<int>(value);
}

bool preprocess_declared(const PairOptions& options, Side side) { return !preprocess_text(options, side).empty(); }

int label_offset(const PairOptions& options, Side side) {
  const std::int64_t own = side == Side::kOriginal     ? options.original_label_offset
                           : side == Side::kCompressed ? options.compressed_label_offset
                                                       : -1;
  return to_int(own < 0 ? options.label_offset : own, "label-offset");
}

namespace {

// "sr=16000,state=0". Names may hold anything but a comma; the value stands behind the last "=".
std::vector<std::pair<std::string, double>> set_inputs_of(const std::string& text) {
  std::vector<std::pair<std::string, double>> set;
  for (std::size_t begin = 0; !text.empty() && begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string item = text.substr(begin, end - begin);
    const std::size_t equals = item.rfind('=');
    double value = 0;
    const char* const last = item.data() + item.size();
    const bool whole = equals != std::string::npos && equals > 0;
    const auto [stop, error] = whole ? std::from_chars(item.data() + equals + 1, last, value)
                                     : std::from_chars_result{last, std::errc::invalid_argument};
    if (error != std::errc() || stop != last || !std::isfinite(value)) {
      throw Error(ErrorCode::kBadArgument, fmt::format("--set-input holds '{}', expected NAME=VALUE", item),
                  "use --set-input sr=16000,state=0");
    }
    set.emplace_back(item.substr(0, equals), value);
    begin = end + 1;
  }
  return set;
}

}  // namespace

InputKind input_kind(const PairOptions& options) {
  if (options.kind == "array") return InputKind::kArray;
  if (options.kind == "text") return InputKind::kText;
  if (options.kind == "audio") return InputKind::kAudio;
  if (options.kind == "image" || options.seeds.empty()) return InputKind::kImage;
  return kind_of_seeds(options.seeds);
}

ModelOptions model_options(const PairOptions& options, Side side) {
  ModelOptions model;
  model.kind = input_kind(options);
  model.set_inputs = set_inputs_of(options.set_input);
  model.preprocess = preprocess_of(options, side);
  const auto own = [side](const auto&... texts) { return of_side(side, texts...); };
  const OracleChoice oracle = make_oracle(options.oracle);
  model.output_form = !oracle.labels() ? OutputForm::kValues : oracle.binary ? OutputForm::kScore : OutputForm::kScores;
  model.output_name = own(options.output_name, options.original_output_name, options.compressed_output_name);
  const std::string kernels =
      own(options.tflite_kernels, options.original_tflite_kernels, options.compressed_tflite_kernels);
  model.tflite_kernels = kernels == "builtin" ? TfliteKernels::kBuiltin : TfliteKernels::kXnnpack;
  model.threads = to_int(options.threads, "threads");
  model.query_timeout = options.query_timeout;
  model.onnxruntime = own(options.onnxruntime, options.original_onnxruntime, options.compressed_onnxruntime);
  model.tflite = own(options.tflite, options.original_tflite, options.compressed_tflite);
  if (!options.input_size.empty()) {
    const bool understood = parse_two(options.input_size, 'x', model.input_height, model.input_width);
    if (!understood || model.input_height < 1 || model.input_width < 1) {
      throw Error(ErrorCode::kBadArgument, fmt::format("--input-size is '{}', expected HxW", options.input_size),
                  "use --input-size 224x224");
    }
  }
  return model;
}

SeedOptions seed_options(const Options& options, const ModelInfo& original) {
  SeedOptions seeds;
  seeds.kind = original.kind;
  seeds.shape = original.shape;
  seeds.rate = std::max(original.rate, 1);
  seeds.range = options.range;
  if (seeds.kind != InputKind::kArray && !options.range.empty()) {
    throw Error(ErrorCode::kBadArgument, "--range is of arrays, and the inputs are none",
                "say --kind array where they are none");
  }
  const int offset = label_offset(options, Side::kOriginal);
  if (std::cmp_greater_equal(offset, original.classes)) {
    throw Error(ErrorCode::kBadArgument,
                fmt::format("a label offset of {} leaves none of {} classes", offset, original.classes),
                "use --label-offset 1 where the model counts a background class first");
  }
  const OracleChoice oracle = make_oracle(options.oracle);
  if (oracle.labels()) seeds.class_count = oracle.binary ? 2 : static_cast<int>(original.classes) - offset;
  seeds.preprocess = preprocess_of(options, Side::kOriginal);
  seeds.labels = options.labels;
  seeds.classes = options.classes;
  return seeds;
}

std::optional<OutputKind> declared_output(const PairOptions& options) {
  if (options.output == "probs") return OutputKind::kProbabilities;
  if (options.output == "logits") return OutputKind::kLogits;
  return {};
}

SearchSettings search_settings(const Options& options) {
  SearchSettings settings;
  settings.strategy = strategy_options(options);
  settings.strategy.kind = input_kind(options);
  settings.acceptance.ties = options.ties == "count" ? TiePolicy::kCount : TiePolicy::kSkip;
  settings.acceptance.require = options.require == "any" ? Require::kAny : Require::kCompressedLost;
  settings.budget = {levels_of(options.linf, settings.strategy.kind), options.l2, options.min_ssim};
  settings.goal = options.goal == "regression" ? Goal::kRegression : Goal::kDeviation;
  settings.natural_box = natural_box_of(options.natural_box);
  settings.refine = options.refine == "climb"    ? Refine::kClimb
                    : options.refine == "pixels" ? Refine::kPixels
                    : options.refine == "shrink" ? Refine::kShrink
                                                 : Refine::kNone;
  settings.total_queries = options.total_queries;
  settings.refine_queries = options.refine_queries;
  settings.min_severity = options.min_severity;
  settings.seed_filter = options.seed_filter == "correct" ? SeedFilter::kCorrect
                         : options.seed_filter == "agree" ? SeedFilter::kAgree
                                                          : SeedFilter::kAuto;
  settings.output = declared_output(options);
  settings.oracle = make_oracle(options.oracle, settings.output);
  settings.rng_seed = static_cast<std::uint64_t>(options.rng_seed);
  settings.max_queries = options.max_queries;
  settings.findings_per_seed = to_int(options.findings_per_seed, "findings-per-seed");
  settings.timeout_seconds = options.timeout;
  if (options.time_limit > 0) settings.deadline = std::chrono::steady_clock::now() + seconds(options.time_limit);
  settings.max_seeds = options.max_seeds;
  settings.confirm = to_int(options.confirm, "confirm");
  settings.robust = to_int(options.robust, "robust");
  settings.min_robust = options.min_robust;
  settings.batch = to_int(options.batch, "batch");
  settings.workers = to_int(options.workers, "workers");
  settings.original_label_offset = label_offset(options, Side::kOriginal);
  settings.compressed_label_offset = label_offset(options, Side::kCompressed);
  set_shard(options, settings);
  check_settings(settings);
  return settings;
}

std::string settings_json(const Options& options) {
  nlohmann::ordered_json json;
  for (const Flag* flag : flags_of(kSearch)) {
    if (flag->saved) json[flag->name] = value_of(options, *flag);
    // A file may change: what it said is recorded.
    if (flag->name == "natural-box") json[flag->name] = natural_box_text(options.natural_box);
  }
  return json_text(json);
}

Options options_from(const std::string& recorded_settings, const std::filesystem::path& run) {
  const nlohmann::ordered_json settings = parse_record(recorded_settings, run);
  Options options;
  for (const Flag* flag : flags_of(kSearch)) {
    if (!flag->saved || !settings.contains(flag->name)) continue;
    const auto& value = settings[flag->name];
    if (const auto* text = std::get_if<std::string Options::*>(&flag->slot)) {
      const std::string recorded = bytes_of(value.get<std::string>());
      options.** text = flag->name.ends_with("preprocess") ? as_recorded(recorded) : recorded;
    } else if (const auto* number = std::get_if<std::int64_t Options::*>(&flag->slot)) {
      options.** number = value.get<std::int64_t>();
    } else if (const auto* real = std::get_if<double Options::*>(&flag->slot)) {
      options.** real = value.get<double>();
    } else if (const auto* boolean = std::get_if<bool Options::*>(&flag->slot)) {
      options.** boolean = value.get<bool>();
    } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&flag->slot)) {
      options.** list = value.get<std::vector<std::string>>();
    }
  }
  return options;
}

}  // namespace dflare
