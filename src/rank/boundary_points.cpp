// Images on the original's decision boundary.
#include "rank/boundary_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "dflare/corruptions.h"
#include "dflare/rng.h"

namespace dflare {
namespace {

constexpr std::uint64_t kPurpose = 0x72616e6b;  // a stream apart from those of searches and natural images
constexpr std::array kScan{0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0};  // strengths tried until the label is left
constexpr int kHalvings = 7;
constexpr double kWavers = 1;  // log-odds of the two first labels below which the original wavers

// The strength of a corruption at which the original leaves the seed's label, being searched for.
class Path {
 public:
  Path(NaturalImage image, int label) : image_(image), label_(label) { image_.strength = kScan[0]; }

  [[nodiscard]] bool searching() const { return outside_ > 0 ? halvings_ < kHalvings : scanned_ < kScan.size(); }
  [[nodiscard]] const NaturalImage& next() const { return image_; }

  void answered(int label) {
    const bool scanning = outside_ == 0;
    (label == label_ ? inside_ : outside_) = image_.strength;
    if (scanning) {
      ++scanned_;
    } else {
      ++halvings_;
    }
    if (outside_ > 0) {
      image_.strength = (inside_ + outside_) / 2;
    } else if (scanned_ < kScan.size()) {
      image_.strength = kScan[scanned_];
    }
  }

  // The last image before the label is left; nothing where it is not.
  [[nodiscard]] std::optional<NaturalImage> point() const {
    if (outside_ == 0) return std::nullopt;
    NaturalImage image = image_;
    image.strength = inside_;
    return image;
  }

 private:
  NaturalImage image_;
  int label_;
  double inside_ = 0, outside_ = 0;  // outside 0: not known yet
  std::size_t scanned_ = 0;
  int halvings_ = 0;
};

std::vector<NaturalImage> first_images(std::span<const SeedIndex> from, int per_input, std::uint64_t rng_seed) {
  std::vector<NaturalImage> images;
  const auto kinds = static_cast<std::uint32_t>(corruptions().size());
  for (const SeedIndex seed : from) {
    Rng rng(rng_seed, static_cast<std::uint64_t>(seed.value), kPurpose);
    const std::uint32_t first = rng.below(kinds);
    for (int i = 0; i < per_input; ++i) {
      const int kind = static_cast<int>((first + static_cast<std::uint32_t>(i)) % kinds);
      images.push_back({.seed = seed, .corruption = kind, .key = rng.next()});
    }
  }
  return images;
}

}  // namespace

// All paths in lockstep: a round asks for one image of each that is still searching.
std::vector<NaturalImage> find_boundary_points(const Model& original, const OutputReading& reading,
                                               const SeedSet& seeds, std::span<const SeedIndex> from,
                                               std::span<const int> labels, int per_input, std::uint64_t rng_seed,
                                               const AskOptions& options) {
  std::vector<Path> paths;
  const std::vector<NaturalImage> images = first_images(from, per_input, rng_seed);
  for (std::size_t i = 0; i < images.size(); ++i) {
    paths.emplace_back(images[i], labels[i / static_cast<std::size_t>(per_input)]);
  }
  while (options.stop == nullptr || !*options.stop) {
    std::vector<Path*> searching;
    std::vector<NaturalImage> round;
    for (Path& path : paths) {
      if (!path.searching()) continue;
      searching.push_back(&path);
      round.push_back(path.next());
    }
    if (round.empty()) break;
    const Answers answers = ask_all(original, reading, seeds, round, options);
    for (std::size_t i = 0; i < searching.size(); ++i) searching[i]->answered(answers[i].label);
  }
  std::vector<NaturalImage> points;
  for (const Path& path : paths) {
    if (const std::optional<NaturalImage> point = path.point()) points.push_back(*point);
  }
  return points;
}

double shift_at(const AnswerView& original, const AnswerView& compressed) {
  if (!original.finite || original.log_p.size() < 2) return -1;
  const auto a = static_cast<std::size_t>(original.label);
  std::size_t b = a == 0 ? 1 : 0;
  for (std::size_t c = 0; c < original.log_p.size(); ++c) {
    if (c != a && original.log_p[c] > original.log_p[b]) b = c;
  }
  const auto odds = [a, b](const AnswerView& v) {
    return static_cast<double>(v.log_p[a]) - static_cast<double>(v.log_p[b]);
  };
  if (odds(original) >= kWavers) return -1;
  if (!compressed.finite) return kMostShift;
  return std::min(kMostShift, std::abs(odds(original) - odds(compressed)));
}

}  // namespace dflare
