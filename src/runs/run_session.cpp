// A run's folder while it is worked on: begun, searched in sessions, left.
#include "dflare/run_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "core/pacer.h"
#include "dflare/error.h"
#include "runs/record.h"
#include "runs/session_parts.h"

namespace dflare {
namespace {

bool is_there(const std::filesystem::path& folder) {
  std::error_code unknown;  // whoever makes it will say
  return std::filesystem::exists(folder, unknown);
}

std::vector<SeedIndex> seeds_of(const std::vector<SeedDone>& done) {
  std::vector<SeedIndex> seeds;
  for (const SeedDone& chain : done) seeds.push_back(chain.seed);
  return seeds;
}

// A run in which a model failed can be gone on with.
Error with_way_on(const Error& e, const FindingStore& store) {
  if (e.code() != ErrorCode::kModelFailed) return e;
  return {e.code(), e.what(),
          fmt::format("{}{}what was found is kept in {}; `dflare resume` goes on", e.hint(),
                      e.hint().empty() ? "" : "; ", store.folder().string())};
}

}  // namespace

NewRun::NewRun(const std::filesystem::path& folder)
    : existed_(is_there(folder)), store_(FindingStore::create(folder)) {}

NewRun::~NewRun() {
  if (begun_) return;
  const std::filesystem::path folder = store_->folder();
  store_.reset();
  std::error_code ignored;
  try {
    FindingStore::remove_unbegun(folder);
  } catch (const Error&) {
    return;
  }
  if (!existed_) std::filesystem::remove(folder, ignored);
}

void NewRun::begin(const Options& options, const OpenPair& pair, const SeedSet& seeds, const Search& search,
                   const std::vector<std::string>& notes) {
  store_->record(make_record(options, pair, seeds, search, notes));
  begun_ = true;
}

std::filesystem::path free_run_folder() {
  for (int n = 1;; ++n) {
    std::filesystem::path folder = fmt::format("dflare-run-{}", n);
    if (!is_there(folder)) return folder;
  }
}

RunTiming recorded_timing(const std::filesystem::path& folder) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(folder / "summary.json", none)) return {};
  std::ifstream stream(folder / "summary.json");
  const auto summary = nlohmann::ordered_json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!summary.is_object()) return {};
  RunTiming timing{.wall_seconds = summary.value("/seconds/wall"_json_pointer, 0.0),
                   .queries_per_second = summary.value("queries_per_second", 0.0)};
  // Earlier versions did not count them.
  const std::int64_t guessed = std::llround(timing.queries_per_second * timing.wall_seconds);
  timing.queries = summary.value("/queries/timed"_json_pointer, guessed);
  return timing;
}

std::int64_t queries_of(const std::vector<SeedDone>& done) {
  return std::accumulate(done.begin(), done.end(), std::int64_t{0}, [](std::int64_t sum, const SeedDone& chain) {
    return sum + chain.queries + chain.refine_queries;
  });
}

void recall_counts(const FindingStore& store, const std::vector<SeedDone>& done, LiveProgress& progress) {
  SeedIndex last;
  store.for_each_finding(false, [&](const Finding& finding) {
    const auto ended = std::ranges::lower_bound(done, finding.seed, {}, &SeedDone::seed);
    if (ended == done.end() || ended->seed != finding.seed) return;  // its chain runs again
    const bool counts = !finding.flaky && finding.kind != FindingKind::kNatural;
    if (finding.flaky) ++progress.flaky;
    if (!finding.flaky && !counts) ++progress.natural;
    if (counts && finding.seed != std::exchange(last, finding.seed)) ++progress.found;
  });
  progress.seeds_done = static_cast<std::int64_t>(done.size());
}

RunSummary close_session(FindingStore& store, const RunTiming& before, std::int64_t queries_before,
                         double wall_seconds) {
  store.derive_pngs();
  RunTiming timing = before;
  if (wall_seconds > 0) {
    const std::int64_t queries = queries_of(store.done()) - queries_before;
    timing = {.wall_seconds = before.wall_seconds + wall_seconds,
              .queries = before.queries + queries,
              .queries_per_second = static_cast<double>(queries) / wall_seconds};
  }
  RunSummary summary = summarise(store, timing);
  store.write_summary(to_json(summary));
  return summary;
}

RunSession run_session(FindingStore& store, Search& search, LiveProgress* live, const SessionHooks& hooks) {
  const std::vector<SeedDone> done = store.done();
  const RunTiming before = recorded_timing(store.folder());
  if (live != nullptr) {
    recall_counts(store, done, *live);
    live->seeds_total = static_cast<std::int64_t>(search.plan().size());
  }
  if (hooks.begun) hooks.begun();
  const Elapsed elapsed;
  const auto close = [&] {
    const double wall_seconds = elapsed.seconds();
    if (hooks.ended) hooks.ended();
    return close_session(store, before, queries_of(done), wall_seconds);
  };
  const auto close_if_possible = [&close] {
    try {
      close();
    } catch (...) {  // what ended the run is what is told
    }
  };
  SearchResult result;
  try {
    result = search.run(seeds_of(done), store);
  } catch (const Error& e) {
    close_if_possible();
    throw with_way_on(e, store);
  } catch (...) {
    close_if_possible();
    throw;
  }
  return {result, close()};
}

RunSummary close_run(FindingStore& store) {
  return close_session(store, recorded_timing(store.folder()), queries_of(store.done()), 0);
}

}  // namespace dflare
