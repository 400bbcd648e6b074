// What looks wrong with how models are fed and read, judged by their answers to real inputs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/model.h"

namespace dflare {

// A model that has answered. Everything is borrowed.
struct Witness {
  const ModelInfo* info = nullptr;
  const Answers* answers = nullptr;  // interpreted by `reading`
  OutputReading reading;
  bool preprocess_declared = true;                 // false: nobody said how the model wants its pixels
  bool said_probabilities = false;                 // the user did, of the outputs
  int label_shift = 0;                             // answered label = true label + this where it is right
  int label_offset = 0;                            // as the user gave it
  std::string preprocess_option = "--preprocess";  // what sets it for this model
  std::string label_option = "--label-offset";     // the same for the shift
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

// The first of them, known before a model is asked; empty where the levels are kept.
std::vector<Doubt> doubt_of_levels(const ModelInfo& info, const std::string& preprocess_option);

// "scale 0.0078125, zero point 128: -1 to 0.992188" of a quantised tensor, as its values are read.
std::string describe_quantisation(const std::string& type, float scale, int zero_point);

}  // namespace dflare
