// What is left of a finding without one of its changes.
#include "report/natural_kinds.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "dflare/statistics.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kBootstrapSeed = 17;

bool is_factor(NaturalKind kind) { return kind == NaturalKind::kZoom || kind == NaturalKind::kContrast; }

// Without sign: 0.8 and 1.25 times are as much.
double size_of(NaturalKind kind, double amount) {
  if (!is_factor(kind)) return std::abs(amount);
  return amount > 0 ? std::max(amount, 1 / amount) : amount;
}

}  // namespace

void NaturalKinds::add(const Finding& finding, double severity) {
  const Json how = Json::parse(finding.how, nullptr, /*allow_exceptions=*/false);
  if (!how.is_object() || how.value("end_point", "") != "natural") return;
  const Json without = how.value("without", Json::object());
  if (without.empty()) return;
  for (std::size_t i = 0; i < kNaturalKinds; ++i) {
    const auto kind = static_cast<NaturalKind>(i);
    const std::string name(to_string(kind));
    Seen& seen = seen_.at(i);
    const bool takes_part = without.contains(name);
    const double left = takes_part ? without.at(name).get<double>() : severity;
    seen.owed.push_back(severity - std::max(left, 0.0));
    if (left > 0) continue;
    seen.strength.push_back(std::abs(how.at("shares").at(name).get<double>()));
    seen.amounts.push_back(size_of(kind, how.at("amounts").at(name).get<double>()));
  }
}

std::vector<NaturalKindSummary> NaturalKinds::summaries() const {
  std::vector<NaturalKindSummary> all;
  for (std::size_t i = 0; i < kNaturalKinds; ++i) {
    const Seen& seen = seen_.at(i);
    if (std::ranges::all_of(seen.owed, [](double owed) { return owed == 0; })) continue;
    all.push_back({.kind = std::string(to_string(static_cast<NaturalKind>(i))),
                   .needed = estimate(Share{std::ssize(seen.strength), std::ssize(seen.owed)}),
                   .strength = share_estimate(seen.strength, kBootstrapSeed),
                   .amount = median(seen.amounts),
                   .owed = mean_estimate(seen.owed, kBootstrapSeed)});
  }
  std::ranges::stable_sort(all, [](const NaturalKindSummary& a, const NaturalKindSummary& b) {
    return a.needed.value > b.needed.value || (a.needed.value == b.needed.value && a.owed.value > b.owed.value);
  });
  return all;
}

}  // namespace dflare
