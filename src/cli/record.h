// What a run records of its models, inputs and machine, and the check that they are still the same.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/pair.h"
#include "core/record_json.h"
#include "dflare/search.h"
#include "dflare/store.h"

namespace dflare::cli {

// All that resume needs, and all that a reader of the run may ask. `notes`: what looks wrong with the models.
RunRecord make_record(const Options& options, const OpenPair& pair, const SeedSet& seeds, const Search& search,
                      const std::vector<std::string>& notes);

// Throws kBadInput naming the model file that is not what it was when the run began.
void check_models(const nlohmann::ordered_json& facts);
// Says on stderr when the run asked its models by another runtime, or version of it, than they are asked by now.
void note_runtimes(const nlohmann::ordered_json& facts, const OpenPair& pair);
// As check_models, for the inputs and their labels.
void check_seeds(const nlohmann::ordered_json& recorded, const SeedSet& seeds);

}  // namespace dflare::cli
