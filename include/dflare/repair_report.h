// A repair from a search to what it is worth: its data, its head, its measures.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "dflare/natural.h"
#include "dflare/progress.h"
#include "dflare/repair.h"
#include "dflare/searched.h"

namespace dflare {

inline constexpr int kRepairFolds = 5;  // as the paper

struct RepairSettings {
  std::string method = "natural";
  int natural_per_input = 0;     // corrupted images of each input to learn from; 0: 13 to 130, to make 20 000 in all
  int corrupted_per_input = 13;  // of each held-out input, to judge by
  int repeats = 3;               // cross-validations, each with other folds and other first weights
  std::uint64_t rng_seed = 0;
  double time_limit_seconds = 0;  // asking stops after three fifths of it; 0: none
};
// Throws kBadArgument for settings out of range and a method that is not known.
void check_repair_settings(const RepairSettings& settings);

// Images of one kind that a repair is judged by, with what the models said of them. Row i belongs to images[i].
struct NaturalAnswers {
  std::vector<NaturalImage> images;
  std::vector<int> truth;  // as the classes count; -1: not known
  Answers original, compressed;
};

enum class HeldOut {
  kUnasked,    // inputs of the search that it did not ask
  kGiven,      // inputs that the search does not have
  kOutOfFold,  // too few of either: the search's own inputs, each by a head trained without it
};
std::string to_string(HeldOut held_out);  // "not_asked", "given", "out_of_fold"

struct RepairData {
  RepairRows rows;
  std::vector<NaturalImage> image_of_row;  // of natural rows
  std::vector<int> truth_of_row;           // of natural rows; -1: not known
  std::int64_t seeds = 0, findings = 0, natural = 0;
  std::vector<int> classes_never_seen;  // as the original's answer to any row
  HeldOut held_out = HeldOut::kOutOfFold;
  std::size_t held_out_inputs = 0;
  NaturalAnswers clean, corrupted;  // held out; empty for kOutOfFold
  bool usable = true;               // false: options.stop came before seeds and findings were asked
  bool complete = true;             // false: natural images are those that were asked by then, inputs spread evenly
};
// Asks both models. `given`: inputs to judge by, less those that the search has; null: those that it did not ask.
// Throws kBadInput where there is too little to learn from, and what check_repair_settings throws.
RepairData gather_repair_data(const Searched& searched, const SeedSet* given, const RepairSettings& settings,
                              const AskOptions& options, const Tell& tell);

// What a repair does to natural images that its head has not seen.
enum class RepairVerdict {
  kLowers,          // the disagreement, on clean or corrupted images, beyond chance
  kCannotTell,      // the intervals of both hold zero
  kRaises,          // beyond chance, on either
  kChangesNothing,  // the head is the identity
  kNotJudged,       // stopped before
};
std::string to_string(RepairVerdict verdict);  // "lowers", "cannot_tell", "raises", "changes_nothing", "not_judged"

struct RepairOutcome {
  std::vector<CrossValidation> repeats;
  RepairHead head;           // trained on all rows but those natural ones that time did not allow
  std::int64_t natural = 0;  // rows that it learnt from
  NaturalEffect clean, corrupted;
  bool trained = true;   // false: stopped before there was a head
  bool judged = true;    // false: stopped before the two effects were known
  bool complete = true;  // false: there are fewer repeats than were asked for, or one of the above

  [[nodiscard]] RepairVerdict verdict() const;
  // Such a head should not be used.
  [[nodiscard]] bool raises() const { return verdict() == RepairVerdict::kRaises; }
  // Not to be used without a second thought: it raises the disagreement, or nobody knows.
  [[nodiscard]] bool doubtful() const { return raises() || !judged; }
};
// The head first, then what it is judged by, then the other repeats. Where `stop` (may be null) is set meanwhile it
// returns soon, with what is known by then. `seconds` until that is to be expected, negative for never: where training
// on all natural rows would take longer, the head learns from as many as there is time for, spread evenly.
RepairOutcome work_out_repair(const RepairData& data, const RepairSettings& settings, const std::atomic<bool>* stop,
                              const Tell& tell, double seconds = -1);

struct RepairRatios {
  double repair = 0, inducing = 0, improvement = 0;
};
// Means over the repeats; 0 of none.
RepairRatios mean_ratios(const std::vector<CrossValidation>& repeats);

struct RepairReport {
  RepairSettings settings;
  std::int64_t seeds = 0, findings = 0, natural = 0;  // learnt from
  std::vector<int> classes_never_seen;
  HeldOut held_out = HeldOut::kOutOfFold;
  RepairOutcome outcome;
  bool complete = true;
  bool exported = false;           // its head was written, for use
  std::vector<std::string> notes;  // what a reader should know
};
RepairReport repair_report(const RepairData& data, const RepairSettings& settings, RepairOutcome outcome);

}  // namespace dflare
