// Climbing by a model of both answers in the space of natural changes.
#include "strategy/natural_climb.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace dflare {
namespace {

constexpr std::size_t kFirstPlaces = 10;  // spread over the box before the model has a say
constexpr double kFirstSpread = 0.5;
constexpr std::size_t kMostLearnt = 120;       // places nearest to the best
constexpr std::size_t kCandidatePlaces = 240;  // drawn around it
constexpr std::size_t kWeighed = 40;           // of them, whose doubts are worked out
constexpr double kHope = 0.25;                 // how much doubt may raise a candidate, in standard deviations
constexpr double kReach = 0.5;                 // of the candidates at first, in strengths
constexpr double kMostReach = 0.8, kLeastReach = 0.05;
constexpr double kHopeless = 0.15;                // reach at which a search in vain looks elsewhere
constexpr double kWider = 1.3, kNarrower = 0.93;  // after images that were better, or not

// How candidates lie around the best place: how far, and which share of the kinds differs.
struct Spread {
  double reach, share;
};
constexpr std::array<Spread, 4> kSpreads{{{1, 1}, {0.3, 1}, {1, 0.4}, {0.4, 0.4}}};

double squared_distance(const NaturalPlace& a, const NaturalPlace& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

void NaturalClimb::begin(const RunContext& context, SeedIndex seed, std::uint64_t key, const NaturalPlace* from) {
  context_ = &context;
  seed_ = seed;
  key_ = key;
  changes_.begin(context.natural_box, context.input(seed), key);
  one_sided_ = context.acceptance.require == Require::kCompressedLost;
  places_.clear();
  stands_.clear();
  asked_.clear();
  proving_ = false;
  without_.clear();
  reach_ = kReach;
  const auto row = static_cast<std::size_t>(seed.value);
  const int label = context.original[row].label;
  const double original = margin(context.original[row].log_p, label);
  const double compressed = margin(context.compressed[row].log_p, label);
  const Stand at_seed{(original + compressed) / 2, (original - compressed) / 2};
  best_ = centre_ = 0;
  best_height_ = centre_height_ = height(at_seed);
  scattered_ = kFirstPlaces;
  learn({}, at_seed, best_height_);
  from_ = from == nullptr ? std::nullopt : std::optional(*from);
}

double NaturalClimb::height(const Stand& s) const {
  return (one_sided_ ? s.apart : std::abs(s.apart)) - std::abs(s.shared);
}

double NaturalClimb::height(const Verdict& v) const {
  if (v.deviates && !one_sided_) return severity(v.original, v.compressed);
  return height(Stand{(v.margin_original + v.margin_compressed) / 2, (v.margin_original - v.margin_compressed) / 2});
}

void NaturalClimb::learn(const NaturalPlace& place, const Stand& stand, double height) {
  if (height > best_height_) {
    best_height_ = height;
    best_ = places_.size();
  }
  if (height > centre_height_) {
    centre_height_ = height;
    centre_ = places_.size();
  }
  places_.push_back(place);
  stands_.push_back(stand);
}

void NaturalClimb::propose(std::size_t tries, Rng& rng, Batch& out) {
  asked_.clear();
  asked_proofs_.clear();
  if (!proving_) {
    choose(tries, rng);
  } else {
    for (; next_proof_ < kNaturalKinds && asked_.size() < tries; ++next_proof_) {
      if (proved_[next_proof_] == 0) continue;
      asked_.push_back(proved_);
      asked_.back()[next_proof_] = 0;
      asked_proofs_.push_back(next_proof_);
    }
  }
  for (const NaturalPlace& place : asked_) changes_.write(place, out.append());
}

void NaturalClimb::choose(std::size_t tries, Rng& rng) {
  if (from_ && places_.size() == 1) asked_.push_back(*from_);
  if (scattered_ > 0) {
    scattered_ -= std::min(scattered_, tries);
    while (asked_.size() < tries) {
      NaturalPlace& place = asked_.emplace_back();
      for (double& share : place) share = kFirstSpread * rng.normal();
      if (from_ && asked_.size() % 2 == 0) {
        for (std::size_t i = 0; i < place.size(); ++i) place[i] = (*from_)[i] + place[i] / 2;
      }
      put_into(context_->natural_box, place);
    }
    return;
  }
  fit_nearest();
  draw_candidates(rng);
  for (bool hopeful = false; asked_.size() < tries; hopeful = true) {
    const Candidate* const next = next_best(rng, hopeful);
    if (next == nullptr) break;
    asked_.push_back(next->place);
  }
}

void NaturalClimb::fit_nearest() {
  nearest_.resize(places_.size());
  for (std::size_t i = 0; i < nearest_.size(); ++i) nearest_[i] = i;
  const std::size_t kept = std::min(kMostLearnt, nearest_.size());
  const auto farther = [this](std::size_t a, std::size_t b) {
    const double da = squared_distance(places_[a], places_[centre_]),
                 db = squared_distance(places_[b], places_[centre_]);
    return da < db || (da == db && a < b);
  };
  std::partial_sort(nearest_.begin(), nearest_.begin() + static_cast<std::ptrdiff_t>(kept), nearest_.end(), farther);
  near_places_.clear();
  near_stands_.clear();
  for (std::size_t i = 0; i < kept; ++i) {
    near_places_.push_back(places_[nearest_[i]]);
    near_stands_.push_back(stands_[nearest_[i]]);
  }
  model_.fit(near_places_, near_stands_);
}

// The likeliest come first, with how far the model may be wrong about them.
void NaturalClimb::draw_candidates(Rng& rng) {
  candidates_.resize(kCandidatePlaces);
  for (std::size_t i = 0; i < kCandidatePlaces; ++i) {
    const Spread& spread = kSpreads[i % kSpreads.size()];
    Candidate& c = candidates_[i];
    c.place = places_[centre_];
    for (double& share : c.place) {
      const double step = reach_ * spread.reach * rng.normal();
      if (rng.uniform() < spread.share) share += step;
    }
    put_into(context_->natural_box, c.place);
    c.expected = model_.expect(c.place);
    c.height = height(c.expected);
  }
  std::ranges::partial_sort(candidates_, candidates_.begin() + kWeighed, std::greater{}, &Candidate::height);
  doubts_.resize(kWeighed);
  for (std::size_t i = 0; i < kWeighed; ++i) doubts_[i] = model_.doubt(candidates_[i].place);
}

// That is not among those asked already. By what is expected, or by what may be hoped for.
const NaturalClimb::Candidate* NaturalClimb::next_best(Rng& rng, bool hopeful) {
  constexpr double kTooNear = 1e-4;
  const Candidate* best = nullptr;
  double highest = 0;
  for (std::size_t i = 0; i < kWeighed; ++i) {
    const Candidate& c = candidates_[i];
    Stand wish = c.expected;
    if (hopeful) {
      wish.shared += kHope * rng.normal() * doubts_[i].shared;
      wish.apart += kHope * rng.normal() * doubts_[i].apart;
    }
    const double h = height(wish);
    if (best != nullptr && h <= highest) continue;
    const auto same = [&c](const NaturalPlace& p) { return squared_distance(p, c.place) < kTooNear; };
    if (std::ranges::any_of(asked_, same)) continue;
    best = &c;
    highest = h;
  }
  return best;
}

std::optional<std::size_t> NaturalClimb::observe(std::span<const Verdict> verdicts) {
  std::optional<std::size_t> found;
  double highest = 0;
  const double before = centre_height_;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Verdict& v = verdicts[i];
    if (!v.finite) continue;
    const double h = height(v);
    learn(asked_[i], {(v.margin_original + v.margin_compressed) / 2, (v.margin_original - v.margin_compressed) / 2}, h);
    if (proving_) without_.emplace_back(asked_proofs_[i], h);
    if (!v.deviates || (found && h <= highest)) continue;
    found = i;
    highest = h;
  }
  reach_ = centre_height_ > before ? std::min(reach_ * kWider, kMostReach) : std::max(reach_ * kNarrower, kLeastReach);
  if (best_height_ <= 0 && reach_ < kHopeless) look_elsewhere();
  return found;
}

void NaturalClimb::look_elsewhere() {
  scattered_ = kFirstPlaces;
  centre_height_ = -std::numeric_limits<double>::infinity();
  reach_ = kReach;
}

void NaturalClimb::prove() {
  proving_ = true;
  proved_ = places_[best_];
  next_proof_ = 0;
}

std::string NaturalClimb::how(const NaturalStart& start) const {
  const Shape& shape = context_->shape;
  std::string amounts, shares, without;
  for (std::size_t i = 0; i < kNaturalKinds; ++i) {
    const auto kind = static_cast<NaturalKind>(i);
    const char* const comma = i == 0 ? "" : ",";
    amounts += fmt::format(R"({}"{}":{:.6g})", comma, to_string(kind),
                           natural_amount(context_->natural_box, kind, start.place[i], shape));
    shares += fmt::format(R"({}"{}":{:.6g})", comma, to_string(kind), start.place[i]);
  }
  // The best place may be a proof itself, which lacks a kind and was better without.
  const auto lacks = [&](std::size_t i) { return start.place[i] == 0; };
  bool proved = true;
  int left_out = 0;
  for (std::size_t i = 0; i < kNaturalKinds; ++i) {
    if (start.place[i] == proved_[i]) continue;
    proved = proved && lacks(i);
    ++left_out;
  }
  for (const auto& [kind, height] : without_) {
    if (!proved || left_out > 1 || lacks(kind)) continue;
    without +=
        fmt::format(R"({}"{}":{:.6g})", without.empty() ? "" : ",", to_string(static_cast<NaturalKind>(kind)), height);
  }
  return fmt::format(
      R"({{"end_point":"natural","strength":"{}","noise_key":"{}","amounts":{{{}}},"shares":{{{}}},"without":{{{}}}}})",
      describe(context_->natural_box, start.place, shape), start.key, amounts, shares, without);
}

}  // namespace dflare
