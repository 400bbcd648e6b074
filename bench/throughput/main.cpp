// How near the search comes to the runtimes' own speed: a table, and JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <tuple>

#include "dflare/error.h"
#include "dflare/process.h"
#include "measurement.h"

namespace dflare::bench {
namespace {

struct Options {
  std::vector<std::tuple<std::string, std::string, std::string>> pairs;
  std::vector<std::string> only;
  std::string preprocess = "raw", labels, shared, json, batch = "auto", tflite_kernels = "xnnpack";
  int label_offset = 0;
  std::vector<int> workers{1, 2};
  bool all = false;
  MeasureOptions measure;
};

std::filesystem::path shared_data() {
  const char* const folder = std::getenv("DFLARE_SHARED");
  const std::filesystem::path root = folder != nullptr ? folder : DFLARE_SOURCE_DIR "/../shared";
  return root / "data";
}

void declare(CLI::App& app, Options& o) {
  StrategyOptions& strategy = o.measure.search.strategy;
  o.shared = shared_data().string();
  app.add_option("--pair", o.pairs, "ORIGINAL COMPRESSED SEEDS to measure instead of the known pairs");
  app.add_option("--preprocess", o.preprocess, "preprocessing of --pair");
  app.add_option("--labels", o.labels, "labels of --pair");
  app.add_option("--label-offset", o.label_offset, "label offset of --pair");
  app.add_option("--only", o.only, "only known pairs whose name contains this")->delimiter(',');
  app.add_flag("--all", o.all, "every pair of the shared list, not one of each kind");
  app.add_option("--shared", o.shared, "folder with pairs.json (default: $DFLARE_SHARED/data, ../shared/data)");
  app.add_option("--workers", o.workers, "numbers of workers to measure (default: 1,2)")->delimiter(',');
  app.add_option("--threads", o.measure.model.threads, "threads inside one query (default: 1)");
  app.add_option("--batch", o.batch, "rows a query, or auto (default)");
  app.add_option("--seconds", o.measure.seconds, "length of a turn (default: 0.5)");
  app.add_option("--rounds", o.measure.rounds, "rounds of four turns (default: 5)");
  app.add_option("--strategy", strategy.name, "strategy of the search (default: dflare)");
  app.add_option("--operators", strategy.operators, "its operators (default: paper)");
  app.add_option("--max-queries", o.measure.search.max_queries, "queries a seed (default: 2000)");
  app.add_option("--tflite-kernels", o.tflite_kernels, "xnnpack (default) or builtin");
  app.add_option("--json", o.json, "file for the figures");
}

std::vector<PairSpec> chosen_pairs(const Options& o) {
  std::vector<PairSpec> pairs;
  for (const auto& [original, compressed, seeds] : o.pairs) {
    pairs.push_back({.id = std::filesystem::path(compressed).stem().string(),
                     .original = original,
                     .compressed = compressed,
                     .seeds = seeds,
                     .labels = o.labels,
                     .preprocess = o.preprocess,
                     .label_offset = o.label_offset});
  }
  if (!pairs.empty()) return pairs;
  pairs = known_pairs(DFLARE_SOURCE_DIR "/examples", o.shared, o.all);
  std::erase_if(pairs, [&o](const PairSpec& pair) {
    const auto named = [&pair](const std::string& part) { return pair.id.find(part) != std::string::npos; };
    return !o.only.empty() && std::none_of(o.only.begin(), o.only.end(), named);
  });
  return pairs;
}

void print_head() {
  fmt::print(
      "Inputs that both models answered, a second: the runtimes alone on filled tensors, the search with events to\n"
      "memory, the search with a run folder. %: of the runtimes alone, by the wall clock and by CPU time, which is "
      "the\n"
      "steadier one on a busy machine. Shares: of the workers' time in the search with a run folder.\n\n");
  fmt::print("{:<24}{:>6}{:>8}{:>9} |{:>6}{:>6} |{:>8}{:>6}{:>6} |{:>8}{:>6}{:>6} |", "pair", "batch", "workers",
             "runtimes", "fill %", "cpu", "search", "%", "cpu", "stored", "%", "cpu");
  fmt::print("{:>7}{:>6}{:>6}{:>8}{:>6}{:>6}{:>9}\n", "mutate", "query", "judge", "confirm", "store", "other",
             "findings");
}

void print_row(const Measurement& m) {
  const Round rate = m.median();
  const Round ratio = m.ratio();
  const Shares& s = m.shares;
  const auto percent = [](const Rate& r) {
    return fmt::format("{:>6.1f}{:>6.1f}", 100 * r.per_second, 100 * r.per_cpu_second);
  };
  fmt::print("{:<24}{:>6}{:>8}{:>9.0f} |{} |{:>8.0f}{} |{:>8.0f}{} |", m.id.substr(0, 23), m.batch, m.workers,
             rate.runtimes.per_second, percent(ratio.queries), rate.in_memory.per_second, percent(ratio.in_memory),
             rate.on_disk.per_second, percent(ratio.on_disk));
  fmt::print("{:>7.1f}{:>6.1f}{:>6.1f}{:>8.1f}{:>6.1f}{:>6.1f}{:>9}\n", 100 * s.mutate, 100 * s.query, 100 * s.judge,
             100 * s.confirm, 100 * s.store, 100 * s.other, m.findings);
  std::fflush(stdout);
}

// Rewritten after each measurement, so that a long run that is stopped leaves what it has.
void write_json(const std::string& path, const nlohmann::json& results, const MeasureOptions& options) {
  if (path.empty()) return;
  std::ofstream file(path);
  file << nlohmann::json{{"cores", std::thread::hardware_concurrency()},
                         {"seconds_a_turn", options.seconds},
                         {"strategy", options.search.strategy.name},
                         {"operators", options.search.strategy.operators},
                         {"results", results}}
              .dump(2)
       << "\n";
  file.close();
  if (!file) throw Error(ErrorCode::kCannotWrite, "cannot write " + path, "use --json with a path that can be written");
}

void run(Options& o) {
  o.measure.search.batch = o.batch == "auto" ? 0 : std::stoi(o.batch);
  o.measure.model.tflite_kernels = o.tflite_kernels == "builtin" ? TfliteKernels::kBuiltin : TfliteKernels::kXnnpack;
  nlohmann::json results = nlohmann::json::array();
  print_head();
  for (const PairSpec& pair : chosen_pairs(o)) {
    for (const int workers : o.workers) {
      o.measure.search.workers = workers;
      const Measurement m = measure(pair, o.measure);
      print_row(m);
      results.push_back(to_json(m));
      write_json(o.json, results, o.measure);
    }
  }
}

}  // namespace
}  // namespace dflare::bench

int main(int argc, char** argv) {
  CLI::App app("How near the search comes to the runtimes' own speed.");
  dflare::bench::Options options;
  declare(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    dflare::use_one_opencv_thread();
    dflare::bench::run(options);
  } catch (const dflare::Error& e) {
    fmt::print(stderr, "error: {}\n{}{}\n", e.what(), e.hint().empty() ? "" : "hint: ", e.hint());
    return 1;
  }
}
