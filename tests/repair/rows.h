// Rows made of numbers: answers of two models that are known in closed form.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

#include "dflare/repair.h"
#include "dflare/rng.h"

namespace dflare::test {

constexpr std::size_t kClasses = 4;
using Logits = std::vector<float>;

// Collects rows; answers are logits.
class RowsBuilder {
 public:
  void add(int seed, RepairRowKind kind, const Logits& original, const Logits& compressed) {
    original_.insert(original_.end(), original.begin(), original.end());
    compressed_.insert(compressed_.end(), compressed.begin(), compressed.end());
    rows_.seed.emplace_back(seed);
    rows_.kind.push_back(kind);
  }
  RepairRows build() {
    fill(rows_.original, original_);
    fill(rows_.compressed, compressed_);
    return std::move(rows_);
  }

 private:
  void fill(Answers& answers, const std::vector<float>& raw) const {
    std::ranges::copy(raw, answers.prepare(rows_.seed.size(), kClasses).begin());
    answers.interpret({.kind = OutputKind::kLogits});
  }

  RepairRows rows_;
  std::vector<float> original_, compressed_;
};

inline Logits random_logits(Rng& rng, float spread) {
  Logits z(kClasses);
  for (float& v : z) v = spread * rng.normal();
  return z;
}

using Compression = std::function<Logits(const Logits&, Rng&)>;

// The compressed model scores class 1 higher than the original by `shift`.
inline Compression shifted(float shift) {
  return [shift](const Logits& z, Rng&) {
    Logits g = z;
    g[1] += shift;
    return g;
  };
}

// It scores every class wrong by chance: nothing that its answer tells brings the original's back.
inline Compression noisy(float spread) {
  return [spread](const Logits& z, Rng& rng) {
    Logits g = z;
    for (float& v : g) v += spread * rng.normal();
    return g;
  };
}

// Natural rows, `per_seed` an input.
inline void add_natural(RowsBuilder& rows, int first, int seeds, int per_seed, const Compression& compress) {
  for (int s = first; s < first + seeds; ++s) {
    Rng rng(5, static_cast<std::uint64_t>(s), 1);
    for (int i = 0; i < per_seed; ++i) {
      const Logits z = random_logits(rng, 2);
      rows.add(s, RepairRowKind::kNatural, z, compress(z, rng));
    }
  }
}

inline int top(const Logits& z) { return static_cast<int>(std::ranges::max_element(z) - z.begin()); }

// A seed on which both agree and `findings` deviations from each.
inline void add_searched(RowsBuilder& rows, int seeds, int findings, const Compression& compress) {
  for (int s = 0; s < seeds; ++s) {
    Rng rng(6, static_cast<std::uint64_t>(s), 1);
    bool has_seed = false;
    for (int found = 0; found < findings || !has_seed;) {
      const Logits z = random_logits(rng, 2);
      const Logits g = compress(z, rng);
      const bool differs = top(z) != top(g);
      if (differs && found < findings) {
        rows.add(s, RepairRowKind::kFinding, z, g);
        ++found;
      } else if (!differs && !has_seed) {
        rows.add(s, RepairRowKind::kSeed, z, g);
        has_seed = true;
      }
    }
  }
}

inline std::vector<std::size_t> all_of(const RepairRows& rows) {
  std::vector<std::size_t> all(rows.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

}  // namespace dflare::test
