// What can be asked: every option once, with its help, default and check. Help, keys of TOML files and the settings
// that a run records come from this table; so may the keywords of other faces.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dflare {

// The options as they are given, at their defaults, by what they are about: a text means what the table says of it, and
// settings.h turns it into the library's settings. Verbs take the parts that they need.

// How the two models are opened, fed and read.
struct PairOptions {
  std::string original, compressed;                                    // paths
  std::string seeds;                                                   // path
  std::string kind = "auto", range;                                    // of the inputs
  std::string preprocess, original_preprocess, compressed_preprocess;  // all empty: nobody said, raw
  std::string input_size, set_input;
  std::string oracle = "top1";
  std::string output = "auto", output_name, original_output_name, compressed_output_name;
  std::int64_t label_offset = 0, original_label_offset = -1, compressed_label_offset = -1;
  std::string tflite_kernels = "xnnpack", original_tflite_kernels, compressed_tflite_kernels;
  std::string onnxruntime, original_onnxruntime, compressed_onnxruntime;
  std::string tflite, original_tflite, compressed_tflite;
  std::string compressed_head;
  std::int64_t threads = 1;
  double query_timeout = 120;  // seconds; 0: none
  bool allow_exec = false;
};

struct InputOptions {
  std::string labels, classes;  // paths
  std::string seed_filter = "auto";
};

// How a search goes, and what counts as a finding.
struct SearchOptions {
  std::string strategy = "boundary", end_points = "auto", fitness = "paper", selection = "metropolis-hastings",
              operators = "paper";
  std::int64_t population = 20, k_uncertainty = 2;
  double mutation_rate = 0.05;
  std::string ties = "skip", require = "any", goal = "deviation", refine = "none", linf;
  std::string natural_box = "default";  // mild, default, harsh, a path, or numbers by name
  double l2 = 0, min_ssim = 0, min_severity = 0, min_robust = 0;
  std::int64_t refine_queries = 400, total_queries = 0;
  std::int64_t rng_seed = 0, confirm = 1, robust = 1;
};

// Times are in seconds; 0: none.
struct BudgetOptions {
  std::int64_t max_queries = 2000, findings_per_seed = 1, max_seeds = 0;
  double timeout = 0, time_limit = 0;
  std::string shard;
  std::int64_t batch = 0, workers = 0;  // 0: measured
};

// Of `rank`, where `search` has other defaults.
struct RankOptions {
  std::int64_t rank_seeds = 100, search_seeds = 100, rank_refine_queries = 100, corrupted = 13;
  std::int64_t regression_queries = 100, regression_seeds = 30;
  double rank_time_limit = 240;
};

// Of `repair` and `guard`, which learn from a run and measure on inputs held out.
struct LearnOptions {
  double work_time_limit = 0;
  std::string held_out, held_out_labels;
  bool force = false;
};

struct RepairOptions {
  std::string method = "natural";
  std::int64_t natural = 0, repeats = 3, corruptions = 13;
};

struct GuardOptions {
  std::string guard_score = "auto";
  double catch_share = 0.9, defer_share = 0;
  std::int64_t guard_corrupted = 0, guard_rng_seed = 0;
};

// Of `report` and `merge`.
struct PageOptions {
  std::vector<std::string> runs;  // folders
  std::int64_t page_size = 20;    // MB
};

// Of `profile` and `check`, which ask about the field.
struct FieldOptions {
  double field_time_limit = 240;
  std::int64_t max_inputs = 0;
  std::string svg;
};

// The limits of `check`, and of `replay`; negative: not set.
struct GateOptions {
  double max_disagreement = -1, max_corrupted_disagreement = -1, max_regressions = -1, max_accuracy_drop = -1,
         max_severity = -1, min_queries = -1;
  std::int64_t max_still_deviating = -1;
  std::string corpus, inconclusive, junit, markdown;
};

// Where the result goes, and how.
struct ReportOptions {
  std::string out, config, format = "jsonl";
  bool audit = false;
  bool json = false, quiet = false;
};

// All of them, as the rows of the table address them.
struct Options : PairOptions,
                 InputOptions,
                 SearchOptions,
                 BudgetOptions,
                 RankOptions,
                 LearnOptions,
                 RepairOptions,
                 GuardOptions,
                 PageOptions,
                 FieldOptions,
                 GateOptions,
                 ReportOptions {
  std::string run, id, other_run;
  std::vector<std::string> models;
};

// Where in Options a value lives; decides how its text is read.
using Slot = std::variant<std::string Options::*, std::int64_t Options::*, double Options::*, bool Options::*,
                          std::vector<std::string> Options::*>;

// The verbs, as a set of bits.
enum VerbSet : unsigned {
  kSearch = 1,
  kResume = 2,
  kInspect = 4,
  kExport = 8,
  kShow = 16,
  kRank = 32,
  kRepair = 64,
  kGuard = 128,
  kReport = 256,
  kProfile = 1U << 12U,
  kCheck = 1U << 13U,
  kReplay = 1U << 14U,
  kCompare = 1U << 15U,
  kMerge = 1U << 16U,
};

// When an option does anything.
struct Condition {
  std::string words = {};                   // the options that it works with, as typed; empty: always
  bool (*holds)(const Options&) = nullptr;  // null: always
};

// One row of the table.
struct Flag {
  std::string name;          // on the command line, in TOML files and in a run's settings
  char letter = 0;           // "-o"; 0: none
  std::string metavar = {};  // what follows it; empty: a switch. An argument's name in capitals
  unsigned verbs = 0;        // a VerbSet
  std::string group = {};    // heading in the help; empty: an argument by position
  Slot slot;
  std::string brief;               // one line
  std::string details = {};        // when to use it, and what else there is to know
  std::string default_words = {};  // where the default needs words
  std::vector<std::string> choices = {};
  std::string own_choice = {};  // what choices of the caller's own begin with; empty: there are none
  double least = -std::numeric_limits<double>::infinity();
  Condition only_with = {};  // given in vain it is refused
  bool saved = true;         // part of the settings that a run records
  bool is_path = false;      // recorded as an absolute path
};

// A value as someone gave it.
struct Given {
  const Flag* flag = nullptr;
  std::string text;
  std::string file = {};  // where it was written; empty: on the command line
};

// Values given for a verb, in rising precedence: config file, command line.
using Givens = std::vector<Given>;

// All rows, in the order of the help: arguments first, groups together.
const std::vector<Flag>& flag_table();
// The rows of one verb: arguments first.
std::vector<const Flag*> flags_of(unsigned verb);

[[nodiscard]] inline bool is_argument(const Flag& flag) { return flag.group.empty(); }
[[nodiscard]] inline bool is_switch(const Flag& flag) { return std::holds_alternative<bool Options::*>(flag.slot); }
// "--max-queries", or "SEEDS" for an argument.
std::string spelled(const Flag& flag);
// The default as the help shows it; may be empty.
std::string default_text(const Flag& flag);

// Defaults, then the givens in order. Throws kBadArgument as assign() does, and for an option that has no effect beside
// the others; in a file, which may hold all settings of a run, only where it is not the default.
Options resolve(const Givens& givens);
// Puts the text where it belongs. Throws kBadArgument naming the option, what was expected and the nearest choice.
void assign(Options& options, const Given& given);

}  // namespace dflare
