// summary.json: a run in numbers, computed from what its store holds.
#include "cli/summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/record.h"
#include "core/hash.h"
#include "dflare/statistics.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;
using Numbers = std::vector<double>;

Json or_null(const Numbers& values, double (*measure)(const Numbers&)) {
  return values.empty() ? Json(nullptr) : Json(measure(values));
}

double mean_of(const Numbers& values) { return mean(values); }
double median_of(const Numbers& values) { return median(values); }
double p90(const Numbers& values) { return quantile(values, 0.9); }

// A share, or null where there is nothing to share.
Json share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? Json(nullptr) : Json(static_cast<double>(part) / static_cast<double>(whole));
}

// What the inputs were, by the record.
struct SeedCounts {
  std::vector<bool> searchable;  // planned and usable: in the success rate
  std::int64_t planned = 0;
  std::map<std::string, std::int64_t> skipped;
};

SeedCounts count_seeds(const Json& seeds) {
  SeedCounts counts;
  for (const Json& seed : seeds) {
    const auto status = seed.at("status").get<std::string>();
    const bool planned = seed.at("planned").get<bool>();
    counts.searchable.push_back(planned && status == to_string(SeedStatus::kUsable));
    if (planned) {
      ++counts.planned;
    } else {
      const bool of_other_shard = status == to_string(SeedStatus::kUsable) || status == to_string(SeedStatus::kNatural);
      ++counts.skipped[of_other_shard ? "other_shard" : status];
    }
  }
  return counts;
}

// The chains that have ended, natural inputs apart.
struct ChainCounts {
  Numbers queries, seconds;  // queries: until the first finding
  std::int64_t queries_total = 0, found = 0, confirmations = 0, flaky = 0, ties = 0, not_finite = 0, ended = 0;
};

ChainCounts count_chains(const std::vector<SeedDone>& done, const SeedCounts& seeds,
                         const std::map<SeedIndex, std::int64_t>& first_found) {
  ChainCounts counts;
  for (const SeedDone& chain : done) {
    ++counts.ended;
    counts.flaky += chain.flaky;
    counts.confirmations += chain.confirmations;
    if (!seeds.searchable[static_cast<std::size_t>(chain.seed.value)]) continue;
    const auto first = first_found.find(chain.seed);
    counts.queries.push_back(static_cast<double>(first == first_found.end() ? chain.queries : first->second));
    counts.queries_total += chain.queries;
    counts.seconds.push_back(chain.seconds);
    counts.found += first == first_found.end() ? 0 : 1;
    counts.ties += chain.ties;
    counts.not_finite += chain.not_finite;
  }
  return counts;
}

// The confirmed findings; natural ones have kind and image only.
struct FindingCounts {
  std::map<std::string, std::int64_t> kinds, ways;
  std::set<std::string> images;
  std::int64_t confirmed = 0;
  Numbers severity, linf, l2, ssim;
  std::map<SeedIndex, std::int64_t> first;  // by seed: queries until its first, natural ones apart
};

// Where the path to a finding led; strategies without paths mutate.
std::string way_of(const Finding& finding) {
  const Json how = Json::parse(finding.how, nullptr, /*allow_exceptions=*/false);
  return how.is_object() ? how.value("end_point", "mutate") : "mutate";
}

FindingCounts count_findings(const FindingStore& store) {
  FindingCounts counts;
  for (const FindingKind kind :
       {FindingKind::kCompressedLost, FindingKind::kOriginalLost, FindingKind::kBothChanged, FindingKind::kNatural}) {
    counts.kinds[std::string(to_string(kind))] = 0;
  }
  store.for_each_finding(true, [&counts](const Finding& finding) {
    if (finding.flaky) return;
    ++counts.confirmed;
    ++counts.kinds[std::string(to_string(finding.kind))];
    counts.images.insert(sha256(finding.png));
    if (finding.kind == FindingKind::kNatural) return;
    ++counts.ways[way_of(finding)];
    counts.first.emplace(finding.seed, finding.queries);
    counts.severity.push_back(finding.severity);
    counts.linf.push_back(finding.distance.linf);
    counts.l2.push_back(finding.distance.l2);
    counts.ssim.push_back(finding.distance.ssim);
  });
  return counts;
}

Json queries_json(const ChainCounts& chains, std::size_t findings) {
  return {
      {"mean", or_null(chains.queries, mean_of)},
      {"median", or_null(chains.queries, median_of)},
      {"p90", or_null(chains.queries, p90)},
      {"total", chains.queries_total},
      {"per_finding", findings == 0 ? Json(nullptr)
                                    : Json(static_cast<double>(chains.queries_total) / static_cast<double>(findings))}};
}

}  // namespace

Json summarise(const FindingStore& store, const Timing& timing) {
  const RunRecord record = store.record();
  const Json facts = parse_record(record.facts, store.folder());
  const SeedCounts seeds = count_seeds(parse_record(record.seeds, store.folder()));
  const FindingCounts findings = count_findings(store);
  const ChainCounts chains = count_chains(store.done(), seeds, findings.first);
  const auto searched = static_cast<std::int64_t>(chains.queries.size());
  const std::int64_t remaining = seeds.planned - chains.ended;
  return {
      {"schema_version", kSummarySchemaVersion},
      {"complete", remaining == 0},
      {"seeds", seeds.searchable.size()},
      {"searched", searched},
      {"remaining", remaining},
      {"skipped", Json(seeds.skipped)},
      {"natural", chains.ended - searched},
      {"agreement", facts.at("agreement")},
      {"accuracy", facts.at("accuracy")},
      {"found", chains.found},
      {"success_rate", share(chains.found, searched)},
      {"queries", queries_json(chains, findings.severity.size())},
      {"seconds", {{"mean_per_seed", or_null(chains.seconds, mean_of)}, {"wall", timing.wall_seconds}}},
      {"queries_per_second", timing.queries_per_second},
      {"rows_exact", facts.at("rows_exact")},
      {"confirmed", findings.confirmed},
      {"confirmations", chains.confirmations},
      {"flaky", chains.flaky},
      {"ties", chains.ties},
      {"not_finite", chains.not_finite},
      {"unique_rate", share(static_cast<std::int64_t>(findings.images.size()), findings.confirmed)},
      {"severity", {{"median", or_null(findings.severity, median_of)}, {"p90", or_null(findings.severity, p90)}}},
      {"distance",
       {{"linf", or_null(findings.linf, median_of)},
        {"l2", or_null(findings.l2, median_of)},
        {"ssim", or_null(findings.ssim, median_of)}}},
      {"kinds", Json(findings.kinds)},
      {"ways", Json(findings.ways)},
      {"models", facts.at("models")},
      {"machine", facts.at("machine")},
      {"batch", facts.at("batch")},
      {"workers", facts.at("workers")},
      {"settings", parse_record(record.settings, store.folder())},
  };
}

}  // namespace dflare::cli
