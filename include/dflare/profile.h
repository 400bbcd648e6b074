// A profile: where the compressed model answers otherwise in the field, on inputs as they are and under every natural
// corruption.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/model.h"
#include "dflare/natural.h"
#include "dflare/progress.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/statistics.h"

namespace dflare {

inline constexpr int kProfileSeverities = 5;  // of every kind of corruption: docs/corruptions.md

struct FieldSettings {
  int original_label_offset = 0;  // output index of the class that labels call 0
  int compressed_label_offset = 0;
  int batch = 0;    // rows a call; 0: 32
  int workers = 0;  // threads; 0: one a core
  std::uint64_t rng_seed = 0;
  std::int64_t max_inputs = 0;  // so many of those that can be read, spread evenly; 0: all
  // Of corrupted images, each one of every kind of every input. 1: just those that a ranking with one image a kind and
  // the same rng_seed is measured on, severities at random. 5: every kind at every severity. 0: none.
  int rounds = kProfileSeverities;
};

// What both models call one image, by first index among the classes that both tell apart; -1: an answer that is not
// finite.
struct CalledImage {
  NaturalImage image;
  int original = -1, compressed = -1;
  int truth = -1;              // of the input, counted the same way; -1: not known
  bool original_tied = false;  // the original's largest output stands at two or more classes
  bool as_drawn = false;       // as it is, or of the first round: what rank and guard would draw

  // An answer that is not finite differs from every other.
  [[nodiscard]] bool differs() const { return original != compressed || original < 0; }
  [[nodiscard]] bool regression() const { return truth >= 0 && original == truth && compressed != truth; }
  [[nodiscard]] bool gain() const { return truth >= 0 && original != truth && compressed == truth; }
};

struct FieldAnswers {
  std::vector<CalledImage> images;  // by input, then kind, then severity; the input as it is first
  std::int64_t inputs = 0;          // asked as they are
  bool complete = false;            // all that the settings want was asked
};

// Asks both models: all inputs as they are, then round after round of corrupted ones, inputs spread evenly. Where
// live.stop is set it returns soon, with what was asked by then. The same for any batch and number of workers. Throws
// kBadArgument for settings out of their ranges, kNoUsableSeed where no input can be read, kModelFailed.
FieldAnswers ask_field(const Model& original, const Model& compressed, const SeedSet& seeds,
                       const FieldSettings& settings, LiveProgress& live, const Tell& tell);

// Of some images. Shares are means over inputs of the share of each input's images, intervals over inputs.
struct FieldFigures {
  std::int64_t images = 0, differ = 0;
  Estimate disagreement;
  // Of the inputs with a true label; nothing where there is none.
  std::optional<Estimate> accuracy_original, accuracy_compressed;
  std::optional<Estimate> regressions;  // the original is right, the compressed model is not
  std::optional<Estimate> gains;        // the reverse
};

// Figures of the images; nothing of none. Those of one input stand together. One image an input: Wilson's intervals, as
// rank has them for inputs as they are; else bootstrapped over inputs, as rank has them for corrupted ones.
std::optional<FieldFigures> field_figures(std::span<const CalledImage* const> images, std::uint64_t rng_seed);

struct KindProfile {
  std::string name;  // of the corruption
  std::array<std::optional<FieldFigures>, kProfileSeverities> severities;
  std::optional<FieldFigures> all;
};

// Of the images that the original gives a label.
struct LabelLoss {
  int label = -1;
  std::int64_t images = 0, lost = 0;  // lost: the compressed model says another
  Estimate share;                     // lost of images; its interval over inputs
};

struct LabelPairLoss {
  int original = -1, compressed = -1;
  std::int64_t images = 0;
};

// One input, for pairing with another profile's.
struct InputProfile {
  std::string source, sha256;  // of the pixels
  CalledImage as_it_is;
  std::int64_t corrupted = 0, differ = 0;  // images of the first round
};

struct Profile {
  SearchEnd end = SearchEnd::kComplete;
  std::int64_t inputs = 0, unreadable = 0, not_finite_original = 0, not_finite_compressed = 0;  // images, the last two
  std::optional<FieldFigures> as_they_are;
  std::optional<FieldFigures> corrupted;  // images of the first round: as rank and guard draw them
  std::vector<KindProfile> kinds;         // as corruptions() has them
  std::vector<std::size_t> order;         // of kinds with figures: the most damaging first
  std::vector<LabelLoss> labels;          // that lose any, most images first
  std::vector<LabelPairLoss> pairs;       // likewise
  std::vector<InputProfile> per_input;
};

// `label_shift`: from a true label to its place among the classes; the profile's labels are counted as true ones are.
Profile profile_of(const FieldAnswers& field, const SeedSet& seeds, int label_shift, std::uint64_t rng_seed);

}  // namespace dflare
