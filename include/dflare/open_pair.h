// The two models under comparison, opened and found to fit together.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "dflare/doubts.h"
#include "dflare/model.h"
#include "dflare/options.h"
#include "dflare/search.h"
#include "dflare/settings.h"

namespace dflare {

struct OpenPair {
  std::unique_ptr<Model> original, compressed;

  [[nodiscard]] Pair borrowed() const { return {original.get(), compressed.get()}; }
};

// open_model, or what stands in for it.
using Opener = std::function<std::unique_ptr<Model>(const std::filesystem::path&, const ModelOptions&)>;

// Throws what open_model throws, and kBadInput when the two take images of different shapes or tell different numbers
// of classes apart.
OpenPair open_pair(const PairOptions& options, const Opener& open = open_model);

// The second half of that, for models that are open.
void check_fit(const ModelInfo& original, const ModelInfo& compressed, const PairOptions& options);

// What the options say of how a model is fed and read, and which options those are.
Declared declared_of(const PairOptions& options, Side side);

// Throws kBadInput where one of them hardly sees the images and nobody said how to feed it.
void check_levels(const OpenPair& pair, const PairOptions& options);

// What looks wrong with the models of a search that has asked its inputs.
std::vector<Doubt> doubts_of(const PairOptions& options, const OpenPair& pair, const SeedSet& seeds,
                             const Search& search);

}  // namespace dflare
