// A run, read for its page from its folder alone.
#include "dflare/run_page.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/hash.h"
#include "dflare/error.h"
#include "dflare/finding_report.h"
#include "dflare/model_files.h"
#include "dflare/run_report.h"
#include "dflare/settings.h"
#include "page/other_label.h"
#include "page/page_images.h"
#include "page/verdict.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kHashed = 1U << 30U;  // larger model files would keep the reader waiting

// What changed the input, for grouping.
std::string way_of(const Finding& finding, const std::string& strategy) {
  if (finding.kind == FindingKind::kNatural) return "as it is";
  const Json how = Json::parse(finding.how, nullptr, /*allow_exceptions=*/false);
  if (!how.is_object()) return "mutations by " + strategy;
  const std::string end_point = how.value("end_point", "");
  if (end_point == "corrupt") return how.value("corruption", "corruption");
  if (end_point == "natural") return "natural changes";
  if (end_point == "blend") return "blend with another input";
  if (end_point == "attack") return "changes searched for";
  return "mutations";
}

std::vector<PageFinding> findings_of(const FindingStore& store, const RunPage& page) {
  std::vector<PageFinding> findings;
  FindingReport report = finding_report({}, page.run, page.run.options);
  store.for_each_finding(false, [&](const Finding& finding) {
    if (finding.flaky) return;
    PageFinding f{.finding = finding, .answers = {}, .original = {}, .compressed = {}, .way = {}, .words = {}};
    f.answers = top_answers_of(finding.answers);
    f.finding.answers.clear();
    if (page.summary.labels() && !f.answers) std::tie(f.original, f.compressed) = other_labels(finding);
    report.finding = finding;
    f.way = way_of(finding, report.strategy);
    f.words = way_in_words(report);
    findings.push_back(std::move(f));
  });
  return findings;
}

std::vector<PageSeed> seeds_of(const RunPage& page) {
  std::map<SeedIndex, PageSeed> seeds;
  for (const PageFinding& f : page.findings) {
    const RecordedSeed& seed = page.run.seeds.at(static_cast<std::size_t>(f.finding.seed.value));
    const int label = seed.label < 0 ? -1 : seed.label + page.label_shift;
    PageSeed& of =
        seeds.try_emplace(f.finding.seed, PageSeed{.seed = f.finding.seed, .source = seed.source, .label = label})
            .first->second;
    if (!f.answers || !of.original.empty()) continue;
    of.original = f.answers->seed_original;
    of.compressed = f.answers->seed_compressed;
  }
  std::vector<PageSeed> list;
  for (auto& [index, seed] : seeds) list.push_back(std::move(seed));
  return list;
}

// Of the inputs whose search has ended.
std::vector<FoundBy> found_by(const FindingStore& store, const RunPage& page) {
  std::map<SeedIndex, std::int64_t> first;
  for (const PageFinding& f : page.findings) {
    if (f.finding.kind == FindingKind::kNatural) continue;
    const auto [seed, is_new] = first.try_emplace(f.finding.seed, f.finding.queries);
    seed->second = std::min(seed->second, f.finding.queries);
  }
  std::map<std::int64_t, std::int64_t> counts;
  for (const SeedDone& done : store.done()) {
    if (const auto seed = first.find(done.seed); seed != first.end()) ++counts[seed->second];
  }
  std::vector<FoundBy> curve;
  for (const auto& [queries, count] : counts)
    curve.push_back({queries, count + (curve.empty() ? 0 : curve.back().inputs)});
  return curve;
}

FileSize size_now(const RecordedRun& run, const std::string& what) {
  for (const RecordedFile& file : run.files) {
    if (file.what != what || is_command(file.path)) continue;
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(file.path, failed);
    if (failed || size > kHashed) return {};
    try {
      if (sha256_of_file(file.path) == file.sha256) return size;
    } catch (const Error&) {
      return {};  // the page does without
    }
  }
  return {};
}

// Bytes that are left for pictures, beside what else stands on the page; as text they take an eighth more.
std::size_t picture_bytes(const RunPage& page, std::size_t page_bytes) {
  constexpr std::size_t kProgram = 60'000, kFinding = 28, kSeed = 20, kLabels = 3;  // deflated
  std::size_t rest = kProgram;
  for (const PageFinding& f : page.findings) {
    const std::size_t labels = f.answers ? f.answers->original.size() + f.answers->compressed.size() : 0;
    rest += kFinding + kLabels * labels + f.finding.facts.size();
  }
  for (const PageSeed& seed : page.seeds) {
    rest += kSeed + kLabels * (seed.original.size() + seed.compressed.size()) + seed.source.size();
  }
  return page_bytes > rest ? (page_bytes - rest) / 8 * 7 : 0;
}

}  // namespace

RunPage run_page(const FindingStore& store, std::size_t page_bytes) {
  RunPage page;
  page.run = read_run(store);
  page.summary = summarise(store, {});
  page.classes = class_names(page.run.options.classes);
  page.label_shift =
      std::min(label_offset(page.run.options, Side::kOriginal), label_offset(page.run.options, Side::kCompressed));
  page.original_size = size_now(page.run, "original model");
  page.compressed_size = size_now(page.run, "compressed model");
  page.findings = findings_of(store, page);
  page.seeds = seeds_of(page);
  page.found_by = found_by(store, page);
  page.verdict = verdict_of(page.summary, page.findings, page.run.folder.string());
  add_pictures(store, picture_bytes(page, page_bytes), page);
  return page;
}

}  // namespace dflare
