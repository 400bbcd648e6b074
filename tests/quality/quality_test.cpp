// Hard things are found: how often and how soon on the pairs in examples/. The bars leave room beyond the worst of five
// run seeds as measured with ONNX Runtime 1.32 (in the comments: found, mean queries), so that another version of it
// does not fail them, and a search that got worse does.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "dflare/error.h"
#include "dflare/search.h"

namespace dflare {
namespace {

constexpr int kSeeds = 60;               // one in five of a pair's images, or all there are
constexpr int kRunSeeds = 3;             // a figure is taken over so many runs
constexpr std::int64_t kQueries = 2000;  // a seed

struct ExamplePair {
  std::string original, compressed, preprocess, seeds, classes;
};

const ExamplePair kDigitsInt8{"digits-lenet5", "digits-lenet5-int8", "unit", "digits", ""};
const ExamplePair kDigitsPruned{"digits-lenet5", "digits-lenet5-prune80", "unit", "digits", ""};
const ExamplePair kPatchesInt8{"patches-cnn", "patches-cnn-int8", "imagenet", "patches", "patches-classes.txt"};

struct Opened {
  std::unique_ptr<Model> original, compressed;
  SeedSet seeds;
};

Opened open(const ExamplePair& pair) {
  const std::filesystem::path examples = std::filesystem::path(DFLARE_SOURCE_DIR) / "examples";
  ModelOptions options;
  options.preprocess = parse_preprocess(pair.preprocess);
  Opened opened;
  opened.original = open_model(examples / "models" / (pair.original + ".onnx"), options);
  opened.compressed = open_model(examples / "models" / (pair.compressed + ".onnx"), options);
  SeedOptions seeds{.shape = opened.original->info().shape, .preprocess = options.preprocess};
  if (!pair.classes.empty()) seeds.classes = examples / "seeds" / pair.classes;
  SeedSet all = load_seeds(examples / "seeds" / pair.seeds, seeds);
  opened.seeds.path = all.path;
  opened.seeds.labelled = all.labelled;
  for (std::size_t i = 0; i < all.seeds.size(); i += 5) opened.seeds.seeds.push_back(std::move(all.seeds[i]));
  return opened;
}

// What became of the chains of some runs; natural deviations have none.
struct Tally {
  std::int64_t chains = 0, all_found = 0, all_queries = 0, flaky = 0;
  std::int64_t from_corruption = 0, beyond_budget = 0;
  std::vector<double> severities, l2s;

  [[nodiscard]] double found() const { return static_cast<double>(all_found) / static_cast<double>(chains); }
  [[nodiscard]] double queries() const { return static_cast<double>(all_queries) / static_cast<double>(chains); }
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return middle == values.end() ? 0 : *middle;
}

class TallyingSink : public EventSink {
 public:
  explicit TallyingSink(const SeedSet& seeds, PerturbationBudget budget) : seeds_(seeds), budget_(budget) {}

  void write(const Events& events) override {
    for (const Finding& f : events.findings) {
      if (f.kind == FindingKind::kNatural || f.flaky) continue;
      tally.from_corruption += f.how.find("\"corrupt\"") != std::string::npos ? 1 : 0;
      tally.severities.push_back(f.severity);
      const Input stored = decode_image(f.png, "a finding");
      const InputView seed = seeds_.seeds[static_cast<std::size_t>(f.seed.value)].input.view();
      const Distance d = distance(seed, stored.view());
      tally.l2s.push_back(d.l2);
      tally.beyond_budget += budget_.allows(d) ? 0 : 1;
    }
    for (const SeedDone& d : events.done) {
      if (d.queries == 0) continue;
      ++tally.chains;
      tally.all_found += d.end == ChainEnd::kFound ? 1 : 0;
      tally.all_queries += d.queries;
      tally.flaky += d.flaky;
    }
  }

  Tally tally;

 private:
  const SeedSet& seeds_;
  PerturbationBudget budget_;
};

class Quality : public testing::Test {
 protected:
  void SetUp() override {
    try {
      open(kPatchesInt8);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kModelFailed) throw;
      GTEST_SKIP() << "no ONNX Runtime here: " << e.what();
    }
  }

  static Tally searched(const Opened& models, const StrategyOptions& strategy, std::int64_t queries = kQueries) {
    SearchSettings s;
    s.strategy = strategy;
    s.max_queries = queries;
    return searched(models, s);
  }

  static Tally searched(const Opened& models, SearchSettings s) {
    TallyingSink sink(models.seeds, s.budget);
    for (int run = 0; run < kRunSeeds; ++run) {
      s.rng_seed = static_cast<std::uint64_t>(run);
      s.max_seeds = kSeeds;
      Search({models.original.get(), models.compressed.get()}, models.seeds, s).run({}, sink);
    }
    EXPECT_EQ(sink.tally.flaky, 0);
    EXPECT_EQ(sink.tally.beyond_budget, 0);
    return sink.tally;
  }

  static Tally searched(const ExamplePair& pair, const StrategyOptions& strategy) {
    return searched(open(pair), strategy);
  }
};

const StrategyOptions kBoundary{.name = "boundary"};
const StrategyOptions kRandom{.name = "random"};
const StrategyOptions kPaper{.name = "dflare"};
const StrategyOptions kReference{.name = "dflare",
                                 .fitness = Fitness::kReference,
                                 .selection = SelectionPolicy::kReference,
                                 .operators = "reference"};

// 91 to 95 %, 387 to 487 queries.
TEST_F(Quality, PaperFindsMostOnInt8Digits) {
  const Tally tally = searched(kDigitsInt8, kPaper);
  EXPECT_GE(tally.found(), 0.85);
  EXPECT_LE(tally.queries(), 650);
}

// All, 71 to 91 queries.
TEST_F(Quality, ReferenceFindsAllOnInt8Digits) {
  const Tally tally = searched(kDigitsInt8, kReference);
  EXPECT_GE(tally.found(), 0.97);
  EXPECT_LE(tally.queries(), 150);
}

// All, 34 to 45 queries; 15 to 19 by the reference.
TEST_F(Quality, PrunedDigitsAreFoundSoon) {
  const Tally paper = searched(kDigitsPruned, kPaper);
  EXPECT_GE(paper.found(), 0.97);
  EXPECT_LE(paper.queries(), 80);
  const Tally reference = searched(kDigitsPruned, kReference);
  EXPECT_GE(reference.found(), 0.97);
  EXPECT_LE(reference.queries(), 40);
}

// All, 64 to 125 queries.
TEST_F(Quality, ColourPatchesAreFound) {
  const Tally tally = searched(kPatchesInt8, kPaper);
  EXPECT_GE(tally.found(), 0.9);
  EXPECT_LE(tally.queries(), 250);
}

// 14 to 15, 4 to 5 and 10 to 17 queries, all found; random needs 97 to 120, 19 to 24 and 70 to 111.
TEST_F(Quality, BoundaryNeedsAThirdOfTheQueriesOfChance) {
  for (const ExamplePair& pair : {kDigitsInt8, kDigitsPruned, kPatchesInt8}) {
    const Opened models = open(pair);
    const Tally boundary = searched(models, kBoundary);
    const Tally random = searched(models, kRandom);
    EXPECT_GE(boundary.found(), 0.97) << pair.compressed;
    EXPECT_LE(3 * boundary.queries(), random.queries()) << pair.compressed;
  }
}

// In a budget of the pair's own: found, mean queries.
struct Within {
  ExamplePair pair;
  PerturbationBudget budget;
  double found;
  double queries;
};

TEST_F(Quality, DeviationsAreFoundWithinAPerturbationBudget) {
  const Within table[] = {
      {kDigitsInt8, {.linf = 64}, 0.98, 60},        // all, 31
      {kDigitsPruned, {.linf = 64}, 0.98, 30},      // all, 15
      {kPatchesInt8, {.linf = 8}, 0.85, 160},       // 92 %, 108
      {kDigitsPruned, {.l2 = 3}, 0.95, 70},         // all, 35
      {kPatchesInt8, {.min_ssim = 0.9}, 0.4, 350},  // 56 %, 272
  };
  for (const Within& w : table) {
    SearchSettings s;
    s.strategy = kBoundary;
    s.max_queries = 500;
    s.budget = w.budget;
    const Tally tally = searched(open(w.pair), s);
    SCOPED_TRACE(w.pair.compressed + ", linf " + std::to_string(w.budget.linf) + ", l2 " + std::to_string(w.budget.l2) +
                 ", ssim " + std::to_string(w.budget.min_ssim));
    EXPECT_GE(tally.found(), w.found);
    EXPECT_LE(tally.queries(), w.queries);
  }
}

// 95 and 67 %.
TEST_F(Quality, MostFindingsOfTheDefaultAreNatural) {
  const auto share = [](const Tally& t) {
    return static_cast<double>(t.from_corruption) / static_cast<double>(t.all_found);
  };
  EXPECT_GE(share(searched(kDigitsPruned, kBoundary)), 0.85);
  EXPECT_GE(share(searched(kPatchesInt8, kBoundary)), 0.55);
}

// Median severity 0.25 to 6.5 (squares alone: 4.2), median L2 4.5 to 1.6.
TEST_F(Quality, RefiningMakesFindingsDecisiveOrNear) {
  const Opened models = open(kDigitsPruned);
  SearchSettings s;
  s.strategy = {.name = "boundary", .end_points = EndPoints::kBlend};
  s.refine_queries = 400;
  const Tally plain = searched(models, s);
  s.refine = Refine::kClimb;
  const Tally climbed = searched(models, s);
  s.refine = Refine::kShrink;
  const Tally shrunk = searched(models, s);
  EXPECT_EQ(climbed.all_found, plain.all_found);
  EXPECT_EQ(shrunk.all_found, plain.all_found);
  EXPECT_GE(median(climbed.severities), 20 * median(plain.severities));
  EXPECT_LE(median(shrunk.l2s), median(plain.l2s) / 2);
}

TEST_F(Quality, ModelAgainstItselfYieldsNothing) {
  ExamplePair same = kDigitsInt8;
  same.original = same.compressed;
  for (const StrategyOptions& strategy : {kBoundary, kReference}) {
    Opened models = open(same);
    models.seeds.seeds.resize(12);
    EXPECT_EQ(searched(models, strategy, 300).found(), 0) << strategy.name;
  }
}

}  // namespace
}  // namespace dflare
