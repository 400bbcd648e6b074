// What models say of the same inputs, and what is doubted of them for it.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "dflare/doubts.h"
#include "dflare/ids.h"
#include "dflare/seeds.h"

namespace dflare {

// The true labels of inputs; -1: none.
std::vector<int> truth_of(const SeedSet& seeds, std::span<const SeedIndex> inputs);

class Testimony {
 public:
  // `seeds` must outlive it.
  // `threshold`: of models with one score, see OutputReading.
  Testimony(const SeedSet& seeds, std::span<const SeedIndex> inputs, std::optional<float> threshold = {})
      : truth_(truth_of(seeds, inputs)), threshold_(threshold) {}

  // Row i of `answers` is what the model says of the i-th input. They are read as declared, else as they look.
  void add(const DeclaredModel& model, Answers answers);

  [[nodiscard]] const std::vector<int>& truth() const { return truth_; }
  [[nodiscard]] const std::vector<Witness>& witnesses() const { return witnesses_; }
  [[nodiscard]] std::vector<Doubt> doubts() const;

 private:
  std::vector<int> truth_;
  std::optional<float> threshold_;
  std::deque<Answers> answers_;     // stay where they are
  std::vector<Witness> witnesses_;  // point to them
};

}  // namespace dflare
