// The models of a comparison, asked natural images.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "dflare/natural.h"
#include "dflare/search.h"

namespace dflare {

// Clones of the original and its variants, each watched, and how their outputs are read. All answers are of the labels
// that both sides have, and none is to be used once live.stop is set.
class Parties {
 public:
  Parties(Model& original, std::span<Model* const> variants, const SeedSet& seeds, const SearchSettings& settings,
          LiveProgress& live);

  [[nodiscard]] std::size_t variants() const { return variants_.size(); }
  // The first answers of a model, which also tell how its outputs are to be read: before any others.
  Answers read_original(std::span<const NaturalImage> images) { return read(original_, images); }
  void read_variants(std::span<const NaturalImage> images);
  [[nodiscard]] Answers ask_original(std::span<const NaturalImage> images) const { return ask(original_, images); }
  [[nodiscard]] Answers ask_variant(std::size_t v, std::span<const NaturalImage> images) const {
    return ask(variants_[v], images);
  }

  [[nodiscard]] const Model& original() const { return *original_.model; }
  [[nodiscard]] const OutputReading& reading_of_original() const { return original_.reading; }
  [[nodiscard]] AskOptions options() const;

 private:
  struct Party {
    std::unique_ptr<Model> model;
    OutputReading reading;
    int skip_classes = 0;
  };
  Answers read(Party& party, std::span<const NaturalImage> images) const;
  [[nodiscard]] Answers ask(const Party& party, std::span<const NaturalImage> images) const;

  const SeedSet& seeds_;
  const SearchSettings& settings_;
  LiveProgress& live_;
  Party original_;
  std::vector<Party> variants_;
};

}  // namespace dflare
