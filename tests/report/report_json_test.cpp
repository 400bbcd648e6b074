// Reports as JSON: documents of their own, whatever whoever wrote them has to add included.
#include "dflare/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dflare/report_svg.h"
#include "report/samples.h"

namespace dflare {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

ReportOrigin sample_origin() {
  return {.run = "/runs/x/../one", .models = R"({"original":{},"compressed":{"path":"c.onnx"}})", .files = {"a", "b"}};
}

TEST(GuardJson, BeginsWithTheRuleAndEndsWithWhereItComesFrom) {
  const std::string text = to_json(test::sample_guard(), sample_origin());
  const Json json = Json::parse(text);
  EXPECT_EQ(json.at("threshold"), 0.5);
  EXPECT_EQ(json.at("/held_out/promise"_json_pointer), "missed");
  EXPECT_EQ(json.at("notes"), Json::array({"few inputs"}));
  EXPECT_EQ(json.at("run"), "/runs/one");
  EXPECT_EQ(json.at("/models/compressed/path"_json_pointer), "c.onnx");
  EXPECT_EQ(json.at("files"), Json::array({"a", "b"}));
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(GuardJson, IsTheSameDocumentSetInByAnyNumberOfSpaces) {
  const std::string one = to_json(test::sample_guard(), sample_origin(), 1);
  EXPECT_NE(one, to_json(test::sample_guard(), sample_origin()));
  EXPECT_EQ(Json::parse(one), Json::parse(to_json(test::sample_guard(), sample_origin())));
}

TEST(RepairJson, SaysWhetherTheHeadWasExportedAndHasNotesOnlyWhereThereAreSome) {
  RepairReport report = test::sample_repair();
  Json json = Json::parse(to_json(report, sample_origin()));
  EXPECT_EQ(json.at("exported"), false);
  EXPECT_EQ(json.at("verdict"), "lowers");
  EXPECT_FALSE(json.contains("notes"));
  report.exported = true;
  report.notes = {"no repaired.onnx"};
  json = Json::parse(to_json(report, sample_origin()));
  EXPECT_EQ(json.at("exported"), true);
  EXPECT_EQ(json.at("notes"), Json::array({"no repaired.onnx"}));
}

TEST(RankJson, HoldsVariantsInTheirOrderAndNullForWhatWasNotMeasured) {
  const Json json = Json::parse(to_json(test::sample_ranking()));
  EXPECT_EQ(json.at("/variants/0/model"_json_pointer), "models/b.onnx");
  EXPECT_EQ(json.at("/variants/0/bytes"_json_pointer), 13'000);
  EXPECT_EQ(json.at("/variants/1/rank"_json_pointer), 1);
  EXPECT_EQ(json.at("/variants/1/boundary_shift/value"_json_pointer), 0.25);
  EXPECT_TRUE(json.at("/variants/1/severity"_json_pointer).is_null());
  EXPECT_TRUE(json.at("/variants/1/seconds_dflare"_json_pointer).is_null());
  EXPECT_EQ(json.at("notes"), Json::array({"look out"}));
}

TEST(InspectionJson, HasNoKeysForWhatWasNotAsked) {
  Inspection inspection = test::sample_inspection();
  Json json = Json::parse(to_json(inspection));
  EXPECT_EQ(json.at("inputs"), 40);
  EXPECT_EQ(json.at("agreement"), 0.95);
  EXPECT_EQ(json.at("/models/0/answers/accuracy"_json_pointer), 0.75);
  EXPECT_EQ(json.at("/models/0/answers/labelled"_json_pointer), 20);
  inspection.models[0].answers->right = {};
  EXPECT_TRUE(Json::parse(to_json(inspection)).at("/models/0/answers/accuracy"_json_pointer).is_null());
  json = Json::parse(to_json(Inspection{.models = {{inspection.models[0].info, std::nullopt}}}));
  for (const char* key : {"inputs", "agreement", "audit"}) EXPECT_FALSE(json.contains(key)) << key;
  EXPECT_FALSE(json.at("models").at(0).contains("answers"));
  EXPECT_EQ(json.at("notes"), Json::array());
}

TEST(InspectionJson, OfAnAuditSaysWhatToUse) {
  Inspection inspection = test::sample_inspection();
  inspection.audit = test::sample_audit(/*different=*/true);
  const Json audit = Json::parse(to_json(inspection)).at("audit");
  EXPECT_EQ(audit.at("different"), true);
  EXPECT_EQ(audit.at("use"), "--original-preprocess 'unit' --compressed-preprocess 'raw'");
  EXPECT_EQ(audit.at("/rows/0/preprocess"_json_pointer), "unit");
  EXPECT_EQ(audit.at("/rows/0/models/1/accuracy"_json_pointer), 0.1);
}

TEST(InspectionJson, NamesThatAreNotUtf8CanBeHadBack) {
  Inspection inspection = test::sample_inspection();
  inspection.models[0].info.path = "caf\xe9.onnx";
  EXPECT_EQ(Json::parse(to_json(inspection)).at("/models/0/model"_json_pointer), "caf\\xe9.onnx");
}

TEST(TradeSvg, HasACurveOfTheMarginBesideAnotherScoresOnly) {
  GuardReport report = test::sample_guard();
  const auto curves = [&report] {
    const std::string svg = trade_svg(report);
    std::size_t count = 0;
    for (std::size_t at = svg.find("fill=\"none\""); at != std::string::npos; at = svg.find("fill=\"none\"", at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(curves(), 1U);
  EXPECT_THAT(trade_svg(report), Not(HasSubstr("pair-margin")));
  report.fit.guard.score = "pair-margin";
  EXPECT_EQ(curves(), 2U);
  EXPECT_THAT(trade_svg(report), HasSubstr(">pair-margin</text>"));
}

}  // namespace
}  // namespace dflare
