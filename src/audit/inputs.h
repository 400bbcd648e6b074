// Labelled inputs for an audit, brought to the models' size in as many ways as are tried.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "dflare/seeds.h"

namespace dflare {

class LabelledInputs {
 public:
  // Up to `most` of the labelled seeds, evenly spread. Throws what load_seeds throws, kBadArgument where none has a
  // label, kNoUsableSeed where none of those can be read.
  LabelledInputs(const std::filesystem::path& path, const SeedOptions& options, std::size_t most);

  [[nodiscard]] const std::vector<int>& truth() const { return truth_; }
  // Files of another size than the models': how they are resized matters.
  [[nodiscard]] bool are_resized() const { return !originals_.empty(); }
  // At the models' size, resized as the preprocessing says.
  [[nodiscard]] Batch images(const Preprocess& preprocess) const;

 private:
  void keep_originals(const std::filesystem::path& folder, const std::vector<const Seed*>& chosen,
                      const SeedOptions& options);

  Shape shape_;
  std::vector<int> truth_;
  std::vector<Input> fitted_;     // as loaded
  std::vector<Input> originals_;  // as in their files, where one has another size
};

}  // namespace dflare
