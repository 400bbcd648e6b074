// The method `natural`: shifts between classes that lower the disagreement on natural images, or none.
#include "repair/natural_method.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "repair/folds.h"
#include "repair/softmax.h"

namespace dflare {
namespace {

constexpr int kInnerFolds = 3;
constexpr std::size_t kMostAffine = 100;  // classes; weights for more are too many to learn

using Rows = std::vector<std::size_t>;
// From parameters to start at, which become those of the fit.
using Learn = std::function<std::vector<DenseLayer>(const Lesson&, std::vector<double>& parameters)>;

// From the one with the least freedom to the one with the most.
std::vector<Learn> candidates(std::size_t classes) {
  const auto bias = [](double decay) {
    return [decay](const Lesson& lesson, std::vector<double>& x) { return fit_bias(lesson, decay, x); };
  };
  const auto affine = [](double decay) {
    return [decay](const Lesson& lesson, std::vector<double>& x) { return fit_affine(lesson, decay, x); };
  };
  std::vector<Learn> fits = {bias(1e-2)};
  if (classes <= kMostAffine) fits.insert(fits.end(), {affine(1e-1), affine(3e-2), affine(3e-3)});
  return fits;
}

// The original's whole answer is the target, not its label alone: it tells on each image which way the two models
// differ and how far, where labels tell it on the few images on which they differ.
Lesson soft_lesson(const RepairRows& rows, const Rows& use, const std::atomic<bool>* stop) {
  const auto classes = static_cast<Eigen::Index>(rows.compressed.classes());
  const auto n = static_cast<Eigen::Index>(use.size());
  Lesson lesson{Eigen::MatrixXd(classes, n), Eigen::MatrixXd(classes, n), stop};
  for (Eigen::Index i = 0; i < n; ++i) {
    const AnswerView compressed = rows.compressed[use[static_cast<std::size_t>(i)]];
    const AnswerView original = rows.original[use[static_cast<std::size_t>(i)]];
    for (Eigen::Index c = 0; c < classes; ++c) {
      lesson.features(c, i) = compressed.log_p[static_cast<std::size_t>(c)];
      lesson.targets(c, i) = original.p[static_cast<std::size_t>(c)];
    }
    lesson.targets.col(i) /= std::max(1e-9, lesson.targets.col(i).sum());  // 8-bit probabilities do not sum to 1
  }
  return lesson;
}

RepairHead head_of(std::vector<DenseLayer> layers) {
  return {.features = HeadFeatures::kLogProbabilities, .layers = std::move(layers)};
}

// A candidate fitted to all rows, and how well its like does on inputs that it was not fitted to.
struct Candidate {
  std::vector<DenseLayer> layers;
  double gain = 0;  // by how many standard errors the change in disagreement, input by input, lies below zero
};

double gain_of(const std::map<SeedIndex, double>& change) {
  double sum = 0;
  double squares = 0;
  for (const auto& [seed, c] : change) {
    sum += c;
    squares += c * c;
  }
  const auto n = static_cast<double>(change.size());
  const double error = std::sqrt(std::max(0.0, squares - sum * sum / n));
  return error > 0 ? -sum / error : 0;
}

Candidate try_out(const Learn& fit, const RepairRows& rows, const Rows& use, const std::vector<int>& fold,
                  const std::atomic<bool>* stop) {
  std::vector<double> parameters;
  Candidate candidate{.layers = fit(soft_lesson(rows, use, stop), parameters)};
  std::map<SeedIndex, double> change;
  for (int held_out = 0; held_out < kInnerFolds; ++held_out) {
    Rows train;
    for (std::size_t i = 0; i < use.size(); ++i) {
      if (fold[i] != held_out) train.push_back(use[i]);
    }
    if (train.empty() || (stop != nullptr && *stop)) return candidate;
    std::vector<double> start = parameters;
    const RepairHead head = head_of(fit(soft_lesson(rows, train, stop), start));
    for (std::size_t i = 0; i < use.size(); ++i) {
      if (fold[i] != held_out || rows.kind[use[i]] != RepairRowKind::kNatural) continue;
      const int original = rows.original[use[i]].label;
      const AnswerView compressed = rows.compressed[use[i]];
      change[rows.seed[use[i]]] += static_cast<double>(repaired_label(head, compressed) != original) -
                                   static_cast<double>(compressed.label != original);
    }
  }
  candidate.gain = gain_of(change);
  return candidate;
}

}  // namespace

RepairHead train_natural(const RepairRows& rows, std::span<const std::size_t> use, std::uint64_t rng_seed,
                         const std::atomic<bool>* stop) {
  const Rows all(use.begin(), use.end());
  std::vector<SeedIndex> seed;
  for (const std::size_t row : all) seed.push_back(rows.seed[row]);
  const std::vector<int> fold = fold_of_rows(seed, kInnerFolds, rng_seed);
  Candidate best;  // changes nothing
  for (const Learn& fit : candidates(rows.compressed.classes())) {
    Candidate candidate = try_out(fit, rows, all, fold, stop);
    if (candidate.gain > best.gain) best = std::move(candidate);
  }
  return head_of(std::move(best.layers));
}

}  // namespace dflare
