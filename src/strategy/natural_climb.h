// Climbing in the space of natural changes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/strategy.h"
#include "strategy/place_model.h"

namespace dflare {

// Looks in the run's natural box for the place where the models disagree most decisively, a few images at a time. A
// PlaceModel of the places nearest to the best one tells where that may be; the next images are the likeliest places
// around it, and some that would be better still where the model is in doubt. Where nothing is found for long it begins
// anew elsewhere in the box.
class NaturalClimb {
 public:
  static constexpr std::size_t kTries = 5;  // images at a time

  // A new seed; the key freezes the noise. `from`: a place to begin at, else the box is looked over first.
  void begin(const RunContext& context, SeedIndex seed, std::uint64_t key, const NaturalPlace* from);
  // Appends `tries` images, kTries at most; while proving those that are left, which may be none.
  void propose(std::size_t tries, Rng& rng, Batch& out);
  // Judges the last images, or as many of them as these. Returns the row of the most decisive deviation among them.
  std::optional<std::size_t> observe(std::span<const Verdict> verdicts);
  // From now on it asks for the best place without each of its kinds in turn: what is owed to which.
  void prove();
  [[nodiscard]] bool proving() const { return proving_; }

  // The place of a row of the last images.
  [[nodiscard]] NaturalStart at(std::size_t row) const { return {key_, asked_[row]}; }
  // How decisive an answer is by the run's goal; negative where it is none, by how far.
  [[nodiscard]] double height(const Verdict& v) const;
  // A place as a finding's `how`.
  [[nodiscard]] std::string how(const NaturalStart& place) const;

 private:
  struct Candidate {
    NaturalPlace place;
    Stand expected;
    double height;
  };

  [[nodiscard]] double height(const Stand& s) const;
  void learn(const NaturalPlace& place, const Stand& stand, double height);
  void choose(std::size_t tries, Rng& rng);
  void look_elsewhere();
  void fit_nearest();
  void draw_candidates(Rng& rng);
  [[nodiscard]] const Candidate* next_best(Rng& rng, bool hopeful);
  void ask(const NaturalPlace& place, Batch& out);

  const RunContext* context_ = nullptr;
  SeedIndex seed_;
  std::uint64_t key_ = 0;
  NaturalChanges changes_;
  bool one_sided_ = false;            // only what the compressed model loses counts
  std::optional<NaturalPlace> from_;  // where it was told to begin

  std::vector<NaturalPlace> places_;  // that were asked, and what was answered
  std::vector<Stand> stands_;
  std::size_t best_ = 0;
  double best_height_ = 0;
  std::size_t centre_ = 0;  // the best since it began to look elsewhere, and around what
  double centre_height_ = 0;
  std::size_t scattered_ = 0;  // places that are still to be drawn from the whole box
  double reach_ = 0;           // of the candidates around the centre

  std::vector<NaturalPlace> asked_;  // last
  bool proving_ = false;
  NaturalPlace proved_{};
  std::size_t next_proof_ = 0;                           // kind
  std::vector<std::size_t> asked_proofs_;                // kinds that the last images leave out
  std::vector<std::pair<std::size_t, double>> without_;  // kind, and the height without it

  PlaceModel model_;
  std::vector<std::size_t> nearest_;
  std::vector<NaturalPlace> near_places_;
  std::vector<Stand> near_stands_;
  std::vector<Candidate> candidates_;
  std::vector<Stand> doubts_;
};

}  // namespace dflare
