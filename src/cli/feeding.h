// How the models of a comparison are fed: refused where they cannot see, doubted aloud where it looks wrong.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "dflare/doubts.h"
#include "dflare/options.h"
#include "dflare/search.h"
#include "dflare/settings.h"

namespace dflare::cli {

// Throws kBadInput for a model whose 8-bit input loses most grey levels where nobody said how it wants its pixels.
void check_levels(const Options& options, const ModelInfo& info, Side side);

// How the outputs are read: as --output says, else as they look.
OutputReading detected_reading(const Answers& answers, const ModelInfo& info, const Options& options);

// A model as find_doubts wants it, but for its answers: what the options say of it.
Witness witness_of(const Options& options, const ModelInfo& info, Side side);

// What looks wrong with the models of a search that has asked its inputs.
std::vector<Doubt> doubts_of(const Options& options, const Pair& pair, const SeedSet& seeds, const Search& search);

// The same for an original and variants that have not been asked yet: asks them a few dozen of the inputs.
std::vector<Doubt> ask_for_doubts(const Options& options, const Model& original,
                                  const std::vector<std::unique_ptr<Model>>& variants, const SeedSet& seeds,
                                  const std::atomic<bool>& stop);

// Each in one line.
std::vector<std::string> in_words(const std::vector<Doubt>& doubts);

// To standard error, as notes.
void print_notes(const std::vector<std::string>& notes);

}  // namespace dflare::cli
