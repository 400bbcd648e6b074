// The files that ship with a guard or a repair.
#include "dflare/report_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "report/samples.h"
#include "support/folder.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class ReportFiles : public testing::Test {
 protected:
  ReportFiles() { info_.classes = 10; }

  // The compressed model as a file of that name, with nothing in it that can be read.
  ReportedModel model(const std::string& name) {
    return {.run = folder_.path(),
            .models = "{}",
            .file = folder_.write(name, std::string_view("no model")),
            .info = &info_,
            .reading = {OutputKind::kLogits, 0, 0}};
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream stream(folder_.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] bool is_there(const std::string& name) const { return fs::exists(folder_.path() / name); }
  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

 private:
  test::Folder folder_;
  ModelInfo info_;
};

RepairReport with_a_head() {
  RepairReport report = test::sample_repair();
  DenseLayer& layer = report.outcome.head.layers.front();
  layer = {.inputs = 10, .outputs = 10, .weights = std::vector<float>(100), .bias = std::vector<float>(10)};
  report.exported = true;
  return report;
}

TEST_F(ReportFiles, AGuardIsReportPictureAndModel) {
  GuardReport report = test::sample_guard();
  const ReportOrigin origin = write_guard(report, model("c.tflite"), folder());
  EXPECT_THAT(origin.files, ElementsAre("guard.json", "guard.svg", "guard.onnx"));
  for (const std::string& file : origin.files) EXPECT_TRUE(is_there(file)) << file;
  EXPECT_EQ(Json::parse(text("guard.json")), Json::parse(to_json(report, origin)));
  EXPECT_THAT(text("guard.svg"), HasSubstr("<svg "));
}

TEST_F(ReportFiles, AHostThatCannotBeAddedToCostsANoteAndNotTheGuard) {
  GuardReport report = test::sample_guard();
  const ReportOrigin origin = write_guard(report, model("c.onnx"), folder());
  EXPECT_THAT(origin.files, ElementsAre("guard.json", "guard.svg", "guard.onnx"));
  EXPECT_FALSE(is_there("guarded.onnx"));
  EXPECT_THAT(report.notes, ElementsAre("few inputs", HasSubstr("no guarded.onnx: ")));
  EXPECT_EQ(Json::parse(text("guard.json")).at("notes").size(), 2U);
}

TEST_F(ReportFiles, AHeadIsWrittenWhereItIsExported) {
  RepairReport report = with_a_head();
  const ReportOrigin origin = write_repair(report, model("c.tflite"), folder());
  EXPECT_THAT(origin.files, ElementsAre("repair.json", "head.json", "head.onnx"));
  for (const std::string& file : origin.files) EXPECT_TRUE(is_there(file)) << file;
}

TEST_F(ReportFiles, WhatAnEarlierRepairLeftGoesWithIt) {
  RepairReport report = with_a_head();
  write_repair(report, model("c.tflite"), folder());
  report.exported = false;
  const ReportOrigin origin = write_repair(report, model("c.tflite"), folder());
  EXPECT_THAT(origin.files, ElementsAre("repair.json"));
  EXPECT_FALSE(is_there("head.json") || is_there("head.onnx"));
  EXPECT_EQ(Json::parse(text("repair.json")).at("exported"), false);
}

}  // namespace
}  // namespace dflare
