// One session of a run, begun or resumed: the engine under the eyes of display, watchdog and Ctrl-C.
#include "cli/session.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <numeric>
#include <utility>

#include "cli/closing.h"
#include "dflare/error.h"

namespace dflare::cli {
namespace {

std::int64_t total_queries(const std::vector<SeedDone>& done) {
  return std::accumulate(done.begin(), done.end(), std::int64_t{0}, [](std::int64_t sum, const SeedDone& chain) {
    return sum + chain.queries + chain.refine_queries;
  });
}

double earlier_wall(const std::filesystem::path& run) {
  const auto summary = read_summary(run);
  return summary.is_null() ? 0.0 : summary.value("/seconds/wall"_json_pointer, 0.0);
}

}  // namespace

Session::Session(FindingStore& store, const Options& options)
    : store_(store),
      json_(options.json),
      quiet_(options.quiet),
      wall_before_(earlier_wall(store.folder())),
      interrupt_(live_),
      watchdog_(live_, options.query_timeout, store.folder().string()),
      display_(std::make_unique<ProgressDisplay>(live_, options.quiet)) {}

int Session::conduct(Search& search) {
  const std::vector<SeedDone> done = store_.done();
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
  print_result(store_, finish(), json_, quiet_);
  const std::string run = store_.folder().string();
  if (result.end == SearchEnd::kTimeLimit && !quiet_) {
    fmt::print(stderr, "the time limit ended the run; `dflare resume {}` goes on\n", run);
  }
  if (result.end != SearchEnd::kStopped) return 0;
  if (!quiet_) fmt::print(stderr, "interrupted, everything found is kept; `dflare resume {}` goes on\n", run);
  return 130;
}

int Session::interrupted_at_start_up() {
  display_.reset();
  if (!quiet_) fmt::print(stderr, "interrupted before the search began\n");
  return 130;
}

void Session::recall_counts(const std::vector<SeedDone>& done) {
  queries_before_ = total_queries(done);
  SeedIndex last;
  store_.for_each_finding(false, [&](const Finding& finding) {
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
  try {
    SearchResult result = search.run(ended, store_);
    note_time();
    display_.reset();
    return result;
  } catch (...) {
    note_time();
    throw;
  }
}

nlohmann::ordered_json Session::finish() {
  store_.derive_pngs();
  const double queries = static_cast<double>(total_queries(store_.done()) - queries_before_);
  const Timing timing{.wall_seconds = wall_before_ + wall_, .queries_per_second = wall_ > 0 ? queries / wall_ : 0.0};
  nlohmann::ordered_json summary = summarise(store_, timing);
  store_.write_summary(summary.dump(2) + "\n");
  return summary;
}

void print_result(const FindingStore& store, const nlohmann::ordered_json& summary, bool json, bool quiet) {
  if (json) {
    fmt::print("{}\n", summary.dump(2));
  } else if (!quiet) {
    print_closing_table(store, summary);
  }
}

nlohmann::ordered_json read_summary(const std::filesystem::path& run) {
  std::ifstream stream(run / "summary.json");
  if (!stream) return nullptr;
  auto summary = nlohmann::ordered_json::parse(stream, nullptr, /*allow_exceptions=*/false);
  return summary.is_object() ? summary : nlohmann::ordered_json(nullptr);
}

}  // namespace dflare::cli
