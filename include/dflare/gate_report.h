// What there is to say of a check or a replay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dflare/corpus.h"
#include "dflare/gate.h"

namespace dflare {

struct GateReport {
  std::string verb;                                 // "check", "replay"
  std::string original, compressed, seeds, corpus;  // as given; a corpus may be a run
  std::vector<LimitResult> limits;                  // of a replay without a limit: none
  std::optional<GateVerdict> inconclusive_as;       // what to end as where the sample does not tell
  SearchEnd end = SearchEnd::kComplete;
  std::int64_t inputs = 0, unreadable = 0, searched = 0;
  std::optional<Replay> replay;
  std::vector<std::string> classes;  // names by label; may be empty
  int label_shift = 0;               // the models' label that the first is of
  std::vector<std::string> notes;

  // Of the limits.
  [[nodiscard]] GateVerdict verdict() const { return verdict_on(limits); }
  // What one of them ends as: an inconclusive one as somebody decided. What was not measured at all is no pass,
  // whatever was decided.
  [[nodiscard]] GateVerdict ends_as(const LimitResult& limit) const;
  // All of them: the worst.
  [[nodiscard]] GateVerdict ends_as() const;
};

// JUnit XML: a suite, a test case a limit. What the sample does not tell is an error, or what was decided. Names from
// outside are escaped. docs/check.md describes it.
std::string junit_of(const GateReport& report);
// For a pull request, as GitHub and GitLab show it. Names from outside stand as code, whatever they hold.
std::string markdown_of(const GateReport& report);

// "0.4 % (0.1 to 1.0)", in the unit of the limit; "-" where it was not measured.
std::string measured_text(const LimitResult& limit);
// "at most 1 %".
std::string limit_text(const LimitResult& limit);
// What helps a limit that is inconclusive, or what there is to say of it: a sentence without its end; may be empty.
std::string advice_text(const LimitResult& limit);

}  // namespace dflare
