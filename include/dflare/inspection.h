// What models take and give, and how well they do with the inputs at hand.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dflare/answers.h"
#include "dflare/audit.h"
#include "dflare/doubts.h"
#include "dflare/model.h"
#include "dflare/oracle.h"
#include "dflare/seeds.h"
#include "dflare/statistics.h"

namespace dflare {

struct InspectedAnswers {
  OutputReading reading;
  std::int64_t ties = 0;  // inputs whose largest output stands at two or more classes
  Share right;            // of the labelled inputs
};

struct InspectedModel {
  ModelInfo info;
  std::optional<InspectedAnswers> answers;  // to the inputs, where there are any and labels are compared
};

struct Inspection {
  std::vector<InspectedModel> models;
  std::size_t inputs = 0;           // that were asked
  std::optional<double> agreement;  // of two models: share of the inputs on which their answers do not differ
  std::string oracle = "top1";      // by this: Oracle::spec(), "top1" of all labels
  std::optional<Audit> audit;       // of whoever wants one
  std::vector<std::string> notes;   // what looks wrong (Doubt)
};

// By what their files say.
Inspection inspect_models(std::span<const DeclaredModel> models);
// By what they say of those inputs that can be read, too; the inputs have the shape that all models take. Where no
// labels are compared, answers say something of two models only. Throws kNoUsableSeed where no input can be read,
// kBadArgument for answers that do not fit the oracle, and what Model::query throws.
Inspection inspect_models(std::span<const DeclaredModel> models, const SeedSet& seeds, const OracleChoice& by = {});

// Throws kBadInput for models that take images of different shapes: they cannot be asked the same inputs.
void check_equal_shapes(std::span<const DeclaredModel> models);

}  // namespace dflare
