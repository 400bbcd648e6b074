// From options to the library's settings, and to and from the JSON that a run records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "dflare/gate.h"
#include "dflare/guard.h"
#include "dflare/guard_samples.h"
#include "dflare/model.h"
#include "dflare/options.h"
#include "dflare/profile.h"
#include "dflare/rank.h"
#include "dflare/repair_report.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {

// Which model of a pair; kBoth: options that name neither.
enum class Side { kBoth, kOriginal, kCompressed };

// Each throws kBadArgument for values that mean nothing.
// What --kind says; `auto` looks at the inputs, where there are any.
InputKind input_kind(const PairOptions& options);
ModelOptions model_options(const PairOptions& options, Side side);
SeedOptions seed_options(const Options& options, const ModelInfo& original);
SearchSettings search_settings(const Options& options);
RankSettings rank_settings(const Options& options);
FieldSettings field_settings(const Options& options);
// Checked. A corpus has a limit of 0 unless another is given.
GateLimits gate_limits(const GateOptions& options);
// What an inconclusive gate is to end as, where that was said.
std::optional<GateVerdict> inconclusive_as(const GateOptions& options);
RepairSettings repair_settings(const Options& options);
GuardGoal guard_goal(const GuardOptions& options);
GuardSampling guard_sampling(const GuardOptions& options);
ExportFormat export_format(const ReportOptions& options);

// What --output says that the outputs are; nothing: as they look.
std::optional<OutputKind> declared_output(const PairOptions& options);

// Whether the user said how that model wants its pixels.
bool preprocess_declared(const PairOptions& options, Side side);

// The value of a whole-number option by name. Throws kBadArgument where an int cannot hold it.
int to_int(std::int64_t value, const char* name);

// Index among the outputs of the class that labels call 0.
int label_offset(const PairOptions& options, Side side);

// Every saved option of `search` by name as JSON, with absolute paths, and preprocessing spelled out: enough to do it
// again.
std::string settings_json(const Options& options);
// The reverse, for the run in that folder. Throws kBadInput where the text is damaged.
Options options_from(const std::string& settings, const std::filesystem::path& run);

}  // namespace dflare
