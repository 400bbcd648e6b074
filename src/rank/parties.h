// The models of a comparison, asked natural images.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "dflare/natural.h"
#include "dflare/search.h"

namespace dflare {

// The original and its variants, and how their outputs are read. All answers are of the labels that both sides have,
// and none is to be used once live.stop is set.
class Parties {
 public:
  // All of this must outlive it.
  Parties(Model& original, std::span<Model* const> variants, const SeedSet& seeds, const SearchSettings& settings,
          LiveProgress& live);

  [[nodiscard]] std::size_t variants() const { return parties_.size() - 1; }

  // Answers of which labels, ties and finiteness hold (of an oracle's the raw values alone): how outputs are to be read
  // is not known yet. What tells that is kept.
  Answers look_at_original(std::span<const NaturalImage> images) { return look(parties_.front(), images); }
  Answers look_at_variant(std::size_t v, std::span<const NaturalImage> images) { return look(parties_[v + 1], images); }
  // From what was looked at. Before anything below.
  void settle_readings();

  // Labels of both models' answers to the same images, by what says when two answers differ: where the labels of a row
  // do. -1 for an answer that is not finite.
  struct Ruled {
    std::vector<int> original, variant;
  };
  [[nodiscard]] Ruled rule(std::size_t v, const Answers& original, const Answers& variant) const;
  // Whether labels are compared: else only rule() says what an answer means.
  [[nodiscard]] bool labels() const { return settings_.oracle.labels(); }

  Answers ask_original(std::span<const NaturalImage> images) { return ask(parties_.front(), images); }
  Answers ask_variant(std::size_t v, std::span<const NaturalImage> images) { return ask(parties_[v + 1], images); }
  [[nodiscard]] Asker& original() { return parties_.front().asker; }
  [[nodiscard]] const OutputReading& reading_of_original() const { return parties_.front().reading; }
  [[nodiscard]] bool stopped() const { return live_.stop; }

 private:
  struct Party {
    Asker asker;
    int skip_classes = 0;
    OutputReading reading;
    std::vector<float> seen;  // raw answers that tell how they are to be read
  };
  Answers look(Party& party, std::span<const NaturalImage> images);
  [[nodiscard]] OutputReading reading_of(const Party& party) const;
  Answers ask(Party& party, std::span<const NaturalImage> images) {
    return party.asker.ask(party.reading, seeds_, images);
  }

  const SeedSet& seeds_;
  const SearchSettings& settings_;
  LiveProgress& live_;
  std::vector<Party> parties_;                          // the original first
  std::vector<std::shared_ptr<const Oracle>> oracles_;  // a variant, where no labels are compared
};

}  // namespace dflare
