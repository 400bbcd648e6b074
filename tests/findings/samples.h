// Findings made by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dflare/finding.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare::test {

// A 2 x 3 grey image whose first pixel tells it apart.
inline Input sample_image(std::uint8_t mark) {
  Input image(Shape{2, 3, 1});
  image.pixels[0] = mark;
  return image;
}

inline std::vector<std::uint8_t> sample_png(std::uint8_t mark) {
  std::vector<std::uint8_t> png;
  encode_png(sample_image(mark).view(), png);
  return png;
}

inline Finding sample_finding(int seed, int ordinal = 0, FindingKind kind = FindingKind::kCompressedLost) {
  Finding f;
  f.seed = SeedIndex(seed);
  f.ordinal = ordinal;
  f.kind = kind;
  f.seed_label = 7;
  f.label_original = 7;
  f.label_compressed = 3;
  f.p_original = 0.625F;
  f.p_compressed = 0.1F;
  f.margin_original = 1.25;
  f.margin_compressed = -0.1;
  f.severity = 0.3;
  f.robust = {4, 3};
  f.distance = {12, 0.75, 0.9};
  f.severity_found = 0.2;
  f.refine_queries = 17;
  f.queries = 41;
  f.seconds = 0.002;
  f.how = R"({"operators":["blur","noise"]})";
  f.answers = R"({"original":[[7,0.625]],"compressed":[[3,0.1]],"seed_original":[],"seed_compressed":[]})";
  f.png = sample_png(static_cast<std::uint8_t>(seed * 16 + ordinal));
  return f;
}

inline SeedDone sample_done(int seed) { return {SeedIndex(seed), ChainEnd::kFound, 41, 5, 1, 2, 3, 4, 0.25}; }

inline std::vector<Finding> findings_of(const FindingStore& store) {
  std::vector<Finding> all;
  store.for_each_finding(true, [&](const Finding& f) { all.push_back(f); });
  return all;
}

// (seed, ordinal) of all findings, in the store's order.
inline std::vector<std::pair<int, int>> keys_of(const FindingStore& store) {
  std::vector<std::pair<int, int>> keys;
  for (const Finding& f : findings_of(store)) keys.emplace_back(f.seed.value, f.ordinal);
  return keys;
}

}  // namespace dflare::test
