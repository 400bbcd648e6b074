// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#include "cli/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "cli/crash.h"
#include "cli/terminal.h"
#include "dflare/error.h"
#include "dflare/report_text.h"
#include "dflare/run_words.h"

namespace dflare::cli {
namespace {

std::int64_t total_queries(const std::vector<SeedDone>& done) {
  return std::accumulate(done.begin(), done.end(), std::int64_t{0}, [](std::int64_t sum, const SeedDone& chain) {
    return sum + chain.queries + chain.refine_queries;
  });
}

}  // namespace

Session::Session(FindingStore& store, const Options& options)
    : store_(store),
      json_(options.json),
      quiet_(options.quiet),
      before_(recorded_timing(store.folder())),
      interrupt_(live_),
      watchdog_(live_, options.query_timeout, store.folder().string()),
      display_(std::make_unique<ProgressDisplay>(live_, options.quiet)) {}

int Session::conduct(Search& search) {
  const std::vector<SeedDone> done = store_.done();
  crashes_leave(store_.folder());
  recall_counts(done);
  SearchResult result;
  try {
    result = run_engine(search, done);
  } catch (const Error& e) {
    display_.reset();
    if (e.code() == ErrorCode::kModelFailed) {
      finish();
      throw Error(e.code(), e.what(),
                  fmt::format("{}{}what was found is kept in {}; `dflare resume` goes on", e.hint(),
                              e.hint().empty() ? "" : "; ", store_.folder().string()));
    }
    throw;
  }
  print_result(store_, finish(), result.end, json_, quiet_);
  return result.end == SearchEnd::kStopped ? 130 : 0;
}

int Session::interrupted_at_start_up() {
  display_.reset();
  if (!quiet_) say(stderr, "interrupted before the search began\n");
  return 130;
}

void Session::recall_counts(const std::vector<SeedDone>& done) {
  queries_before_ = total_queries(done);
  SeedIndex last;
  store_.for_each_finding(false, [&](const Finding& finding) {
    const auto ended = std::ranges::lower_bound(done, finding.seed, {}, &SeedDone::seed);
    if (ended == done.end() || ended->seed != finding.seed) return;  // its chain runs again
    const bool counts = !finding.flaky && finding.kind != FindingKind::kNatural;
    if (finding.flaky) ++live_.flaky;
    if (!finding.flaky && !counts) ++live_.natural;
    if (counts && finding.seed != std::exchange(last, finding.seed)) ++live_.found;
  });
  live_.seeds_done = static_cast<std::int64_t>(done.size());
}

SearchResult Session::run_engine(Search& search, const std::vector<SeedDone>& done) {
  std::vector<SeedIndex> ended;
  for (const SeedDone& chain : done) ended.push_back(chain.seed);
  live_.seeds_total = static_cast<std::int64_t>(search.plan().size());
  display_->begin();
  const auto started = std::chrono::steady_clock::now();
  const auto note_time = [&] {
    wall_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  watchdog_.watch(search.context().seeds, &search);
  try {
    SearchResult result = search.run(ended, store_);
    watchdog_.watch(nullptr, nullptr);
    note_time();
    display_.reset();
    return result;
  } catch (...) {
    watchdog_.watch(nullptr, nullptr);
    note_time();
    throw;
  }
}

RunSummary Session::finish() {
  store_.derive_pngs();
  const std::int64_t queries = total_queries(store_.done()) - queries_before_;
  RunSummary summary =
      summarise(store_, {.wall_seconds = before_.wall_seconds + wall_,
                         .queries = before_.queries + queries,
                         .queries_per_second = wall_ > 0 ? static_cast<double>(queries) / wall_ : 0.0});
  store_.write_summary(to_json(summary));
  return summary;
}

void print_result(const FindingStore& store, const RunSummary& summary, SearchEnd end, bool json, bool quiet) {
  if (json) {
    put(stdout, to_json(summary));
  } else if (!quiet) {
    put(stdout, text_of(run_report(store, summary), style_of(stdout)));
    flush(stdout);
  }
  const std::string next = what_next(summary, end, store.folder().string());
  if (!quiet && !next.empty()) say(stderr, "{}\n", next);
}

RunTiming recorded_timing(const std::filesystem::path& run) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(run / "summary.json", none)) return {};
  std::ifstream stream(run / "summary.json");
  const auto summary = nlohmann::ordered_json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!summary.is_object()) return {};
  RunTiming timing{.wall_seconds = summary.value("/seconds/wall"_json_pointer, 0.0),
                   .queries_per_second = summary.value("queries_per_second", 0.0)};
  // Earlier versions did not count them.
  const std::int64_t guessed = std::llround(timing.queries_per_second * timing.wall_seconds);
  timing.queries = summary.value("/queries/timed"_json_pointer, guessed);
  return timing;
}

}  // namespace dflare::cli
