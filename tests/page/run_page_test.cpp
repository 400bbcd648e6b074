// A run becomes a page from its folder alone.
#include "dflare/run_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "page/unpacked.h"
#include "runs/runs.h"

namespace dflare {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr std::size_t kPage = 20'000'000;

using test::data_of;

class RunPages : public Runs {
 protected:
  static std::string html_of(const RunPage& page) { return to_html({&page, 1}); }
};

TEST_F(RunPages, HoldEveryFindingWithItsPictureAndThatOfItsInput) {
  const RunPage page = run_page(*begun(), kPage);
  ASSERT_FALSE(page.findings.empty());
  EXPECT_TRUE(page.notes.empty());
  std::set<SeedIndex> changed;
  for (const PageFinding& f : page.findings) {
    EXPECT_GE(f.picture, 0);
    if (f.finding.kind != FindingKind::kNatural) changed.insert(f.finding.seed);
  }
  ASSERT_FALSE(changed.empty());
  for (const PageSeed& seed : page.seeds) {  // of one that is a finding as it is, the finding is the picture
    EXPECT_EQ(seed.picture >= static_cast<std::int64_t>(page.findings.size()), changed.contains(seed.seed));
  }
  const Json run = data_of(html_of(page)).at("runs").at(0);
  EXPECT_EQ(run.at("findings").at("count"), page.findings.size());
  EXPECT_EQ(run.at("findings").at("severity").size(), page.findings.size());
  EXPECT_EQ(run.at("doubts").at(0), "it looks odd");
}

TEST_F(RunPages, NeedNoModels) {
  const auto store = begun();
  std::filesystem::remove(options_.original);
  std::filesystem::remove(options_.compressed);
  const RunPage page = run_page(*store, kPage);
  EXPECT_FALSE(page.findings.empty());
  EXPECT_FALSE(page.original_size);
}

TEST_F(RunPages, TellTheSizeOfAModelThatIsStillTheSame) {
  const auto store = begun();
  folder_.write("compressed.onnx", std::string_view("another"));
  const RunPage page = run_page(*store, kPage);
  EXPECT_EQ(page.original_size, 3U);
  EXPECT_FALSE(page.compressed_size);
}

TEST_F(RunPages, SayThatTheInputsAreGone) {
  const auto store = begun();
  std::filesystem::remove_all(folder_ / "seeds");
  const RunPage page = run_page(*store, kPage);
  EXPECT_THAT(page.notes, Contains(HasSubstr("The inputs are not shown")));
  for (const PageFinding& f : page.findings) EXPECT_GE(f.picture, 0);
  for (const PageSeed& seed : page.seeds) EXPECT_LT(seed.picture, 0);
}

TEST_F(RunPages, ShowNoInputThatHasChanged) {
  const auto store = begun();
  const std::string changed = run_page(*store, kPage).seeds.at(0).source;
  std::vector<std::uint8_t> png;
  encode_png(Input(kShape).view(), png);
  folder_.write("seeds/" + changed, png);
  const RunPage page = run_page(*store, kPage);
  EXPECT_LT(page.seeds.at(0).picture, 0);
  EXPECT_THAT(page.notes, Contains(HasSubstr("is not what the run began with")));
}

TEST_F(RunPages, LeaveOutPicturesThatDoNotFitAndSaySo) {
  const auto store = begun();
  const RunPage all = run_page(*store, kPage);
  std::size_t needed = 0;
  for (const auto& atlas : all.pictures.atlases) needed += atlas.size();
  const RunPage page = run_page(*store, html_of(all).size() - needed);
  const auto shown = std::ranges::count_if(page.findings, [](const PageFinding& f) { return f.picture >= 0; });
  EXPECT_LT(shown, std::ssize(page.findings));
  EXPECT_THAT(page.notes, Contains(HasSubstr("--page-size")));
  const std::string marks = data_of(html_of(page)).at("runs").at(0).at("findings").at("pictured");
  EXPECT_EQ(std::ranges::count(marks, '+'), shown);
}

TEST_F(RunPages, NameLabelsFromTheOneThatClassesBeginAt) {
  options_.label_offset = 1;
  std::string labels;
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "seeds"))
    labels += file.path().filename().string() + ",bee\n";
  options_.labels = folder_.write("labels.csv", std::string_view(labels)).string();
  options_.seed_filter = "agree";
  options_.classes = folder_.write("classes.txt", std::string_view("ant\nbee\ncat\n")).string();
  const RunPage page = run_page(*begun(), kPage);
  for (const PageSeed& seed : page.seeds) EXPECT_EQ(seed.label, 2);
  const Json run = data_of(html_of(page)).at("runs").at(0);
  const std::map<std::string, std::string> names = run.at("classes");
  ASSERT_FALSE(names.empty());
  const std::map<std::string, std::string> all{{"1", "ant"}, {"2", "bee"}, {"3", "cat"}};
  for (const auto& [label, name] : names) EXPECT_EQ(name, all.at(label));
}

TEST_F(RunPages, SayThatARunGoesOn) {
  const RunPage page = run_page(*begun(2), kPage);
  EXPECT_THAT(page.verdict.more, Contains(HasSubstr("dflare resume")));
}

TEST_F(RunPages, OfSeveralRunsStandInOnePage) {
  const std::vector<RunPage> pages{run_page(*begun(), kPage / 2),
                                   run_page(*FindingStore::open(folder_ / "run", false), kPage / 2)};
  const std::string html = to_html(pages);
  EXPECT_EQ(data_of(html).at("runs").size(), 2U);
  EXPECT_NE(html.find(R"(id="p1-0")"), std::string::npos);
}

TEST_F(RunPages, LetNoNameBecomeMarkup) {
  RunPage page = run_page(*begun(), kPage);
  const std::string evil = "</script><img src=x onerror=alert(1)>\"'&\x01\n\xff<!--";
  page.seeds.at(0).source = evil;
  page.findings.at(0).words = evil;
  page.notes.push_back(evil);
  page.classes = {evil, evil, evil, evil};
  const std::string html = html_of(page);
  const std::string clean = html_of(run_page(*FindingStore::open(folder_ / "run", false), kPage));
  EXPECT_EQ(std::ranges::count(html, '<'), std::ranges::count(clean, '<'));
  EXPECT_EQ(html.find("onerror"), std::string::npos);
  const Json run = data_of(html).at("runs").at(0);
  EXPECT_EQ(run.at("notes").at(0), "</script><img src=x onerror=alert(1)>\"'&\\x01\\n\\xff<!--");
  EXPECT_EQ(run.at("classes").at("0"), run.at("notes").at(0));
}

TEST_F(RunPages, HoldTheLabelsLikeliestToBothModels) {
  const RunPage page = run_page(*begun(), kPage);
  ASSERT_FALSE(page.findings.empty());
  const Json run = data_of(html_of(page)).at("runs").at(0);
  const Json& findings = run.at("findings");
  EXPECT_FALSE(findings.contains("p_original"));
  const Json& top = findings.at("top_compressed");
  ASSERT_EQ(top.at("width"), 4);  // classes
  for (std::size_t i = 0; i < page.findings.size(); ++i) {
    EXPECT_EQ(top.at("label").at(4 * i), page.findings[i].finding.label_compressed);
    EXPECT_NEAR(top.at("part").at(4 * i).get<double>(), 1e4 * page.findings[i].finding.p_compressed, 1);
    EXPECT_GE(top.at("part").at(4 * i), top.at("part").at(4 * i + 1));
  }
  for (const PageSeed& seed : page.seeds) {
    ASSERT_EQ(seed.original.size(), 4);
    EXPECT_NEAR(seed.original[0].p + seed.original[1].p + seed.original[2].p + seed.original[3].p, 1, 1e-3);
  }
}

TEST_F(RunPages, OfAnEarlierRunTellTheTwoLabelsAlone) {
  RunPage page = run_page(*begun(), kPage);
  for (PageFinding& f : page.findings) f.answers.reset();
  const Json findings = data_of(html_of(page)).at("runs").at(0).at("findings");
  EXPECT_FALSE(findings.contains("top_original"));
  EXPECT_EQ(findings.at("p_original").size(), page.findings.size());
}

// A profile's JSON with one figure.
Json profile_json(const std::string& original, const std::string& compressed) {
  const Json estimate = {{"value", 0.5}, {"interval", {0.25, 0.75}}, {"of", 8}};
  const Json figures = {{"images", 8},
                        {"differ", 4},
                        {"disagreement", estimate},
                        {"accuracy_original", nullptr},
                        {"accuracy_compressed", nullptr},
                        {"regressions", estimate},
                        {"gains", nullptr}};
  return {{"dflare_profile", 1},
          {"original", original},
          {"compressed", compressed},
          {"seeds", "seeds"},
          {"complete", true},
          {"inputs", 8},
          {"as_they_are", figures},
          {"corrupted", nullptr},
          {"kinds", {{{"kind", "</script>fog"}, {"all", figures}, {"severities", {figures, nullptr}}}}},
          {"labels", Json::array()},
          {"pairs", Json::array()},
          {"notes", Json::array()}};
}

TEST_F(RunPages, HaveTheProfilesOfTheirModelsBesideThem) {
  const std::vector<RunPage> runs{run_page(*begun(), kPage)};
  const auto file = [&](const char* name, const Json& json) { return measured_page(folder_.write(name, json.dump())); };
  const std::vector<MeasuredPage> measured{file("own.json", profile_json(options_.original, options_.compressed)),
                                           file("other.json", profile_json(options_.original, "else.onnx"))};
  const std::string html = to_html(runs, measured);
  const Json profiles = data_of(html).at("profiles");
  EXPECT_EQ(profiles.at(0).at("beside"), Json::array({0}));
  EXPECT_EQ(profiles.at(1).at("beside"), Json::array());
  EXPECT_EQ(profiles.at(0).at("as_they_are").at("disagreement"), Json({0.5, 0.25, 0.75}));
  EXPECT_EQ(profiles.at(0).at("kinds").at(0).at("severities").at(1), nullptr);
}

TEST_F(RunPages, TakeNoJsonThatSaysLessThanItShould) {
  for (const char* missing : {"kinds", "inputs", "as_they_are", "original"}) {
    Json json = profile_json("a.onnx", "b.onnx");
    json.erase(missing);
    const auto path = folder_.write("p.json", json.dump());
    test::expect_error(ErrorCode::kBadInput, "p.json: does not say", [&] { measured_page(path); });
  }
  Json later = profile_json("a.onnx", "b.onnx");
  later["dflare_profile"] = 2;
  test::expect_error(ErrorCode::kBadInput, "later dflare",
                     [&] { measured_page(folder_.write("p.json", later.dump())); });
  test::expect_error(ErrorCode::kBadInput, "neither a profile's JSON",
                     [&] { measured_page(folder_.write("p.json", std::string_view("{}"))); });
}

TEST_F(RunPages, AreWrittenOverNothingButAnEarlierPage) {
  const auto other = folder_.write("notes.html", std::string_view("<!doctype html>mine"));
  const std::string html = html_of(run_page(*begun(), kPage));
  test::expect_error(ErrorCode::kBadArgument, "no earlier report", [&] { write_page(html, other); });
  test::expect_error(ErrorCode::kBadArgument, "a folder", [&] { write_page(html, folder_ / "seeds"); });
  write_page(html, folder_ / "page.html");
  write_page(html, folder_ / "page.html");
  EXPECT_EQ(std::filesystem::file_size(folder_ / "page.html"), html.size());
}

}  // namespace
}  // namespace dflare
