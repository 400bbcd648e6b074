// Two models made of numbers, whose ways of drifting apart are known.
#pragma once

#include <cmath>
#include <vector>

#include "dflare/guard.h"
#include "dflare/rng.h"

namespace dflare::synthetic {

// How far the original's logit of class c is from the compressed model's: normal with this mean and deviation.
struct Drift {
  double mean = 0, deviation = 0.3;
};

inline Answers logits(const std::vector<float>& values, std::size_t classes) {
  Answers answers;
  const auto room = answers.prepare(values.size() / classes, classes);
  std::copy(values.begin(), values.end(), room.begin());
  answers.interpret({OutputKind::kLogits, 0, 0});
  return answers;
}

// `inputs` inputs, the clean image and `corrupted` further ones of each.
inline GuardSample sample(const std::vector<Drift>& drifts, int inputs, int corrupted, std::uint64_t stream) {
  Rng rng(77, stream);
  std::vector<float> original;
  std::vector<float> compressed;
  GuardSample out;
  for (int i = 0; i < inputs; ++i) {
    for (int k = 0; k <= corrupted; ++k) {
      out.input.emplace_back(i);
      out.corrupted.push_back(k > 0 ? 1 : 0);
      for (const Drift& drift : drifts) {
        const double z = 4 * static_cast<double>(rng.normal());
        compressed.push_back(static_cast<float>(z));
        original.push_back(static_cast<float>(z + drift.mean + drift.deviation * static_cast<double>(rng.normal())));
      }
    }
  }
  out.original = logits(original, drifts.size());
  out.compressed = logits(compressed, drifts.size());
  return out;
}

// Answers with these margins between two classes.
inline Answers with_margins(const std::vector<float>& margins) {
  std::vector<float> values;
  for (const float margin : margins) values.insert(values.end(), {margin, 0});
  return logits(values, 2);
}

// An image an input; those whose mark is set deviate. Two classes, the compressed label is 0.
inline GuardSample by_hand(const std::vector<float>& margins, const std::vector<int>& deviates,
                           const std::vector<int>& corrupted) {
  GuardSample out;
  std::vector<float> original;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    out.input.emplace_back(static_cast<int>(i));
    out.corrupted.push_back(static_cast<std::uint8_t>(corrupted[i]));
    original.push_back(deviates[i] != 0 ? -1.0F : 1.0F);
  }
  out.original = with_margins(original);
  out.compressed = with_margins(margins);
  return out;
}

}  // namespace dflare::synthetic
