// Images on the original's decision boundary.
#include "rank/boundary_points.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dflare/corruptions.h"

namespace dflare {
namespace {

constexpr std::uint64_t kPurpose = 0x72616e6b;  // a stream apart from those of searches and natural images
constexpr std::array kScan{0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0};  // strengths tried until the label is left
constexpr std::size_t kNatural = 5;                                   // of them, those up to severity 5
constexpr int kHalvings = 6;
constexpr double kWavers = 1;  // log-odds of the two first labels below which the original wavers

}  // namespace

BoundaryPath::BoundaryPath(const NaturalImage& image, int label) : image_(image), label_(label) {
  image_.strength = kScan.front();
}

bool BoundaryPath::searching(std::size_t strengths) const {
  return found() ? halvings_ < kHalvings : scanned_ < strengths;
}

void BoundaryPath::answered(int label) {
  const bool scanning = !found();
  (label == label_ ? inside_ : outside_) = image_.strength;
  if (scanning) {
    ++scanned_;
  } else {
    ++halvings_;
  }
  if (found()) {
    image_.strength = (inside_ + outside_) / 2;
  } else if (scanned_ < kScan.size()) {
    image_.strength = kScan[scanned_];
  }
}

NaturalImage BoundaryPath::point() const {
  NaturalImage image = image_;
  image.strength = inside_;
  return image;
}

BoundaryPaths::BoundaryPaths(const Model& original, const OutputReading& reading, const SeedSet& seeds,
                             std::span<const SeedIndex> from, std::span<const int> labels, std::uint64_t rng_seed,
                             const AskOptions& options)
    : original_(original), reading_(reading), seeds_(seeds), from_(from), labels_(labels), options_(options) {
  for (const SeedIndex input : from) {
    Rng& rng = rngs_.emplace_back(rng_seed, static_cast<std::uint64_t>(input.value), kPurpose);
    kinds_.push_back(rng.below(static_cast<std::uint32_t>(corruptions().size())));
  }
}

std::vector<NaturalImage> BoundaryPaths::next_round(int per_input) {
  const std::size_t before = paths_.size();
  for (std::size_t i = 0; i < from_.size(); ++i) {
    for (int k = 0; k < per_input; ++k) {
      const NaturalImage start{.seed = from_[i], .corruption = static_cast<int>(kinds_[i]), .key = rngs_[i].next()};
      paths_.emplace_back(start, labels_[i]);
      kinds_[i] = (kinds_[i] + 1) % static_cast<std::uint32_t>(corruptions().size());
    }
  }
  return follow(std::span(paths_).subspan(before), kNatural);
}

std::vector<NaturalImage> BoundaryPaths::beyond() {
  const auto found = std::partition(paths_.begin(), paths_.end(), [](const BoundaryPath& p) { return !p.found(); });
  return follow({paths_.begin(), found}, kScan.size());
}

// In lockstep: every path that is still searching asks for one image at a time.
std::vector<NaturalImage> BoundaryPaths::follow(std::span<BoundaryPath> paths, std::size_t strengths) const {
  while (options_.stop == nullptr || !*options_.stop) {
    std::vector<BoundaryPath*> searching;
    std::vector<NaturalImage> images;
    for (BoundaryPath& path : paths) {
      if (!path.searching(strengths)) continue;
      searching.push_back(&path);
      images.push_back(path.next());
    }
    if (images.empty()) break;
    const Answers answers = ask_all(original_, reading_, seeds_, images, options_);
    for (std::size_t i = 0; i < searching.size(); ++i) searching[i]->answered(answers[i].label);
  }
  std::vector<NaturalImage> points;
  for (const BoundaryPath& path : paths) {
    if (path.found()) points.push_back(path.point());
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
