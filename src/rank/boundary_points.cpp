// Images on the original's decision boundary.
#include "rank/boundary_points.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/spread.h"
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

BoundaryPaths::BoundaryPaths(Asker& original, const OutputReading& reading, const SeedSet& seeds,
                             std::span<const SeedIndex> from, std::span<const int> labels, std::uint64_t rng_seed)
    : original_(original), reading_(reading), seeds_(seeds), from_(from), labels_(labels) {
  for (const SeedIndex input : from) {
    Rng& rng = rngs_.emplace_back(rng_seed, static_cast<std::uint64_t>(input.value), kPurpose);
    kinds_.push_back(rng.below(static_cast<std::uint32_t>(corruptions(seeds_.form.get()).size())));
  }
}

void BoundaryPaths::begin_round(int per_input) {
  round_.clear();
  next_ = 0;
  strengths_ = kNatural;
  for (const std::size_t i : spread_order(from_.size())) {
    for (int k = 0; k < per_input; ++k) {
      const NaturalImage start{.seed = from_[i], .corruption = static_cast<int>(kinds_[i]), .key = rngs_[i].next()};
      round_.push_back(paths_.size());
      paths_.emplace_back(start, labels_[i]);
      kinds_[i] = (kinds_[i] + 1) % static_cast<std::uint32_t>(corruptions(seeds_.form.get()).size());
    }
  }
}

void BoundaryPaths::begin_beyond() {
  round_.clear();
  next_ = 0;
  strengths_ = kScan.size();
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (!paths_[i].found()) round_.push_back(i);
  }
}

// In lockstep: every path that is still searching asks for one image at a time.
std::vector<NaturalImage> BoundaryPaths::follow(std::size_t paths, const std::function<bool()>& stopped) {
  const std::size_t end = std::min(round_.size(), next_ + paths);
  const std::span<const std::size_t> now = std::span(round_).subspan(next_, end - next_);
  while (!stopped()) {
    std::vector<BoundaryPath*> searching;
    std::vector<NaturalImage> images;
    for (const std::size_t i : now) {
      if (!paths_[i].searching(strengths_)) continue;
      searching.push_back(&paths_[i]);
      images.push_back(paths_[i].next());
    }
    if (images.empty()) break;
    const Answers answers = original_.ask(reading_, seeds_, images);
    for (std::size_t i = 0; i < searching.size(); ++i) searching[i]->answered(answers[i].label);
  }
  std::vector<NaturalImage> points;
  for (const std::size_t i : now) {
    if (paths_[i].found()) points.push_back(paths_[i].point());
  }
  followed_ += now.size();
  next_ = end;
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
