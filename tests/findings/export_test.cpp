// Findings in other programs' formats.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "findings/samples.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class Export : public testing::Test {
 protected:
  Export() {
    store_->record({"{}", "{}", R"([{"source":"a.png"},{"source":"dir/b, \"c\".png"}])"});
    Finding second = sample_finding(1, 0, FindingKind::kNatural);
    second.how = "";
    Finding flaky = sample_finding(1, 1);
    flaky.flaky = true;
    store_->write({.findings = {sample_finding(0), second, flaky}});
  }

  [[nodiscard]] std::vector<std::string> lines(ExportFormat format) const {
    export_run(*store_, format, folder_ / "out");
    std::ifstream in(folder_ / "out");
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

  Folder folder_;
  std::unique_ptr<FindingStore> store_ = FindingStore::create(folder_ / "run");
};

TEST_F(Export, JsonLinesHoldOneConfirmedFindingEach) {
  const std::vector<std::string> all = lines(ExportFormat::kJsonLines);
  ASSERT_EQ(all.size(), 2U) << "the flaky one is left out";
  const Json first = Json::parse(all[0]), second = Json::parse(all[1]);
  EXPECT_EQ(first["seed"], 0);
  EXPECT_EQ(first["source"], "a.png");
  EXPECT_EQ(first["kind"], "compressed_lost");
  EXPECT_EQ(first["severity"], 0.3);
  EXPECT_EQ(first["png"], "findings/000000_0_compressed_lost.png");
  EXPECT_EQ(first["how"]["operators"][1], "noise");
  EXPECT_EQ(second["source"], "dir/b, \"c\".png");
  EXPECT_TRUE(second["how"].is_null());
}

TEST_F(Export, CsvQuotesWhatNeedsIt) {
  const std::vector<std::string> all = lines(ExportFormat::kCsv);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].starts_with("seed,ordinal,source,kind,seed_label,label_original,label_compressed,"));
  EXPECT_TRUE(all[0].ends_with(",how\r"));
  EXPECT_TRUE(all[1].starts_with("0,0,a.png,compressed_lost,7,7,3,")) << all[1];
  EXPECT_TRUE(all[1].ends_with(R"(,"{""operators"":[""blur"",""noise""]}")"
                               "\r"))
      << all[1];
  EXPECT_TRUE(all[2].starts_with(R"(1,0,"dir/b, ""c"".png",natural,)")) << all[2];
}

TEST_F(Export, ArraysHoldTheStoredPixels) {
  export_run(*store_, ExportFormat::kNpy, folder_ / "arrays");
  const NpyArray inputs = read_npy(folder_ / "arrays/inputs.npy"), seeds = read_npy(folder_ / "arrays/seeds.npy"),
                 labels = read_npy(folder_ / "arrays/labels.npy");
  EXPECT_EQ(inputs.dtype, "u1");
  EXPECT_EQ(inputs.shape, (std::vector<std::size_t>{2, 2, 3, 1}));
  EXPECT_EQ(inputs.bytes[6], 16) << "the mark of seed 1";
  EXPECT_EQ(seeds.dtype, "i8");
  EXPECT_EQ(seeds.shape, (std::vector<std::size_t>{2}));
  EXPECT_EQ(seeds.bytes[8], 1);
  EXPECT_EQ(labels.dtype, "i8");
  EXPECT_EQ(labels.shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(labels.bytes[0], 7);
  EXPECT_EQ(labels.bytes[8], 3);
}

TEST_F(Export, ImagesAreCopiedUnderTheirNames) {
  export_run(*store_, ExportFormat::kPng, folder_ / "images");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "images"), {}), 2);
  EXPECT_EQ(fs::file_size(folder_ / "images/000001_0_natural.png"), sample_finding(1).png.size());
}

TEST_F(Export, ARunWithoutFindingsGivesEmptyArrays) {
  const auto empty = FindingStore::create(folder_ / "empty");
  empty->record({"{}", "{}", "[]"});
  export_run(*empty, ExportFormat::kNpy, folder_ / "arrays");
  EXPECT_EQ(read_npy(folder_ / "arrays/inputs.npy").shape, (std::vector<std::size_t>{0, 0, 0, 0}));
  EXPECT_EQ(read_npy(folder_ / "arrays/labels.npy").shape, (std::vector<std::size_t>{0, 2}));
}

TEST_F(Export, TargetsThatCannotBeWrittenAreNamed) {
  folder_.write("file", std::string_view("a file"));
  for (const ExportFormat format :
       {ExportFormat::kJsonLines, ExportFormat::kCsv, ExportFormat::kNpy, ExportFormat::kPng}) {
    expect_error(ErrorCode::kCannotWrite, "file/below", [&] { export_run(*store_, format, folder_ / "file/below"); });
  }
}

TEST_F(Export, AFileThatIsNoExportIsNotWrittenOver) {
  for (const ExportFormat format : {ExportFormat::kJsonLines, ExportFormat::kCsv}) {
    const fs::path run = folder_ / "run/run.sqlite", letter = folder_.write("letter", std::string_view("a letter\n"));
    expect_error(ErrorCode::kBadArgument, "run.sqlite", [&] { export_run(*store_, format, run); });
    expect_error(ErrorCode::kBadArgument, "letter", [&] { export_run(*store_, format, letter); });
    EXPECT_EQ(fs::file_size(letter), 9U);
    const std::string name = format == ExportFormat::kCsv ? "a.csv" : "a.jsonl";
    EXPECT_NO_THROW(export_run(*store_, format, folder_ / name));
    EXPECT_NO_THROW(export_run(*store_, format, folder_ / name)) << "an earlier export is replaced";
  }
  EXPECT_EQ(findings_of(*FindingStore::open(folder_ / "run", false)).size(), 3U);
}

TEST_F(Export, ArraysThatAreNoExportAreNotWrittenOver) {
  folder_.write("mine/inputs.npy", std::string_view("my images"));
  expect_error(ErrorCode::kBadArgument, "mine/inputs.npy",
               [&] { export_run(*store_, ExportFormat::kNpy, folder_ / "mine"); });
  EXPECT_EQ(fs::file_size(folder_ / "mine/inputs.npy"), 9U);
  EXPECT_FALSE(fs::exists(folder_ / "mine/seeds.npy"));
  export_run(*store_, ExportFormat::kNpy, folder_ / "arrays");
  EXPECT_NO_THROW(export_run(*store_, ExportFormat::kNpy, folder_ / "arrays"));
}

TEST_F(Export, NothingIsWrittenThroughALink) {
  const fs::path letter = folder_.write("letter", std::string_view(""));
  fs::create_symlink(letter, folder_ / "link");
  expect_error(ErrorCode::kBadArgument, "a link", [&] { export_run(*store_, ExportFormat::kCsv, folder_ / "link"); });
  fs::create_directory(folder_ / "images");
  fs::create_symlink(letter, folder_ / "images" / png_name(sample_finding(0)));
  export_run(*store_, ExportFormat::kPng, folder_ / "images");
  EXPECT_EQ(fs::file_size(letter), 0U);
}

TEST_F(Export, AnExportThatFailsLeavesTheOneBefore) {
  const std::vector<std::string> before = lines(ExportFormat::kJsonLines);
  int written = 0;
  const auto fail_late = [&](std::string_view) {
    if (++written > 1) throw Error(ErrorCode::kBadInput, "late");
  };
  EXPECT_THROW(export_text(*store_, ExportFormat::kJsonLines, fail_late), Error);
  {
    FileInTheMaking out(folder_ / "out");
    out.write("half of");
  }
  std::ifstream in(folder_ / "out");
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, before[0]);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2) << "run and out: nothing beside them";
}

TEST_F(Export, CsvHoldsNoFormulas) {
  const auto store = FindingStore::create(folder_ / "other");
  store->record({"{}", "{}", R"([{"source":"=cmd|calc.png"},{"source":"@x, y.png"}])"});
  store->write({.findings = {sample_finding(0), sample_finding(1)}});
  std::string text;
  export_text(*store, ExportFormat::kCsv, [&text](std::string_view part) { text += part; });
  EXPECT_NE(text.find(",'=cmd|calc.png,"), std::string::npos) << text;
  EXPECT_NE(text.find(",\"'@x, y.png\","), std::string::npos) << text;
  EXPECT_NE(text.find(",-0.1,"), std::string::npos) << "numbers stay: " << text;
}

TEST_F(Export, ArraysAreNoText) {
  expect_error(ErrorCode::kBadArgument, "-o FOLDER",
               [&] { export_text(*store_, ExportFormat::kNpy, [](std::string_view) {}); });
}

TEST_F(Export, AFullDiskIsReported) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  expect_error(ErrorCode::kCannotWrite, "/dev/full", [&] { export_run(*store_, ExportFormat::kCsv, "/dev/full"); });
}

}  // namespace
}  // namespace dflare::test
