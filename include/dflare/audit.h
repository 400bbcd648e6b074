// Which preprocessing models were trained with, judged by labelled inputs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

#include "dflare/model.h"
#include "dflare/seeds.h"
#include "dflare/statistics.h"

namespace dflare {

// A model under audit, as the user would open it.
struct AuditedModel {
  std::filesystem::path path;
  ModelOptions options;  // its preprocess is what was declared (or the default), and is tried too
  int label_offset = 0;
};

// One way of feeding, and what a model makes of it.
struct Feeding {
  Share right;              // top-1, ties by first index, with the model's label shift
  double log_p = 0;         // mean log-probability of the true label
  InputLevels levels;       // what the input tensor keeps of the grey levels
  bool fits_best = false;   // no other way is right on clearly more inputs (sign test on the same inputs, 5 %)
  std::vector<int> labels;  // what it said of each asked input
};

// One row of the table: the same preprocessing for all models.
struct FeedingRow {
  Preprocess preprocess;
  std::vector<Feeding> models;
  double agreement = 1;  // share of the inputs on which all models say the same (label shifts taken off)
};

struct Audit {
  std::vector<AuditedModel> models;
  std::size_t asked = 0;          // labelled inputs
  std::vector<FeedingRow> rows;   // the best first: by the inputs that the models are right on together, then by log p
  std::vector<std::size_t> best;  // by model: its row, the likeliest of those that fit best
  std::vector<int> label_shift;   // by model: -1 or 1 where its labels are clearly off by one beside label_offset
  std::vector<std::size_t> common;  // the rows that fit every model best, the likeliest first; may be empty
  [[nodiscard]] bool want_different() const { return common.empty(); }
};

// Tries what is commonly mistaken on up to `most` of the labelled seeds (evenly spread): the values of a pixel (as it
// is, 0..1, -1..1, the presets' means), RGB or BGR, a layout that the shape leaves open, and where the inputs are files
// of another size, how they are brought to the model's. All models must take images of one shape. `tell`, where given,
// hears before each step what is tried.
// Throws what load_seeds and open_model throw; kBadArgument where no seed has a label, kNoUsableSeed where none can be
// read.
Audit audit_preprocessing(const std::vector<AuditedModel>& models, const std::filesystem::path& seeds,
                          const SeedOptions& seed_options, std::size_t most = 200,
                          const std::function<void(const Preprocess&)>& tell = {});

// Two-sided sign test of a paired comparison: the chance of a split at least as uneven as `a` to `b` where both are as
// good. 1 for 0 to 0.
double sign_test(std::size_t a, std::size_t b);

}  // namespace dflare
