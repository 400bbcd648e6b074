// A check or a replay for build servers: JUnit XML, and Markdown for a pull request.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/figures.h"
#include "core/printable.h"
#include "dflare/gate_report.h"
#include "dflare/model_files.h"

namespace dflare {
namespace {

// Text or the value of an attribute. Control characters and bytes that are not UTF-8 are no XML, however they are
// written; nor are the two characters that are none.
std::string xml(const std::string& text) {
  const std::string clean = printable(text);
  std::string out;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const std::string_view rest = std::string_view(clean).substr(i);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      out += "\\u{FFFE}";
      i += 2;
      continue;
    }
    switch (clean[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += clean[i];
    }
  }
  return out;
}

// Nothing in code is taken for markup, for a link or for somebody's name.
std::string as_code(const std::string& text) {
  std::string out = "<code>";
  for (const char c : printable(text)) {
    const bool plain = static_cast<unsigned char>(c) >= 0x80 || c == ' ' || (c >= '0' && c <= '9') ||
                       (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out += plain ? std::string(1, c) : fmt::format("&#{};", static_cast<int>(c));
  }
  return out + "</code>";
}

std::string sentence(const LimitResult& limit) {
  const std::string advice = advice_text(limit);
  return fmt::format("measured {}, the limit is {}{}", measured_text(limit), limit_text(limit),
                     advice.empty() ? "" : "; " + advice);
}

std::string test_case(const LimitResult& limit, const GateReport& report) {
  const std::string head =
      fmt::format("    <testcase classname=\"dflare.{}\" name=\"{}\" time=\"0\">", xml(report.verb), xml(limit.name));
  const std::string message = xml(sentence(limit));
  switch (report.ends_as(limit)) {
    case GateVerdict::kFail:
      return fmt::format("{}\n      <failure message=\"{}\" type=\"{}\"/>\n    </testcase>\n", head, message,
                         to_string(limit.verdict));
    case GateVerdict::kInconclusive:
      return fmt::format("{}\n      <error message=\"{}\" type=\"inconclusive\"/>\n    </testcase>\n", head, message);
    case GateVerdict::kPass:
      break;
  }
  return fmt::format("{}\n      <system-out>{}{}</system-out>\n    </testcase>\n", head,
                     limit.verdict == GateVerdict::kPass ? "" : "inconclusive, taken for a pass: ", message);
}

std::string lines_about(const GateReport& report) {
  std::string lines = fmt::format("{} against {}\n", xml(report.original), xml(report.compressed));
  if (report.end != SearchEnd::kComplete) lines += "ended early: the verdicts stand on what was measured by then\n";
  for (const std::string& note : report.notes) lines += "note: " + xml(note) + "\n";
  if (!report.replay) return lines;
  for (const ReplayedFinding& finding : report.replay->findings) {
    if (finding.outcome == ReplayOutcome::kFixed) continue;
    lines += fmt::format("{} of {}: {}\n", xml(finding.name), xml(finding.source), to_string(finding.outcome));
  }
  return lines;
}

std::string limit_rows(const GateReport& report) {
  std::string rows = "\n| limit | | measured (95 % interval) | of | verdict |\n|---|---|---|---|---|\n";
  for (const LimitResult& limit : report.limits) {
    rows +=
        fmt::format("| {} | {} | {} | {} | **{}** |\n", as_code(limit.name), limit_text(limit), measured_text(limit),
                    limit.measured ? grouped(limit.measured->of) : "-", to_string(limit.verdict));
  }
  for (const LimitResult& limit : report.limits) {
    if (const std::string advice = advice_text(limit); !advice.empty()) {
      rows += fmt::format("\n{}: {}.\n", as_code(limit.name), advice);
    }
  }
  return rows;
}

std::string replay_rows(const GateReport& report) {
  constexpr std::size_t kMostShown = 20;
  const Replay& replay = *report.replay;
  std::string rows = fmt::format("\nKnown findings: {} still deviate, {} fixed, {} gone, {} flaky, {} not asked.\n",
                                 replay.count(ReplayOutcome::kStillDeviates), replay.count(ReplayOutcome::kFixed),
                                 replay.count(ReplayOutcome::kGone), replay.count(ReplayOutcome::kFlaky),
                                 replay.count(ReplayOutcome::kNotAsked));
  std::size_t shown = 0;
  for (const ReplayedFinding& finding : replay.findings) {
    if (finding.outcome == ReplayOutcome::kFixed || finding.outcome == ReplayOutcome::kNotAsked) continue;
    if (shown++ == 0) rows += '\n';
    if (shown > kMostShown) return rows + "- and more\n";
    rows += fmt::format("- {} of {}: {}\n", as_code(finding.name), as_code(finding.source), to_string(finding.outcome));
  }
  return rows;
}

}  // namespace

std::string junit_of(const GateReport& report) {
  const auto ends = [&](GateVerdict verdict) {
    return std::ranges::count_if(report.limits,
                                 [&](const LimitResult& limit) { return report.ends_as(limit) == verdict; });
  };
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\"", report.limits.size(),
                  ends(GateVerdict::kFail), ends(GateVerdict::kInconclusive));
  std::string xml_text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dflare\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\" time=\"0\">\n  <testsuite name=\"dflare {}\" {}>\n",
      report.limits.size(), ends(GateVerdict::kFail), ends(GateVerdict::kInconclusive), xml(report.verb), counts);
  for (const LimitResult& limit : report.limits) xml_text += test_case(limit, report);
  xml_text += "    <system-out>" + lines_about(report) + "</system-out>\n";
  return xml_text + "  </testsuite>\n</testsuites>\n";
}

std::string markdown_of(const GateReport& report) {
  std::string page = fmt::format("### dflare {}", report.verb);
  if (!report.limits.empty()) {
    page += fmt::format(": {}", to_string(report.verdict()));
    if (report.verdict() != report.ends_as()) page += fmt::format(", taken for a {}", to_string(report.ends_as()));
  }
  page += fmt::format("\n\n{} against {}\n", as_code(name_of_model(report.compressed)),
                      as_code(name_of_model(report.original)));
  if (report.end != SearchEnd::kComplete) page += "\nEnded early: the verdicts stand on what was measured by then.\n";
  if (!report.limits.empty()) page += limit_rows(report);
  if (report.replay) page += replay_rows(report);
  for (const std::string& note : report.notes) page += "\nNote: " + as_code(note) + "\n";
  return page;
}

}  // namespace dflare
