// The two models under comparison, opened.
#pragma once

#include <memory>

#include "dflare/model.h"
#include "dflare/options.h"

namespace dflare::cli {

struct OpenPair {
  std::unique_ptr<Model> original, compressed;
};

// Throws what open_model throws, and kBadInput when the two take images of different shapes or tell different numbers
// of classes apart.
OpenPair open_pair(const Options& options);

// The second half of that, for models that are open.
void check_fit(const ModelInfo& original, const ModelInfo& compressed, const Options& options);

// "32 x 32 x 3"
std::string to_text(const Shape& shape);

}  // namespace dflare::cli
