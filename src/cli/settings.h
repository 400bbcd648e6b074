// From options to the library's settings, and to and from the JSON that a run records.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/options.h"
#include "dflare/model.h"
#include "dflare/search.h"
#include "dflare/seeds.h"

namespace dflare::cli {

// Which model of a pair; kBoth: options that name neither.
enum class Side { kBoth, kOriginal, kCompressed };

// Each throws kBadArgument for values that mean nothing.
ModelOptions model_options(const Options& options, Side side);
SeedOptions seed_options(const Options& options, const ModelInfo& original);
SearchSettings search_settings(const Options& options);

// Whether the user said how that model wants its pixels.
bool preprocess_declared(const Options& options, Side side);

// The value of a whole-number option by name. Throws kBadArgument where an int cannot hold it.
int to_int(std::int64_t value, const char* name);

// Index among the outputs of the class that labels call 0.
int label_offset(const Options& options, Side side);

// Every saved option of `search` by name, with absolute paths, and preprocessing spelled out: enough to do it again.
nlohmann::ordered_json settings_json(const Options& options);
// The reverse. Throws kBadInput for settings of another version.
Options options_from(const nlohmann::ordered_json& settings);

}  // namespace dflare::cli
