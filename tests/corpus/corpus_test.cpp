// A corpus holds findings for years: what was altered is named, what is the same is one file, and what the models say
// now is told.
#include "dflare/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "dflare/error.h"
#include "support/folder.h"
#include "support/toy.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr Shape kShape{4, 4, 1};

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[fs::relative(entry.path(), folder).string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

// A run with findings of as many seeds: image i is of level 10 i + 1, its seed of level 10 i.
class Corpus : public testing::Test {
 protected:
  Corpus() {
    std::vector<Input> images;
    for (int i = 0; i < 6; ++i) images.push_back(toy::filled(kShape, 10 * i));
    seeds_ = toy::seeds_of(std::move(images));
    seeds_.seeds[0].source = "<b>\"0\".png";
  }

  std::unique_ptr<FindingStore> run(const std::string& name, int first, int end) const {
    auto store = FindingStore::create(folder_ / name);
    nlohmann::json seeds = nlohmann::json::array();
    for (const Seed& seed : seeds_.seeds) seeds.push_back({{"source", seed.source}});
    store->record({"{}", "{}", seeds.dump()});
    Events events;
    for (int i = first; i < end; ++i) {
      Finding& f = events.findings.emplace_back();
      f.seed = SeedIndex(i);
      f.kind = FindingKind::kCompressedLost;
      f.seed_label = f.label_original = 0;
      f.label_compressed = 1;
      f.severity = 0.5 + i;
      f.seconds = 0.1 * first;  // as another machine would have it
      encode_png(toy::filled(kShape, 10 * i + 1).view(), f.png);
    }
    store->write(events);
    return store;
  }

  CorpusAddition add(const std::string& run_name, int first, int end, const std::string& corpus) const {
    return add_to_corpus(*run(run_name, first, end), origin_, seeds_, folder_ / corpus);
  }

  // The only file below `part` of the corpus "c".
  fs::path one_of(const std::string& part) const { return fs::directory_iterator(folder_ / "c" / part)->path(); }

  void expect_refused(const std::string& word) const {
    test::expect_error(ErrorCode::kBadInput, word, [&] { read_corpus(folder_ / "c"); });
  }

  test::Folder folder_;
  SeedSet seeds_;
  CorpusOrigin origin_{.original = "o.onnx",
                       .compressed = "c.onnx",
                       .original_sha256 = "00",
                       .compressed_sha256 = "11",
                       .asked = {{"preprocess", "scale=255"}}};
};

TEST_F(Corpus, HoldsWhatTheRunHeld) {
  EXPECT_EQ(add("run", 0, 4, "c").added, 4);
  const KnownFindings known = read_corpus(folder_ / "c");
  ASSERT_EQ(known.findings.size(), 4);
  EXPECT_EQ(known.asked.at("preprocess"), "scale=255");
  std::set<std::uint8_t> levels;
  for (const KnownFinding& finding : known.findings) {
    EXPECT_EQ(finding.seed_label, 0);
    EXPECT_EQ(finding.label_compressed, 1);
    levels.insert(finding.input.pixels.front());
  }
  EXPECT_THAT(levels, testing::ElementsAre(1, 11, 21, 31));
}

TEST_F(Corpus, TwoBranchesThatAddFindingsMergeWithoutConflict) {
  add("one", 0, 4, "a");
  add("two", 2, 6, "b");  // two of the same, found elsewhere
  add("both", 0, 6, "c");
  const auto a = contents(folder_ / "a");
  const auto b = contents(folder_ / "b");
  auto merged = a;
  for (const auto& [name, text] : b) {
    if (a.contains(name)) {
      EXPECT_EQ(a.at(name), text) << name;
    }
    merged[name] = text;
  }
  EXPECT_EQ(merged, contents(folder_ / "c"));
  EXPECT_EQ(add("again", 0, 6, "c").there, 6);
}

TEST_F(Corpus, TellsNothingOfThisMachine) {
  add("run", 0, 2, "c");
  for (const auto& [name, text] : contents(folder_ / "c")) {
    EXPECT_THAT(text, Not(HasSubstr(folder_.path().string()))) << name;
    EXPECT_THAT(text, Not(HasSubstr("seconds"))) << name;
  }
}

TEST_F(Corpus, LineEndsThatACheckoutChangedAreNoAlteration) {
  add("run", 0, 1, "c");
  const fs::path file = one_of("findings");
  std::string text = contents(folder_ / "c").at("findings/" + file.filename().string());
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\r\n");
  folder_.write("c/findings/" + file.filename().string(), text);
  EXPECT_EQ(read_corpus(folder_ / "c").findings.size(), 1);
}

TEST_F(Corpus, AMissingImageIsNamed) {
  add("run", 0, 3, "c");
  const fs::path image = one_of("images");
  fs::remove(image);
  expect_refused(image.filename().string() + ": is missing");
}

TEST_F(Corpus, AMissingSeedIsNamed) {
  add("run", 0, 3, "c");
  const fs::path image = one_of("seeds");
  fs::remove(image);
  expect_refused(image.filename().string() + ": is missing");
}

TEST_F(Corpus, AnAlteredImageIsNamed) {
  add("run", 0, 1, "c");
  std::vector<std::uint8_t> png;
  encode_png(toy::filled(kShape, 77).view(), png);
  const fs::path image = one_of("images");
  folder_.write("c/images/" + image.filename().string(), png);
  expect_refused(image.filename().string() + ": is not what it was");
}

TEST_F(Corpus, AnAlteredFindingIsNamed) {
  add("run", 0, 1, "c");
  const fs::path file = one_of("findings");
  std::string text = contents(folder_ / "c").at("findings/" + file.filename().string());
  text.replace(text.find("\"label_compressed\": 1"), 21, "\"label_compressed\": 0");
  folder_.write("c/findings/" + file.filename().string(), text);
  expect_refused(file.filename().string() + ": is not what its name says");
  folder_.write("c/findings/" + file.filename().string(), std::string_view("{"));
  expect_refused("no JSON object");
}

TEST_F(Corpus, ALaterVersionIsTold) {
  add("run", 0, 1, "c");
  folder_.write("c/dflare-corpus.json", std::string_view("{\"dflare_corpus\": 2}"));
  expect_refused("later dflare");
  test::expect_error(ErrorCode::kBadInput, "later dflare", [&] { add("more", 1, 2, "c"); });
}

TEST_F(Corpus, WithoutFindingsItProvesNothing) {
  run("empty", 0, 0);
  add_to_corpus(*FindingStore::open(folder_ / "empty", false), origin_, seeds_, folder_ / "c");
  expect_refused("holds no findings");
  test::expect_error(ErrorCode::kBadInput, "no confirmed findings",
                     [&] { known_findings(*FindingStore::open(folder_ / "empty", false)); });
}

TEST_F(Corpus, IsNotMadeAmongOtherFiles) {
  folder_.write("c/mine.txt", std::string_view("mine"));
  test::expect_error(ErrorCode::kBadArgument, "is no corpus", [&] { add("run", 0, 1, "c"); });
  EXPECT_EQ(contents(folder_ / "c").size(), 1);
  test::expect_error(ErrorCode::kBadInput, "no corpus", [&] { read_corpus(folder_ / "nowhere"); });
}

TEST_F(Corpus, FindingsOfModelsThatWereFedDifferentlyAreNotMixed) {
  add("run", 0, 1, "c");
  origin_.asked = {{"preprocess", "raw"}};
  add("other", 1, 2, "c");
  expect_refused("fed or read otherwise");
}

// Models that say a label of an image by its level.
toy::Function says(std::map<int, int> label_at, int otherwise = 0) {
  return [label_at = std::move(label_at), otherwise](InputView in, std::span<float> out) {
    std::ranges::fill(out, 0.F);
    const auto found = label_at.find(in.data[0]);
    const int label = found == label_at.end() ? otherwise : found->second;
    if (label < 0) {
      std::ranges::fill(out, std::numeric_limits<float>::quiet_NaN());
    } else {
      out[static_cast<std::size_t>(label)] = 1;
    }
  };
}

class Replayed : public Corpus {
 protected:
  Replay replayed(const Model& original, const Model& compressed, const std::atomic<bool>* stop = nullptr) {
    add("run", 0, 6, "c");
    return replay(original, compressed, {}, read_corpus(folder_ / "c"), {.workers = 1, .batch = 4, .stop = stop}, {});
  }
};

TEST_F(Replayed, EveryOutcomeIsTold) {
  const auto f = make_function_model(kShape, 4, says({{21, 2}, {31, -1}}));
  // 1: as it was; 11: fixed; 21: both say what nobody said; 31: neither is finite; 41, 51: fixed
  const auto g = make_function_model(kShape, 4, says({{1, 1}, {21, 2}, {31, -1}}));
  const Replay replay = replayed(*f, *g);
  EXPECT_EQ(replay.end, SearchEnd::kComplete);
  EXPECT_EQ(replay.count(ReplayOutcome::kStillDeviates), 2) << "what is not finite is not fixed";
  EXPECT_EQ(replay.count(ReplayOutcome::kFixed), 3);
  EXPECT_EQ(replay.count(ReplayOutcome::kGone), 1);
  EXPECT_EQ(replay.count(ReplayOutcome::kFlaky), 0);
}

TEST_F(Replayed, AModelThatChangesItsMindIsFlaky) {
  const auto f = make_function_model(kShape, 4, says({}));
  auto asked = std::make_shared<std::atomic<int>>(0);
  const auto g = make_function_model(kShape, 4, [asked](InputView, std::span<float> out) {
    std::ranges::fill(out, 0.F);
    out[asked->fetch_add(1) < 6 ? 1 : 0] = 1;  // another answer when it is asked again
  });
  EXPECT_EQ(replayed(*f, *g).count(ReplayOutcome::kFlaky), 6);
}

TEST_F(Replayed, WhatIsNearlyTiedIsAskedAloneAgain) {
  add("run", 0, 6, "c");
  KnownFindings known = read_corpus(folder_ / "c");
  const std::vector<KnownFinding> six = known.findings;
  for (int i = 0; i < 10; ++i) known.findings.insert(known.findings.end(), six.begin(), six.end());
  const auto f = make_function_model(kShape, 4, says({}));
  auto asked = std::make_shared<std::atomic<int>>(0);
  const auto g = make_function_model(kShape, 4, [asked](InputView in, std::span<float> out) {
    ++*asked;
    std::ranges::fill(out, 0.F);
    out[0] = 1;
    if (in.data[0] == 51) out[1] = 1 - 1e-6F;
  });
  const Replay done = replay(*f, *g, {}, known, {.workers = 1, .batch = 8}, {});
  EXPECT_EQ(done.count(ReplayOutcome::kFixed), 66);
  EXPECT_GE(*asked, 66 + 8 + 9) << "once, eight that are tried, and those that are nearly tied";
  EXPECT_LE(*asked, 66 + 8 + 11);
}

TEST_F(Replayed, StoppedItSaysWhatWasNotAsked) {
  std::atomic<bool> stop{true};
  const auto f = make_function_model(kShape, 4, says({}));
  const Replay replay = replayed(*f, *f, &stop);
  EXPECT_EQ(replay.end, SearchEnd::kStopped);
  EXPECT_EQ(replay.count(ReplayOutcome::kNotAsked), 6);
}

TEST_F(Replayed, ModelsOfAnotherShapeAreRefused) {
  const auto f = make_function_model({8, 8, 1}, 4, says({}));
  test::expect_error(ErrorCode::kBadInput, "4 x 4 x 1", [&] { replayed(*f, *f); });
}

// Each model is asked every image once, and a few alone.
TEST_F(Replayed, AThousandFindingsCostTheirQueries) {
  constexpr int kFindings = 1000;
  std::vector<Input> images;
  Events events;
  for (int i = 0; i < kFindings; ++i) {
    images.emplace_back(Shape{4, 4, 1});
    Rng rng(1, static_cast<std::uint64_t>(i));
    for (std::uint8_t& pixel : images.back().pixels) pixel = static_cast<std::uint8_t>(rng.below(256));
    Finding& f = events.findings.emplace_back();
    f.seed = SeedIndex(i);
    encode_png(images.back().view(), f.png);
  }
  const SeedSet seeds = toy::seeds_of(std::move(images));
  const auto store = FindingStore::create(folder_ / "many");
  store->record({"{}", "{}", "[]"});
  store->write(events);
  add_to_corpus(*store, origin_, seeds, folder_ / "c");
  std::atomic<int> asked{0};
  const auto counting = make_function_model({4, 4, 1}, 4, [&asked](InputView, std::span<float> out) {
    ++asked;
    std::ranges::fill(out, 0.F);
    out[0] = 1;
  });
  const Replay replayed = replay(*counting, *counting, {}, read_corpus(folder_ / "c"), {.workers = 1, .batch = 32}, {});
  EXPECT_EQ(replayed.findings.size(), static_cast<std::size_t>(kFindings));
  EXPECT_LE(asked, 2 * kFindings + 50);
}

}  // namespace
}  // namespace dflare
