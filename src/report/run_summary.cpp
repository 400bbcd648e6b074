// A run in numbers, computed from what its store holds.
#include "dflare/run_summary.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "core/estimate_json.h"
#include "core/hash.h"
#include "core/json_text.h"
#include "core/pair_figures_json.h"
#include "core/record_json.h"
#include "dflare/statistics.h"
#include "report/natural_kinds.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;
using Numbers = std::vector<double>;

constexpr std::uint64_t kRobustSeed = 18;  // of the bootstrap

std::optional<RobustSummary> robust_summary(const Numbers& shares) {
  if (shares.empty()) return {};
  return RobustSummary{.share = share_estimate(shares, kRobustSeed),
                       .all = std::ranges::count(shares, 1.0),
                       .none = std::ranges::count(shares, 0.0)};
}

std::optional<Spread> spread(const Numbers& values) {
  if (values.empty()) return {};
  return Spread{mean(values), median(values), quantile(values, 0.9)};
}

// What the inputs were, by the record.
struct SeedRows {
  std::vector<bool> planned;
  std::vector<bool> natural;  // the models differed on it when all were asked
  std::int64_t planned_count = 0;
};

SeedRows read_seeds(const Json& seeds, RunSummary& summary) {
  SeedRows rows;
  for (const Json& seed : seeds) {
    const auto status = seed.at("status").get<std::string>();
    const bool usable = status == to_string(SeedStatus::kUsable);
    const bool natural = status == to_string(SeedStatus::kNatural);
    rows.planned.push_back(seed.at("planned").get<bool>());
    rows.natural.push_back(natural);
    rows.planned_count += rows.planned.back() ? 1 : 0;
    if (!rows.planned.back()) ++summary.skipped[usable || natural ? "other_shard" : status];
  }
  summary.seeds = std::ssize(rows.planned);
  return rows;
}

constexpr double kSeverity5 = 0.5;  // strength of a corruption (docs/corruptions.md)

// Where the path to a finding led; strategies without paths mutate.
void count_way(const Finding& finding, RunSummary& summary) {
  const Json how = Json::parse(finding.how, nullptr, /*allow_exceptions=*/false);
  const std::string way = how.is_object() ? how.value("end_point", "mutate") : "mutate";
  ++summary.ways[way];
  if (way != "corrupt") return;
  ++(how.value("t", 1.0) <= kSeverity5 ? summary.within_severity_5 : summary.beyond_severity_5);
}

struct SeedFindings {
  std::int64_t first_queries = 0;  // until the first
  std::int64_t count = 0;
};

// The confirmed findings by seed, natural ones apart; those are in `natural`.
struct FindingRows {
  std::map<SeedIndex, SeedFindings> found;
  std::set<SeedIndex> natural;
};

FindingRows read_findings(const FindingStore& store, RunSummary& summary) {
  for (const FindingKind kind :
       {FindingKind::kCompressedLost, FindingKind::kOriginalLost, FindingKind::kBothChanged, FindingKind::kNatural}) {
    summary.kinds[std::string(to_string(kind))] = 0;
  }
  FindingRows rows;
  std::set<std::string> images;
  Numbers severity, linf, l2, ssim, regressions, robust;
  std::set<SeedIndex> regressed;
  NaturalKinds natural;
  store.for_each_finding(true, [&](const Finding& finding) {
    if (finding.flaky) return;
    ++summary.confirmed;
    ++summary.kinds[std::string(to_string(finding.kind))];
    summary.input = finding.input;
    images.insert(sha256(finding.png));
    if (finding.kind == FindingKind::kNatural) {
      rows.natural.insert(finding.seed);
      return;
    }
    ++summary.findings;
    count_way(finding, summary);
    SeedFindings& of_seed = rows.found.try_emplace(finding.seed, SeedFindings{finding.queries, 0}).first->second;
    ++of_seed.count;
    severity.push_back(finding.severity);
    if (const auto share = finding.robust.share()) robust.push_back(*share);
    linf.push_back(finding.distance.linf);
    l2.push_back(finding.distance.l2);
    ssim.push_back(finding.distance.ssim);
    natural.add(finding, summary.regressions.aimed ? finding.regression() : finding.severity);
    if (!summary.labels() || finding.regression() <= 0) return;
    regressed.insert(finding.seed);
    regressions.push_back(finding.regression());
  });
  summary.regressions.seeds = std::ssize(regressed);
  summary.regressions.findings = std::ssize(regressions);
  summary.regressions.severity = spread(regressions);
  summary.natural_kinds = natural.summaries();
  summary.images = std::ssize(images);
  summary.severity = spread(severity);
  summary.robust = robust_summary(robust);
  if (!linf.empty()) summary.distance = Distance{median(linf), median(l2), median(ssim)};
  return rows;
}

// The chains that have ended. An input on which the models differed, but not when it was asked alone, is searched where
// the engine went on with it, and left out as flaky where it did not.
void read_chains(const std::vector<SeedDone>& done, const SeedRows& seeds, const FindingRows& findings,
                 RunSummary& summary) {
  Numbers queries, to_find, seconds;
  std::int64_t findings_of_ended = 0;
  for (const SeedDone& chain : done) {
    summary.flaky += chain.flaky;
    summary.confirmations += chain.confirmations;
    if (findings.natural.contains(chain.seed)) {
      ++summary.natural;
      continue;
    }
    if (seeds.natural.at(static_cast<std::size_t>(chain.seed.value)) && chain.queries == 0) {
      ++summary.skipped["flaky"];
      continue;
    }
    ++summary.searched;
    ++summary.ends[std::string(to_string(chain.end))];
    summary.queries_total += chain.queries;
    summary.queries_refining += chain.refine_queries;
    summary.ties += chain.ties;
    summary.not_finite += chain.not_finite;
    seconds.push_back(chain.seconds);
    const auto found = findings.found.find(chain.seed);
    const bool has_one = found != findings.found.end();
    queries.push_back(static_cast<double>(has_one ? found->second.first_queries : chain.queries));
    if (!has_one) continue;
    ++summary.found;
    findings_of_ended += found->second.count;
    to_find.push_back(queries.back());
  }
  summary.remaining = seeds.planned_count - std::ssize(done);
  summary.complete = summary.remaining == 0;
  summary.found_in_remaining = std::ssize(findings.found) - summary.found;
  summary.queries = spread(queries);
  summary.queries_to_find = spread(to_find);
  if (findings_of_ended > 0)
    summary.queries_per_finding = static_cast<double>(summary.queries_total) / static_cast<double>(findings_of_ended);
  if (!seconds.empty()) summary.seconds_per_seed = mean(seconds);
}

std::optional<double> maybe(const Json& number) {
  return number.is_null() ? std::nullopt : std::optional(number.get<double>());
}

void read_facts(const Json& facts, RunSummary& summary) {
  const auto side = [&facts](const char* name) {
    const Json& model = facts.at("models").at(name);
    return ModelSummary{model.at("path").get<std::string>(), model.at("runtime").get<std::string>(),
                        maybe(facts.at("accuracy").at(name))};
  };
  summary.original = side("original");
  summary.compressed = side("compressed");
  summary.agreement = maybe(facts.at("agreement"));
  if (facts.contains("figures")) summary.figures = pair_figures_of(facts.at("figures"));
  summary.rows_exact = facts.at("rows_exact").get<bool>();
  summary.batch = facts.at("batch").get<int>();
  summary.workers = facts.at("workers").get<int>();
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? Json(nullptr) : Json(Share{part, whole}.value());
}

Json spread_json(const std::optional<Spread>& s) {
  if (!s) return {{"mean", nullptr}, {"median", nullptr}, {"p90", nullptr}};
  return {{"mean", s->mean}, {"median", s->median}, {"p90", s->p90}};
}

Json queries_json(const RunSummary& s) {
  Json json = spread_json(s.queries);
  json["to_find"] = spread_json(s.queries_to_find);
  json["total"] = s.queries_total;
  json["refining"] = s.queries_refining;
  json["timed"] = s.timing.queries;
  json["per_finding"] = or_null(s.queries_per_finding);
  return json;
}

Json distance_json(const std::optional<Distance>& d) {
  if (!d) return {{"linf", nullptr}, {"l2", nullptr}, {"ssim", nullptr}};
  return {{"linf", d->linf}, {"l2", d->l2}, {"ssim", d->ssim}};
}

Json severity_json(const std::optional<Spread>& s) {
  if (!s) return {{"median", nullptr}, {"p90", nullptr}};
  return {{"median", s->median}, {"p90", s->p90}};
}

Json robust_json(const std::optional<RobustSummary>& r) {
  if (!r) return nullptr;
  return {{"share", json_of(r->share)}, {"all", r->all}, {"none", r->none}};
}

Json regressions_json(const RegressionSummary& r, std::int64_t searched) {
  Json json = {{"aimed", r.aimed}, {"seeds", r.seeds}, {"findings", r.findings}, {"share", share(r.seeds, searched)}};
  json["severity"] = severity_json(r.severity);
  return json;
}

Json natural_kinds_json(const std::vector<NaturalKindSummary>& kinds) {
  Json json = Json::array();
  for (const NaturalKindSummary& k : kinds) {
    json.push_back({{"kind", k.kind},
                    {"needed", json_of(k.needed)},
                    {"strength", json_of(k.strength)},
                    {"amount", k.amount},
                    {"owed", json_of(k.owed)}});
  }
  return json;
}

}  // namespace

RunSummary summarise(const FindingStore& store, const RunTiming& timing) {
  const RunRecord record = store.record();
  RunSummary summary;
  summary.timing = timing;
  summary.facts = record.facts;
  summary.settings = record.settings;
  read_facts(parse_record(record.facts, store.folder()), summary);
  const Json settings = parse_record(record.settings, store.folder());
  summary.oracle = settings.value("oracle", summary.oracle);
  summary.regressions.aimed = settings.value("goal", "deviation") == "regression";
  const SeedRows seeds = read_seeds(parse_record(record.seeds, store.folder()), summary);
  const FindingRows findings = read_findings(store, summary);
  read_chains(store.done(), seeds, findings, summary);
  summary.failed = std::ssize(store.failed());
  return summary;
}

std::string to_json(const RunSummary& s) {
  const Json facts = Json::parse(s.facts);
  const Json json = {
      {"schema_version", kSummarySchemaVersion},
      {"complete", s.complete},
      {"seeds", s.seeds},
      {"searched", s.searched},
      {"remaining", s.remaining},
      {"skipped", Json(s.skipped)},
      {"natural", s.natural},
      {"agreement", or_null(s.agreement)},
      {"accuracy", {{"original", or_null(s.original.accuracy)}, {"compressed", or_null(s.compressed.accuracy)}}},
      {"figures", s.figures ? json_of(*s.figures) : Json(nullptr)},
      {"found", s.found},
      {"found_in_remaining", s.found_in_remaining},
      {"success_rate", share(s.found, s.searched)},
      {"ends", Json(s.ends)},
      {"queries", queries_json(s)},
      {"seconds", {{"mean_per_seed", or_null(s.seconds_per_seed)}, {"wall", s.timing.wall_seconds}}},
      {"queries_per_second", s.timing.queries_per_second},
      {"rows_exact", s.rows_exact},
      {"confirmed", s.confirmed},
      {"confirmations", s.confirmations},
      {"flaky", s.flaky},
      {"ties", s.ties},
      {"not_finite", s.not_finite},
      {"failed", s.failed},
      {"unique_rate", share(s.images, s.confirmed)},
      {"severity", severity_json(s.severity)},
      {"robust", robust_json(s.robust)},
      {"distance", distance_json(s.distance)},
      {"kinds", Json(s.kinds)},
      {"ways", Json(s.ways)},
      {"corrupted", {{"within_severity_5", s.within_severity_5}, {"beyond_severity_5", s.beyond_severity_5}}},
      {"regressions", regressions_json(s.regressions, s.searched)},
      {"natural_kinds", natural_kinds_json(s.natural_kinds)},
      {"notes", facts.value("notes", Json::array())},
      {"models", facts.at("models")},
      {"machine", facts.at("machine")},
      {"batch", s.batch},
      {"workers", s.workers},
      {"settings", Json::parse(s.settings)},
  };
  return json_text(json, 2) + "\n";
}

}  // namespace dflare
