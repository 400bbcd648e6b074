// The models that the contract is checked on, and images to ask them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dflare/model.h"
#include "dflare/rng.h"

namespace dflare::testing_models {

inline std::filesystem::path model_path(const std::string& file) {
  return std::filesystem::path(DFLARE_SOURCE_DIR) / "tests" / "models" / file;
}

// The folder of real pairs, which is not part of the tree.
inline std::filesystem::path shared_data() {
  const char* chosen = std::getenv("DFLARE_SHARED");
  return (chosen != nullptr ? std::filesystem::path(chosen)
                            : std::filesystem::path(DFLARE_SOURCE_DIR).parent_path() / "shared") /
         "data";
}

inline ModelOptions unit_options() {
  ModelOptions options;
  options.preprocess.scale = 255;
  return options;
}

inline std::unique_ptr<Model> open_tiny(const std::string& file, const ModelOptions& options = unit_options()) {
  return open_model(model_path(file), options);
}

// Images of random pixels.
inline Batch random_images(Shape shape, std::size_t count, std::uint64_t stream) {
  Batch batch(shape, count);
  Rng rng(2024, stream);
  for (std::size_t i = 0; i < count; ++i) {
    for (auto& pixel : batch.append()) pixel = static_cast<std::uint8_t>(rng.below(256));
  }
  return batch;
}

// The raw outputs, row after row.
inline std::vector<float> ask(Model& model, std::span<const InputView> inputs) {
  Answers answers;
  model.query(inputs, answers);
  answers.interpret({});
  std::vector<float> all;
  for (std::size_t row = 0; row < answers.rows(); ++row) {
    all.insert(all.end(), answers[row].raw.begin(), answers[row].raw.end());
  }
  return all;
}

}  // namespace dflare::testing_models
