// What a model makes of the label that the other one gives: from its margins and the severity, which are stored.
#include "page/other_label.h"

#include <algorithm>
#include <cmath>

namespace dflare {
namespace {

constexpr double kSame = 1e-9;  // log units: more than rounding makes of equal ones

// The model that keeps the seed's label leads it by `margin`, before whichever label is its second. The other model
// prefers its own by `other_lead`. The severity is the lesser of both models' preferences.
OtherLabel of_keeper(double p, double margin, double other_lead, double severity) {
  const bool is_lesser = severity < other_lead - kSame;
  return {p * std::exp(-std::max(severity, is_lesser ? severity : margin)), is_lesser};
}

OtherLabel of_leaver(double p, double margin) { return {p * std::exp(margin), true}; }

}  // namespace

std::pair<OtherLabel, OtherLabel> other_labels(const Finding& f) {
  const double po = f.p_original;
  const double pc = f.p_compressed;
  if (f.label_original == f.seed_label) {  // the compressed model left it, and gives it a negative margin
    return {of_keeper(po, f.margin_original, -f.margin_compressed, f.severity), of_leaver(pc, f.margin_compressed)};
  }
  if (f.label_compressed == f.seed_label) {
    return {of_leaver(po, f.margin_original), of_keeper(pc, f.margin_compressed, -f.margin_original, f.severity)};
  }
  const double most = std::exp(-f.severity);
  return {OtherLabel{po * most, false}, OtherLabel{pc * most, false}};
}

}  // namespace dflare
