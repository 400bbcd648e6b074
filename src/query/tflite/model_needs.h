// What a TensorFlow Lite model needs of the library that runs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dflare::tflite {

struct ModelNeeds {
  std::vector<std::string> custom_operators;  // names of operators that are not TensorFlow Lite's own, each once
  bool short_weights = false;                 // values of fewer than 8 bits, which older libraries compute wrongly
};

// Reads it off the model's tables; what is damaged needs nothing.
ModelNeeds needs_of(const std::vector<std::uint8_t>& model);

// What to do about a model that cannot be run for its custom operators; empty without any.
std::string hint_on(const ModelNeeds& needs);

// Whether a library of this version computes values of fewer than 8 bits rightly.
bool computes_short_weights(const std::string& version);

}  // namespace dflare::tflite
