// The methods of repair, by name.
#include <algorithm>
#include <cmath>

#include "core/nearest.h"
#include "dflare/error.h"
#include "dflare/repair.h"
#include "repair/natural_method.h"
#include "repair/softmax.h"

namespace dflare {
namespace {

constexpr int kHidden = 32;                     // units of the paper's hidden layer
constexpr double kDecay = 1e-4;                 // of its weights
constexpr std::uint64_t kPurpose = 0x72657061;  // a stream apart from others of the run seed

std::vector<std::size_t> finite_rows(const RepairRows& rows, std::span<const std::size_t> use, bool natural) {
  std::vector<std::size_t> kept;
  for (const std::size_t row : use) {
    const RepairRowKind kind = rows.kind[row];
    const bool wanted = kind == RepairRowKind::kFinding || natural == (kind == RepairRowKind::kNatural);
    if (wanted && rows.original[row].finite && rows.compressed[row].finite) kept.push_back(row);
  }
  if (kept.empty()) throw Error(ErrorCode::kBadInput, "there is nothing for a repair to learn from");
  return kept;
}

// Section 5.5 of the paper: the compressed model's probabilities in, the original's label out.
Lesson hard_lesson(const RepairRows& rows, std::span<const std::size_t> use, const std::atomic<bool>* stop) {
  const auto classes = static_cast<Eigen::Index>(rows.compressed.classes());
  const auto n = static_cast<Eigen::Index>(use.size());
  Lesson lesson{Eigen::MatrixXd(classes, n), Eigen::MatrixXd::Zero(classes, n), stop};
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::size_t row = use[static_cast<std::size_t>(i)];
    const AnswerView compressed = rows.compressed[row];
    for (Eigen::Index c = 0; c < classes; ++c) lesson.features(c, i) = compressed.p[static_cast<std::size_t>(c)];
    lesson.targets(rows.original[row].label, i) = 1;
  }
  return lesson;
}

RepairHead train_drepair(const RepairRows& rows, std::span<const std::size_t> use, std::uint64_t rng_seed,
                         const std::atomic<bool>* stop) {
  Rng rng(rng_seed, 0, kPurpose);
  return {.features = HeadFeatures::kProbabilities,
          .layers = fit_network(hard_lesson(rows, use, stop), kHidden, kDecay, rng)};
}

// The same network, silent where the compressed model is surer than nearly all findings were.
RepairHead train_zone(const RepairRows& rows, std::span<const std::size_t> use, std::uint64_t rng_seed,
                      const std::atomic<bool>* stop) {
  RepairHead head = train_drepair(rows, use, rng_seed, stop);
  std::vector<double> margins;
  for (const std::size_t row : use) {
    if (rows.kind[row] == RepairRowKind::kFinding) margins.push_back(top_margin(rows.compressed[row]));
  }
  constexpr double kNearlyAll = 0.95;
  head.below_margin = margins.empty() ? 0.0 : quantile(std::move(margins), kNearlyAll);
  return head;
}

}  // namespace

const std::vector<RepairMethod>& repair_methods() {
  static const std::vector<RepairMethod> methods = {
      {"drepair", "the paper's: a hidden layer on the probabilities, trained on seeds and findings", false},
      {"zone", "the same, silent where the compressed model is surer than nearly all findings were", false},
      {"natural", "shifts between classes, learnt from natural images and findings; none where that gains nothing",
       true},
  };
  return methods;
}

const RepairMethod& repair_method(std::string_view name) {
  std::vector<std::string> names;
  for (const RepairMethod& method : repair_methods()) {
    if (method.name == name) return method;
    names.push_back(method.name);
  }
  throw Error(ErrorCode::kBadArgument, "unknown method '" + std::string(name) + "'", known_names_hint(name, names));
}

RepairHead train_head(const RepairMethod& method, const RepairRows& rows, std::span<const std::size_t> use,
                      std::uint64_t rng_seed, const std::atomic<bool>* stop) {
  const std::vector<std::size_t> kept = finite_rows(rows, use, method.learns_from_natural);
  RepairHead head = method.learns_from_natural ? train_natural(rows, kept, rng_seed, stop)
                    : method.name == "zone"    ? train_zone(rows, kept, rng_seed, stop)
                                               : train_drepair(rows, kept, rng_seed, stop);
  head.method = method.name;
  return head;
}

}  // namespace dflare
