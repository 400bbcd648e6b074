// What a run found, for a person: its summary and the findings that tell most.
#include "dflare/run_report.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/record_json.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBestShown = 5;

std::vector<Finding> best_findings(const FindingStore& store) {
  std::vector<Finding> best;
  store.for_each_finding(false, [&best](const Finding& finding) {
    if (finding.flaky) return;
    const auto is_better = [](const Finding& a, const Finding& b) { return a.severity > b.severity; };
    best.insert(std::upper_bound(best.begin(), best.end(), finding, is_better), finding);
    if (best.size() > kBestShown) best.pop_back();
  });
  return best;
}

}  // namespace

std::vector<std::string> class_names(const std::string& file) {
  std::vector<std::string> names;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) names.push_back(line);
  return names;
}

std::string class_name(const std::vector<std::string>& names, int label, int shift) {
  const int at = label - shift;
  return at >= 0 && std::cmp_less(at, names.size()) ? names[static_cast<std::size_t>(at)] : std::to_string(label);
}

namespace {

// From a true label to its place among the classes that both models tell apart, as the run was asked.
int label_shift_of(const Json& settings) {
  const int both = settings.value("label-offset", 0);
  const auto own = [&](const char* name) {
    const int offset = settings.value(name, -1);
    return offset < 0 ? both : offset;
  };
  return std::min(own("original-label-offset"), own("compressed-label-offset"));
}

}  // namespace

RunReport run_report(const FindingStore& store, const RunSummary& summary) {
  RunReport report{.summary = summary, .folder = store.folder(), .classes = {}, .label_shift = 0, .best = {}};
  std::vector<Finding> best = best_findings(store);
  if (best.empty()) return report;
  const Json seeds = parse_record(store.record().seeds, store.folder());
  const Json settings = parse_record(summary.settings, store.folder());
  report.classes = class_names(settings.value("classes", ""));
  report.label_shift = label_shift_of(settings);
  for (Finding& finding : best) {
    const Json& seed = seeds.at(static_cast<std::size_t>(finding.seed.value));
    report.best.push_back({std::move(finding), seed.at("source").get<std::string>()});
  }
  return report;
}

}  // namespace dflare
