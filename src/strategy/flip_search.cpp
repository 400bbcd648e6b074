// Secants per class, safeguarded.
#include "strategy/flip_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dflare/verdict.h"

namespace dflare {
namespace {

constexpr int kCreeping = 3;         // points in a row on one side until the search steps across
constexpr double kTieAtFlip = 0.15;  // of a step: so near its flip the original meets a tie on either side
constexpr double kStepsInReach = 6;  // differences of the two models are averaged over margins this small

}  // namespace

TieScale tie_scale(const RunContext& context, const Verdict& v) {
  const OutputReading& reading = context.compressed_reading;
  if (reading.step == 0) return {};
  const double top_p = std::max(v.compressed.top_p(), reading.step);
  TieScale ties{.step = reading.kind == OutputKind::kLogits ? reading.step : reading.step / top_p};
  if (context.acceptance.ties == TiePolicy::kSkip) return ties;
  const auto& log_p = v.compressed.log_p;
  int rival = v.seed_label == 0 ? 1 : 0;
  for (int c = rival; c < static_cast<int>(log_p.size()); ++c) {
    if (c != v.seed_label && log_p[static_cast<std::size_t>(c)] > log_p[static_cast<std::size_t>(rival)]) rival = c;
  }
  ties.side = v.seed_label < rival ? TieScale::Side::kInside : TieScale::Side::kOutside;
  return ties;
}

void FlipSearch::fill(End& end, const Point& point) const {
  end.t = point.t;
  const std::array<std::span<const float>, 2> log_p{point.original, point.compressed};
  for (const Which which : {kOriginal, kCompressed}) {
    end.margin[which] = margin(log_p[which], label_);
    end.leads[which].resize(log_p[which].size());
    const float own = log_p[which][static_cast<std::size_t>(label_)];
    std::transform(log_p[which].begin(), log_p[which].end(), end.leads[which].begin(),
                   [own](float v) { return own - v; });
  }
}

void FlipSearch::start(int label, const Point& inside, const Point& outside) {
  label_ = label;
  fill(ends_[0], inside);
  fill(ends_[1], outside);
  seen_margins_.assign({ends_[0].margin, ends_[1].margin});
  same_side_ = 0;
}

void FlipSearch::restart_within_bracket() {
  ends_[0].t = 0;
  ends_[1].t = 1;
  same_side_ = 0;
}

bool FlipSearch::learn(const Point& point) {
  const double original = margin(point.original, label_);
  const bool inside = original > 0 || (original == 0 && margin(point.compressed, label_) > 0);
  End& moved = ends_[inside ? 0 : 1];
  fill(moved, point);
  seen_margins_.push_back(moved.margin);
  same_side_ = inside ? std::max(1, same_side_ + 1) : std::min(-1, same_side_ - 1);
  return inside;
}

// First root of the leads, each taken as a straight line through the bracket.
double FlipSearch::flip(Which which) const {
  double first = 1;  // share of the bracket
  for (std::size_t c = 0; c < ends_[0].leads[which].size(); ++c) {
    const double before = std::max<double>(ends_[0].leads[which][c], 1e-9);
    const double behind = ends_[1].leads[which][c];
    if (static_cast<int>(c) != label_ && behind <= 0) first = std::min(first, before / (before - behind));
  }
  return inside() + first * width();
}

// Mean of the original's margin less the compressed model's over the points near the flip, the nearest weighing most.
double FlipSearch::mean_difference(double reach) const {
  double sum = 0;
  double weights = 0;
  for (const auto& m : seen_margins_) {
    if (std::abs(m[kOriginal]) > kStepsInReach * reach) continue;
    const double weight = 1 / (reach + std::abs(m[kOriginal]));
    sum += weight * (m[kOriginal] - m[kCompressed]);
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0;
}

// Place to ask when the compressed model's answers come in steps. Its margin is known to half a step only, so its flip
// is read off the original's margin and the mean difference of the two.
double FlipSearch::beside_steps(double original_flip, const TieScale& ties) const {
  const double difference = mean_difference(ties.step);
  const double half = ties.step / 2;
  double aim = 0;  // the original's margin at the place to ask
  switch (ties.side) {
    case TieScale::Side::kInside:
      aim = (difference - half) / 2;
      break;
    case TieScale::Side::kOutside:
      aim = (difference + half) / 2;
      break;
    case TieScale::Side::kNeither: {
      const double beyond = std::max(std::abs(difference) - half, 0.1 * half) / 2;
      aim = difference > 0 ? beyond : -beyond;
    }
  }
  const double slope = (ends_[0].margin[kOriginal] - ends_[1].margin[kOriginal]) / width();
  return original_flip - aim / slope;
}

double FlipSearch::next(const TieScale& ties) const {
  const double f = flip(kOriginal);
  const bool first_guess = seen_margins_.size() == 2;
  double t = ties.step > 0 && !first_guess ? beside_steps(f, ties) : (f + flip(kCompressed)) / 2;
  if (same_side_ >= kCreeping) t += (t - inside()) * (same_side_ - kCreeping + 1) + 0.02 * width();
  if (same_side_ <= -kCreeping) t -= (outside() - t) * (-same_side_ - kCreeping + 1) + 0.02 * width();
  if (seen_margins_.size() > 10 && seen_margins_.size() % 3 == 0) t = (inside() + outside()) / 2;
  const double least = std::min(0.02 * width(), 0x1p-16);
  return std::clamp(t, inside() + least, outside() - least);
}

bool FlipSearch::lost_to_ties(const TieScale& ties) const {
  if (ties.side != TieScale::Side::kNeither) return false;
  const auto tied = [this](Which which) { return ends_[0].margin[which] == 0 && ends_[1].margin[which] == 0; };
  const auto& last = seen_margins_.back();
  const bool at_flip = last[kCompressed] == 0 && std::abs(last[kOriginal]) < kTieAtFlip * ties.step;
  return tied(kOriginal) || tied(kCompressed) || at_flip;
}

}  // namespace dflare
