// What a check tells: in words, JSON, JUnit and Markdown, whatever names hold.
#include "dflare/gate_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dflare/report_json.h"
#include "dflare/report_svg.h"
#include "dflare/report_text.h"

namespace dflare {
namespace {

using testing::HasSubstr;
using testing::Not;

const char* const kNasty = "<b a=\"1\">&'`|@bob#7\n\x1b[31m\x01\xff\xEF\xBF\xBF.onnx";

GateReport report_with(GateVerdict verdict) {
  GateReport report{.verb = "check", .original = "a.onnx", .compressed = kNasty, .seeds = "seeds", .limits = {}};
  report.limits.push_back(
      {.name = "max-disagreement", .limit = 0.01, .measured = Estimate{0.005, {0.001, 0.02}, 300}, .verdict = verdict});
  report.inputs = 300;
  return report;
}

TEST(GateReport, AVerdictStandsInEveryForm) {
  for (const GateVerdict verdict : {GateVerdict::kPass, GateVerdict::kFail, GateVerdict::kInconclusive}) {
    const GateReport report = report_with(verdict);
    const std::string word(to_string(verdict));
    EXPECT_THAT(text_of(report, {}), HasSubstr(word));
    EXPECT_THAT(markdown_of(report), HasSubstr("### dflare check: " + word));
    EXPECT_EQ(nlohmann::json::parse(to_json(report))["verdict"], word);
  }
}

TEST(GateReport, JUnitTellsAFailureFromAnErrorAndWhatWasDecided) {
  EXPECT_THAT(junit_of(report_with(GateVerdict::kFail)), HasSubstr("tests=\"1\" failures=\"1\" errors=\"0\""));
  GateReport report = report_with(GateVerdict::kInconclusive);
  EXPECT_THAT(junit_of(report), HasSubstr("tests=\"1\" failures=\"0\" errors=\"1\""));
  report.inconclusive_as = GateVerdict::kPass;
  EXPECT_THAT(junit_of(report), HasSubstr("tests=\"1\" failures=\"0\" errors=\"0\""));
  EXPECT_THAT(junit_of(report), HasSubstr("inconclusive, taken for a pass"));
  report.inconclusive_as = GateVerdict::kFail;
  EXPECT_THAT(junit_of(report), HasSubstr("failures=\"1\""));
}

TEST(GateReport, WhatWasNotMeasuredAtAllIsNoPassWhateverWasDecided) {
  GateReport report = report_with(GateVerdict::kInconclusive);
  report.inconclusive_as = GateVerdict::kPass;
  EXPECT_EQ(report.ends_as(), GateVerdict::kPass);
  report.limits.push_back({.name = "max-severity"});
  EXPECT_EQ(report.ends_as(), GateVerdict::kInconclusive);
  EXPECT_THAT(junit_of(report), HasSubstr("errors=\"1\""));
  report.inconclusive_as = GateVerdict::kFail;
  EXPECT_EQ(report.ends_as(), GateVerdict::kFail);
}

TEST(GateReport, NamesInJUnitAreNoMarkup) {
  const std::string xml = junit_of(report_with(GateVerdict::kPass));
  EXPECT_THAT(xml, Not(HasSubstr("<b ")));
  EXPECT_THAT(xml, HasSubstr("&lt;b a=&quot;1&quot;&gt;&amp;&apos;"));
  for (const char* bad : {"\x1b", "\x01", "\xff", "\xEF\xBF\xBF"}) EXPECT_THAT(xml, Not(HasSubstr(bad)));
}

TEST(GateReport, NamesInMarkdownAreCode) {
  const std::string page = markdown_of(report_with(GateVerdict::kPass));
  for (const char* bad : {"<b ", "`", "@bob", "#7", "\x1b", "\x01", "\xff"}) EXPECT_THAT(page, Not(HasSubstr(bad)));
  EXPECT_THAT(page, HasSubstr("<code>&#60;b a"));
}

TEST(GateReport, NamesOnATerminalHaveNoControlCharacters) {
  GateReport report = report_with(GateVerdict::kPass);
  report.replay = Replay{};
  report.replay->findings.push_back({.name = "x", .source = kNasty, .outcome = ReplayOutcome::kGone});
  const std::string text = text_of(report, {});
  EXPECT_THAT(text, HasSubstr("\\n"));
  for (const char* bad : {"\x1b", "\x01", "\xff"}) EXPECT_THAT(text, Not(HasSubstr(bad)));
}

TEST(GateReport, WhatWasNotMeasuredIsADashAndNull) {
  GateReport report = report_with(GateVerdict::kInconclusive);
  report.limits[0].measured.reset();
  report.limits[0].why = "there was no time to measure it";
  EXPECT_EQ(measured_text(report.limits[0]), "-");
  EXPECT_TRUE(nlohmann::json::parse(to_json(report))["limits"][0]["measured"].is_null());
  EXPECT_THAT(markdown_of(report), HasSubstr("no time"));
}

TEST(GateReport, AReplayWithoutALimitHasNoVerdict) {
  GateReport report{.verb = "replay", .original = "a", .compressed = "b", .replay = Replay{}};
  EXPECT_TRUE(nlohmann::json::parse(to_json(report))["verdict"].is_null());
  EXPECT_THAT(text_of(report, {}), Not(HasSubstr("inconclusive")));
}

TEST(ProfileReport, TheHeatMapHasACellForEveryKindAndSeverity) {
  ProfileReport report;
  report.profile.kinds.resize(2);
  report.profile.kinds[0].name = "jpeg";
  report.profile.kinds[1].name = "darken";
  for (KindProfile& kind : report.profile.kinds) {
    FieldFigures figures;
    figures.disagreement = {0.25, {0.2, 0.3}, 100};
    kind.all = figures;
    kind.severities.fill(figures);
  }
  report.profile.kinds[1].severities[4].reset();  // not reached
  report.profile.order = {1, 0};
  const std::string svg = heat_map_svg(report);
  std::size_t cells = 0;
  for (std::size_t at = 0; (at = svg.find("<rect x=", at)) != std::string::npos; ++at) ++cells;
  EXPECT_EQ(cells, 12U);
  EXPECT_LT(svg.find("darken"), svg.find("jpeg"));
  EXPECT_THAT(svg, HasSubstr(">25.0<"));
  EXPECT_THAT(svg, HasSubstr(">-<"));
}

}  // namespace
}  // namespace dflare
