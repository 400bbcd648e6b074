// Queries per finding on every pair of a manifest: the measure by which strategies are compared.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "dflare/error.h"
#include "dflare/search.h"

int main(int argc, char** argv) {
  using namespace dflare;
  const std::filesystem::path data = argv[1];
  const std::regex only(argc > 2 ? argv[2] : ".");
  const std::string what = argc > 3 ? argv[3] : "boundary";
  const std::string ties = argc > 4 ? argv[4] : "skip";
  const std::string ends = argc > 5 ? argv[5] : "blend";
  const int n = argc > 6 ? std::atoi(argv[6]) : 100;
  const int repeats = argc > 7 ? std::atoi(argv[7]) : 1;
  const auto manifest = nlohmann::json::parse(std::ifstream(data / "pairs.json"));
  struct Sink : EventSink {
    std::vector<double> queries;
    int found = 0;
    int nat = 0;
    std::vector<double> severity, l2;
    void write(const Events& e) override {
      for (const auto& d : e.done)
        if (d.queries > 0) queries.push_back(static_cast<double>(d.queries)), found += d.end == ChainEnd::kFound;
      for (const auto& f : e.findings)
        if (!f.flaky && f.kind != FindingKind::kNatural) {
          severity.push_back(f.severity);
          l2.push_back(f.distance.l2);
          nat += f.how.find("\"blend\"") == std::string::npos;
        }
    }
  };
  double all = 0, worst = 0, natural_all = 0;
  int pairs = 0;
  for (const auto& e : manifest["pairs"]) {
    const std::string id = e["id"];
    if (!std::regex_search(id, only)) continue;
    ModelOptions mo;
    mo.preprocess = parse_preprocess(e["preprocess"].get<std::string>());
    auto f = open_model(data / e["original"].get<std::string>(), mo);
    auto g = open_model(data / e["compressed"].get<std::string>(), mo);
    SeedOptions so;
    so.shape = f->info().shape;
    so.labels = data / e["labels"].get<std::string>();
    const SeedSet seeds = load_seeds(data / e["images"].get<std::string>(), so);
    Sink sink;
    double wall = 0;
    PairFacts facts;
    for (int r = 0; r < repeats; ++r) {
      SearchSettings s;
      s.strategy.name = what;
      s.rng_seed = static_cast<std::uint64_t>(r);
      s.strategy.end_points = ends == "blend"     ? EndPoints::kBlend
                              : ends == "corrupt" ? EndPoints::kCorrupt
                              : ends == "attack"  ? EndPoints::kAttack
                              : ends == "mutate"  ? EndPoints::kMutate
                                                  : EndPoints::kAuto;
      s.acceptance.ties = ties == "count" ? TiePolicy::kCount : TiePolicy::kSkip;
      s.max_seeds = n;
      if (const char* r = std::getenv("REFINE"))
        s.refine = std::string(r) == "climb" ? Refine::kClimb : Refine::kShrink;
      if (const char* r = std::getenv("LINF")) s.budget.linf = std::atof(r);
      s.original_label_offset = s.compressed_label_offset = e["label_offset"];
      Search search({f.get(), g.get()}, seeds, s);
      wall += search.run({}, sink).wall_seconds;
      facts = search.facts();
    }
    auto median = [](std::vector<double> v) {
      if (v.empty()) return 0.0;
      std::nth_element(v.begin(), v.begin() + v.size() / 2, v.end());
      return v[v.size() / 2];
    };
    double mean = 0;
    for (double q : sink.queries) mean += q;
    mean /= static_cast<double>(sink.queries.size());
    all += mean;
    ++pairs;
    worst = std::max(worst, mean);
    natural_all += 1.0 * sink.nat / std::max(1, sink.found);
    fmt::print(
        "{:46} {:4}/{:4} mean {:7.2f} median {:4.0f} max {:5.0f} nat {:3.0f}% sev {:6.3f} l2 {:5.2f}  step "
        "{:.4f}/{:.4f} exact {} batch {} {:.1f}s\n",
        id, sink.found, sink.queries.size(), mean, median(sink.queries),
        *std::max_element(sink.queries.begin(), sink.queries.end()), 100.0 * sink.nat / std::max(1, sink.found),
        median(sink.severity), median(sink.l2), facts.original.step, facts.compressed.step, facts.rows_exact,
        facts.batch, wall);
    std::fflush(stdout);
  }
  fmt::print("mean over {} pairs {:.2f}, worst {:.2f}, natural {:.0f}%\n", pairs, all / pairs, worst,
             100 * natural_all / pairs);
}
