// From options to the library's settings, and to and from a run's record.
#include "dflare/settings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dflare/error.h"

namespace dflare {
namespace {

TEST(Settings, DefaultsOfTheCommandAreDefaultsOfTheLibrary) {
  const SearchSettings by_command = search_settings({});
  const SearchSettings by_library;
  EXPECT_EQ(by_command.max_queries, by_library.max_queries);
  EXPECT_EQ(by_command.refine_queries, by_library.refine_queries);
  EXPECT_EQ(by_command.findings_per_seed, by_library.findings_per_seed);
  EXPECT_EQ(by_command.confirm, by_library.confirm);
  EXPECT_EQ(by_command.seed_filter, by_library.seed_filter);
  EXPECT_EQ(by_command.acceptance.ties, by_library.acceptance.ties);
  EXPECT_TRUE(by_command.budget.unlimited());
}

TEST(Settings, ChoicesReachTheLibrary) {
  Options options;
  options.ties = "count";
  options.require = "compressed-lost";
  options.refine = "shrink";
  options.seed_filter = "agree";
  options.output = "logits";
  options.strategy = "dflare";
  options.fitness = "no-state";
  options.selection = "uniform";
  const SearchSettings settings = search_settings(options);
  EXPECT_EQ(settings.acceptance.ties, TiePolicy::kCount);
  EXPECT_EQ(settings.acceptance.require, Require::kCompressedLost);
  EXPECT_EQ(settings.refine, Refine::kShrink);
  EXPECT_EQ(settings.seed_filter, SeedFilter::kAgree);
  EXPECT_EQ(settings.output, OutputKind::kLogits);
  EXPECT_EQ(settings.strategy.fitness, Fitness::kNoState);
  EXPECT_EQ(settings.strategy.selection, SelectionPolicy::kUniform);
}

TEST(Settings, ANaturalBoxIsANameOrItsNumbers) {
  Options options;
  options.strategy = "natural";
  options.goal = "regression";
  EXPECT_EQ(search_settings(options).natural_box, *named_natural_box("default"));
  options.natural_box = "rotate=12.5,light=30";
  const SearchSettings settings = search_settings(options);
  EXPECT_EQ(settings.natural_box, (NaturalBox{.rotate = 12.5, .light = 30}));
  EXPECT_EQ(settings.goal, Goal::kRegression);
  EXPECT_EQ(options_from(settings_json(options), "a run").natural_box, "rotate=12.5,light=30");
  for (const char* wrong : {"", "wild", "rotate", "rotate=", "turn=3", "rotate=-1", "no-such-file.toml"}) {
    options.natural_box = wrong;
    EXPECT_THROW(search_settings(options), Error) << wrong;
  }
}

TEST(Settings, LinfIsGreyLevelsHoweverItIsSpelled) {
  Options options;
  options.linf = "8";
  EXPECT_EQ(search_settings(options).budget.linf, 8);
  options.linf = "8/255";
  EXPECT_EQ(search_settings(options).budget.linf, 8);
  for (const char* wrong : {"0.03", "256", "8/256", "x", "-1"}) {
    options.linf = wrong;
    EXPECT_THROW(search_settings(options), Error) << wrong;
  }
}

TEST(Settings, AShardIsOneOfSoMany) {
  Options options;
  options.shard = "3/4";
  EXPECT_EQ(search_settings(options).shard, 3);
  EXPECT_EQ(search_settings(options).shards, 4);
  for (const char* wrong : {"4/4", "-1/4", "1/0", "1", "1/4/2", "a/b"}) {
    options.shard = wrong;
    EXPECT_THROW(search_settings(options), Error) << wrong;
  }
}

TEST(Settings, NumbersThatAnIntCannotHoldAreRefused) {
  Options options;
  options.workers = 4294967297;
  EXPECT_THROW(search_settings(options), Error);
}

TEST(Settings, AModelsOwnOptionWinsOverThatOfBoth) {
  Options options;
  options.preprocess = "unit";
  options.compressed_preprocess = "tf";
  options.output_name = "both";
  options.original_output_name = "mine";
  options.label_offset = 1;
  options.compressed_label_offset = 0;
  EXPECT_EQ(to_string(model_options(options, Side::kOriginal).preprocess), to_string(parse_preprocess("unit")));
  EXPECT_EQ(to_string(model_options(options, Side::kCompressed).preprocess), to_string(parse_preprocess("tf")));
  EXPECT_EQ(model_options(options, Side::kOriginal).output_name, "mine");
  EXPECT_EQ(model_options(options, Side::kCompressed).output_name, "both");
  EXPECT_EQ(label_offset(options, Side::kOriginal), 1);
  EXPECT_EQ(label_offset(options, Side::kCompressed), 0);
}

TEST(Settings, ARecordGivesBackWhatItWasMadeOf) {
  Options options;
  options.original = "/a.onnx";
  options.compressed = "/b.onnx";
  options.seeds = "/seeds";
  options.strategy = "dflare";
  options.ties = "count";
  options.max_queries = 77;
  options.timeout = 2.5;
  options.preprocess = "imagenet";
  const auto json = settings_json(options);
  const Options again = options_from(json, "run");
  EXPECT_EQ(settings_json(again), json);
  EXPECT_EQ(again.max_queries, 77);
  EXPECT_EQ(again.timeout, 2.5);
}

TEST(Settings, ARecordKeepsEverySavedOptionOfASearch) {
  const auto json = nlohmann::json::parse(settings_json({}));
  for (const Flag* flag : flags_of(kSearch)) EXPECT_EQ(json.contains(flag->name), flag->saved) << flag->name;
}

}  // namespace
}  // namespace dflare
