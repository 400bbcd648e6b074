// What is measured of variants on natural images, piece by piece.
#include "rank/measures.h"

#include <algorithm>
#include <utility>

#include "core/spread.h"

namespace dflare {
namespace {

constexpr std::size_t kFirstInputs = 16, kFirstSeeds = 2, kFirstPaths = 16;  // asked before the first look at the clock
constexpr std::size_t kPathsARound = 900;                                    // to the boundary
constexpr std::size_t kMostPathsAnInput = 39;                                // each kind of corruption three times
constexpr std::int64_t kManyPoints = 1500;  // on the boundary: more would not tell much more
constexpr std::int64_t kFewPoints = 300;    // below which stronger corruptions are tried as well

std::optional<Estimate> share_of(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return estimate(Share{part, whole});
}

}  // namespace

void Measure::step(Ranking& out) {
  const Elapsed elapsed;
  const std::size_t units = measure(pacer_.next());
  seconds_ += elapsed.seconds();
  if (units == 0) return;
  pacer_.took(units, elapsed.seconds());
  write(out);
}

InputsMeasure::InputsMeasure(Parties& parties, std::vector<SeedIndex> inputs, TrueLabel true_label)
    : Measure(kFirstInputs),
      parties_(parties),
      inputs_(std::move(inputs)),
      true_label_(std::move(true_label)),
      order_(spread_order(inputs_.size())),
      labels_(parties.variants() + 1) {}

std::size_t InputsMeasure::measure(std::size_t units) {
  const std::size_t end = std::min(order_.size(), asked_ + units);
  std::vector<SeedIndex> piece;
  for (std::size_t i = asked_; i < end; ++i) piece.push_back(inputs_[order_[i]]);
  const std::vector<NaturalImage> images = clean_images(piece);
  const Answers f = parties_.look_at_original(images);
  std::vector<Parties::Ruled> ruled;
  for (std::size_t v = 0; v < parties_.variants() && !parties_.stopped(); ++v) {
    ruled.push_back(parties_.rule(v, f, parties_.look_at_variant(v, images)));
  }
  if (parties_.stopped()) return 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const int label = ruled.empty() ? f[i].label : ruled.front().original[i];
    original_.push_back({piece[i], label, parties_.labels() && f[i].tie, label >= 0});
    labels_.front().push_back(label);
    for (std::size_t v = 0; v < ruled.size(); ++v) labels_[v + 1].push_back(ruled[v].variant[i]);
  }
  asked_ = end;
  return piece.size();
}

std::optional<Estimate> InputsMeasure::accuracy(std::span<const int> labels) const {
  Share right;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const int truth = true_label_(original_[i].input);
    if (truth < 0) continue;
    ++right.whole;
    right.part += labels[i] == truth ? 1 : 0;
  }
  return share_of(right.part, right.whole);
}

void InputsMeasure::write(Ranking& out) const {
  out.inputs = static_cast<std::int64_t>(asked_);
  out.accuracy_original = accuracy(labels_.front());
  for (std::size_t v = 0; v < out.variants.size(); ++v) {
    const std::vector<int>& labels = labels_[v + 1];
    std::int64_t differ = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) differ += labels[i] != labels_.front()[i] ? 1 : 0;
    out.variants[v].disagreement = share_of(differ, out.inputs);
    out.variants[v].accuracy = accuracy(labels);
  }
}

std::vector<InputsMeasure::OfOriginal> InputsMeasure::asked() const {
  std::vector<OfOriginal> list = original_;
  std::ranges::sort(list, {}, &OfOriginal::input);
  return list;
}

CorruptedMeasure::CorruptedMeasure(Parties& parties, const ArrayForm* form, std::span<const SeedIndex> seeds,
                                   int per_seed, std::uint64_t rng_seed)
    : Measure(kFirstSeeds),
      parties_(parties),
      form_(form),
      seeds_(seeds),
      per_seed_(per_seed),
      rng_seed_(rng_seed),
      order_(spread_order(seeds.size())),
      differ_(parties.variants(), std::vector<std::optional<double>>(seeds.size())) {}

std::size_t CorruptedMeasure::measure(std::size_t units) {
  const std::size_t end = std::min(order_.size(), asked_ + units);
  std::vector<SeedIndex> piece;
  for (std::size_t i = asked_; i < end; ++i) piece.push_back(seeds_[order_[i]]);
  const std::vector<NaturalImage> images = corrupted_images(piece, per_seed_, rng_seed_, form_);
  const Answers f = parties_.ask_original(images);
  std::vector<Parties::Ruled> ruled;
  for (std::size_t v = 0; v < parties_.variants() && !parties_.stopped(); ++v) {
    ruled.push_back(parties_.rule(v, f, parties_.ask_variant(v, images)));
  }
  if (parties_.stopped()) return 0;
  const auto per_seed = static_cast<std::size_t>(per_seed_);
  for (std::size_t i = 0; i < piece.size(); ++i) {
    for (std::size_t v = 0; v < ruled.size(); ++v) {
      double sum = 0;
      for (std::size_t k = i * per_seed; k < (i + 1) * per_seed; ++k)
        sum += ruled[v].original[k] != ruled[v].variant[k] ? 1 : 0;
      differ_[v][order_[asked_ + i]] = sum / static_cast<double>(per_seed);
    }
  }
  asked_ = end;
  return piece.size();
}

std::vector<std::vector<double>> CorruptedMeasure::values() const {
  std::vector<std::vector<double>> all;
  for (const auto& of_variant : differ_) {
    std::vector<double>& values = all.emplace_back();
    for (const std::optional<double>& value : of_variant) {
      if (value) values.push_back(*value);
    }
  }
  return all;
}

void CorruptedMeasure::write(Ranking& out) const {
  const std::vector<std::vector<double>> all = values();
  for (std::size_t v = 0; v < all.size(); ++v) {
    if (!all[v].empty()) out.variants[v].corrupted_disagreement = share_estimate(all[v], rng_seed_);
  }
}

ShiftMeasure::ShiftMeasure(Parties& parties, const SeedSet& seeds, std::span<const SeedIndex> inputs,
                           std::span<const int> labels, int most_paths, std::uint64_t rng_seed)
    : Measure(kFirstPaths),
      parties_(parties),
      rng_seed_(rng_seed),
      paths_(parties.original(), parties.reading_of_original(), seeds, inputs, labels, rng_seed) {
  sums_.begin(parties.variants(), inputs);
  const std::size_t n = inputs.size();
  per_input_ = static_cast<int>(std::clamp<std::size_t>((kPathsARound + n - 1) / n, 1, kMostPathsAnInput / 3));
  wanted_ = std::min(static_cast<std::size_t>(std::max(0, most_paths)), kMostPathsAnInput * n);
  begin_next_round();
}

// A round ends what the round before it left open; after the last, stronger corruptions where there are few points.
void ShiftMeasure::begin_next_round() {
  if (!beyond_ && paths_.paths() < wanted_ && points_ < kManyPoints) {
    paths_.begin_round(per_input_);
  } else if (!beyond_ && points_ < kFewPoints) {
    beyond_ = true;
    paths_.begin_beyond();
  } else {
    finished_ = true;
  }
}

std::size_t ShiftMeasure::measure(std::size_t units) {
  const std::vector<NaturalImage> points = paths_.follow(units, [this] { return parties_.stopped(); });
  if (parties_.stopped()) return 0;
  const Answers f = parties_.ask_original(points);
  std::vector<Answers> g;
  for (std::size_t v = 0; v < parties_.variants() && !parties_.stopped(); ++v) {
    g.push_back(parties_.ask_variant(v, points));
  }
  if (parties_.stopped()) return 0;
  points_ += sums_.add(points, f, g);
  if (paths_.round_done()) begin_next_round();
  return units;
}

void ShiftMeasure::write(Ranking& out) const {
  const std::vector<std::vector<double>> all = values();
  for (std::size_t v = 0; v < all.size(); ++v) {
    if (!all[v].empty()) out.variants[v].boundary_shift = mean_estimate(all[v], rng_seed_);
  }
  out.boundary_inputs = sums_.inputs_with_points();
  out.boundary_points = points_;
}

}  // namespace dflare
