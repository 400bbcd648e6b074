// What the answers of both models to the field count up to.
#include "dflare/profile.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

#include "core/hash.h"
#include "dflare/corruptions.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

using Called = std::span<const CalledImage* const>;
using Says = bool (*)(const CalledImage&);

bool is_labelled(const CalledImage& called) { return called.truth >= 0; }
bool is_any(const CalledImage& /*called*/) { return true; }

// The share of each input's images of which `says` holds, over those that count.
std::optional<Estimate> share_of_inputs(Called images, Says counts, Says says, std::uint64_t rng_seed) {
  std::vector<double> shares;
  bool single = true;
  for (std::size_t i = 0; i < images.size();) {
    const SeedIndex input = images[i]->image.seed;
    Share share;
    for (; i < images.size() && images[i]->image.seed == input; ++i) {
      if (!counts(*images[i])) continue;
      ++share.whole;
      share.part += says(*images[i]) ? 1 : 0;
    }
    if (share.whole == 0) continue;
    single = single && share.whole == 1;
    shares.push_back(share.value());
  }
  if (shares.empty()) return std::nullopt;
  if (!single) return share_estimate(shares, rng_seed);
  return estimate(Share{std::ranges::count(shares, 1.0), std::ssize(shares)});
}

std::vector<const CalledImage*> chosen(const FieldAnswers& field,
                                       const std::function<bool(const CalledImage&)>& wanted) {
  std::vector<const CalledImage*> list;
  for (const CalledImage& called : field.images) {
    if (wanted(called)) list.push_back(&called);
  }
  return list;
}

std::vector<KindProfile> kinds_of(const FieldAnswers& field, const ArrayForm* form, std::uint64_t rng_seed) {
  std::vector<std::vector<const CalledImage*>> of_kind(corruptions(form).size());
  for (const CalledImage& called : field.images) {
    if (called.image.corruption >= 0) of_kind[static_cast<std::size_t>(called.image.corruption)].push_back(&called);
  }
  std::vector<KindProfile> kinds;
  for (std::size_t k = 0; k < of_kind.size(); ++k) {
    KindProfile& kind = kinds.emplace_back();
    kind.name = corruptions(form)[k]->name();
    kind.all = field_figures(of_kind[k], rng_seed);
    for (int severity = 1; severity <= kProfileSeverities; ++severity) {
      std::vector<const CalledImage*> cell;
      std::ranges::copy_if(of_kind[k], std::back_inserter(cell),
                           [=](const CalledImage* called) { return called->image.severity == severity; });
      kind.severities.at(static_cast<std::size_t>(severity - 1)) = field_figures(cell, rng_seed);
    }
  }
  return kinds;
}

// The share of the images that differ, its interval bootstrapped over inputs.
Estimate lost_of_all(Called images, std::uint64_t rng_seed) {
  std::vector<Share> inputs;
  Share all;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (i == 0 || images[i]->image.seed != images[i - 1]->image.seed) inputs.emplace_back();
    for (Share* share : {&inputs.back(), &all}) {
      ++share->whole;
      share->part += images[i]->differs() ? 1 : 0;
    }
  }
  const std::int64_t n = std::ssize(inputs);
  if (all.part == all.whole) return {1, Share{n, n}.interval(), n};
  Rng rng(rng_seed, inputs.size());
  std::vector<double> draws(2000);
  for (double& draw : draws) {
    Share drawn;
    for (std::int64_t i = 0; i < n; ++i) {
      const Share& input = inputs[rng.below(static_cast<std::uint32_t>(n))];
      drawn.part += input.part;
      drawn.whole += input.whole;
    }
    draw = drawn.value();
  }
  return {all.value(), {quantile(draws, 0.025), quantile(draws, 0.975)}, n};
}

std::vector<LabelLoss> labels_of(const FieldAnswers& field, int label_shift, std::uint64_t rng_seed) {
  std::map<int, std::vector<const CalledImage*>> of_label;
  for (const CalledImage& called : field.images) {
    if (called.original >= 0) of_label[called.original].push_back(&called);
  }
  std::vector<LabelLoss> labels;
  for (const auto& [label, images] : of_label) {
    const std::int64_t lost =
        std::ranges::count_if(images, [](const CalledImage* called) { return called->differs(); });
    if (lost == 0) continue;
    labels.push_back({label - label_shift, std::ssize(images), lost, lost_of_all(images, rng_seed)});
  }
  std::ranges::stable_sort(labels, std::greater{}, &LabelLoss::lost);
  return labels;
}

std::vector<LabelPairLoss> pairs_of(const FieldAnswers& field, int label_shift) {
  std::map<std::pair<int, int>, std::int64_t> counts;
  for (const CalledImage& called : field.images) {
    if (called.differs() && called.original >= 0 && called.compressed >= 0) {
      ++counts[{called.original, called.compressed}];
    }
  }
  std::vector<LabelPairLoss> pairs;
  for (const auto& [labels, images] : counts) {
    pairs.push_back({labels.first - label_shift, labels.second - label_shift, images});
  }
  std::ranges::stable_sort(pairs, std::greater{}, &LabelPairLoss::images);
  return pairs;
}

std::vector<InputProfile> inputs_of(const FieldAnswers& field, const SeedSet& seeds) {
  std::vector<InputProfile> inputs;
  for (const CalledImage& called : field.images) {
    if (called.image.corruption < 0) {
      const Seed& seed = seeds.seeds[static_cast<std::size_t>(called.image.seed.value)];
      inputs.push_back({.source = seed.source, .sha256 = sha256(seed.input.pixels), .as_it_is = called});
    } else if (called.as_drawn) {
      ++inputs.back().corrupted;
      inputs.back().differ += called.differs() ? 1 : 0;
    }
  }
  return inputs;
}

std::vector<std::size_t> by_damage(const std::vector<KindProfile>& kinds) {
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    if (kinds[k].all) order.push_back(k);
  }
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t k) { return kinds[k].all->disagreement.value; });
  return order;
}

}  // namespace

std::optional<FieldFigures> field_figures(Called images, std::uint64_t rng_seed) {
  if (images.empty()) return std::nullopt;
  const auto differs = [](const CalledImage& c) { return c.differs(); };
  FieldFigures figures;
  figures.images = std::ssize(images);
  figures.differ = std::ranges::count_if(images, [](const CalledImage* called) { return called->differs(); });
  figures.disagreement = share_of_inputs(images, is_any, differs, rng_seed).value_or(Estimate{});
  const auto of_labelled = [&](Says says) { return share_of_inputs(images, is_labelled, says, rng_seed); };
  figures.accuracy_original = of_labelled([](const CalledImage& c) { return c.original == c.truth; });
  figures.accuracy_compressed = of_labelled([](const CalledImage& c) { return c.compressed == c.truth; });
  figures.regressions = of_labelled([](const CalledImage& c) { return c.regression(); });
  figures.gains = of_labelled([](const CalledImage& c) { return c.gain(); });
  return figures;
}

Profile profile_of(const FieldAnswers& field, const SeedSet& seeds, int label_shift, std::uint64_t rng_seed) {
  Profile profile;
  profile.end = field.complete ? SearchEnd::kComplete : SearchEnd::kStopped;
  profile.inputs = field.inputs;
  profile.unreadable = std::ranges::count_if(seeds.seeds, [](const Seed& seed) { return !seed.problem.empty(); });
  profile.not_finite_original = std::ranges::count_if(field.images, [](const auto& c) { return c.original < 0; });
  profile.not_finite_compressed = std::ranges::count_if(field.images, [](const auto& c) { return c.compressed < 0; });
  const auto as_it_is = [](const CalledImage& c) { return c.image.corruption < 0; };
  const auto as_drawn = [](const CalledImage& c) { return c.image.corruption >= 0 && c.as_drawn; };
  profile.as_they_are = field_figures(chosen(field, as_it_is), rng_seed);
  profile.corrupted = field_figures(chosen(field, as_drawn), rng_seed);
  profile.kinds = kinds_of(field, seeds.form.get(), rng_seed);
  profile.order = by_damage(profile.kinds);
  profile.labels = labels_of(field, label_shift, rng_seed);
  profile.pairs = pairs_of(field, label_shift);
  profile.per_input = inputs_of(field, seeds);
  return profile;
}

}  // namespace dflare
