// What looks wrong with how models are fed and read, judged by their answers to real inputs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/model.h"
#include "dflare/natural.h"
#include "dflare/seed_status.h"
#include "dflare/seeds.h"

namespace dflare {

// What the user said of a model, and the options that say it.
struct Declared {
  bool preprocess = true;                          // how it wants its pixels; false: nobody said
  std::optional<OutputKind> output;                // what its outputs are; nothing: as they look
  int label_offset = 0;                            // index among its outputs of the class that labels call 0
  std::string preprocess_option = "--preprocess";  // what sets it for this model
  std::string label_option = "--label-offset";     // the same for the offset
};

// An open model. Borrowed.
struct DeclaredModel {
  Model* model = nullptr;
  Declared declared;
};

// A model that has answered. Everything is borrowed.
struct Witness {
  const ModelInfo* info = nullptr;
  const Answers* answers = nullptr;  // interpreted by `reading`
  OutputReading reading;
  Declared declared;
  int label_shift = 0;  // answered label = true label + this where it is right
};

// One sentence, and what to do about it.
struct Doubt {
  std::string what;
  std::string hint;
};

// In order of weight. `rows` are the rows of the answers that count, `truth` the true label of each of those (-1:
// none). Doubts: a model that beside the first is no compressed version of it (PairLook); a quantised input that keeps
// few of the grey levels; a float input that nobody declared; accuracies of several models that are far apart; labels
// that are off by one; outputs declared probabilities that are not; outputs that are neither probabilities nor
// plausible logits where labels do not fit either; a model that is asked row by row.
std::vector<Doubt> find_doubts(std::span<const Witness> models, std::span<const std::size_t> rows,
                               std::span<const int> truth);

// Those of the models of a search, by what it asked of its inputs. Of the witnesses the label shifts are not looked at.
std::vector<Doubt> doubts_of_pair(const Witness& original, const Witness& compressed, const SeedSet& seeds,
                                  std::span<const SeedStatus> status);

// Those of models that have not been asked yet, the first the original: asks them a few dozen of the inputs. Nothing
// where options.stop was set before all had answered.
std::optional<std::vector<Doubt>> ask_for_doubts(std::span<const DeclaredModel> models, const SeedSet& seeds,
                                                 const AskOptions& options);

// The first of them, known before a model is asked; empty where the levels are kept.
std::vector<Doubt> doubt_of_levels(const ModelInfo& info, const std::string& preprocess_option);
// Throws it as kBadInput where nobody said how the model wants its pixels.
void check_levels(const ModelInfo& info, const Declared& declared);

// Each in one line.
std::vector<std::string> in_words(const std::vector<Doubt>& doubts);

// "scale 0.0078125, zero point 128: -1 to 0.992188" of a quantised tensor, as its values are read.
std::string describe_quantisation(const std::string& type, float scale, int zero_point);

}  // namespace dflare
