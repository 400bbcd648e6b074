// A run in words: the lines of the closing table, and what to do next. For the command and every other face.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dflare/pair_look.h"
#include "dflare/run_summary.h"
#include "dflare/search.h"

namespace dflare {

// A line of a table: "found", "on 291 of 300 searched".
struct SummaryLine {
  std::string name;  // empty: goes on with the line before
  std::string text;
};

// What the run was given, searched and found, one fact a line; facts that are not there have no line.
std::vector<SummaryLine> lines_of(const RunSummary& summary);

// What the pair is like; nothing where the run did not record it (earlier versions) or an oracle compares.
std::optional<PairLook> look_at(const RunSummary& summary);

// How the run ended and what can be done now, in one or two sentences: for one that is not complete, and for one that
// found nothing. Empty where there is nothing to add. `run`: its folder, as the reader would type it.
std::string what_next(const RunSummary& summary, SearchEnd end, const std::string& run);

// "both prefer their answer 4.0 to 1", for a severity in natural log units; "1.5 times as far apart as tolerated",
// where an oracle measured it.
std::string severity_in_words(double severity, bool labels = true);

// What an oracle measured (Finding::facts), as "difference 0.12, original 0.3"; empty where it measured nothing.
std::string measured_in_words(const std::string& facts);

// "36 ms", "4.2 s", "42 s", "12:05", "3:10:00"
std::string duration_text(double seconds);

}  // namespace dflare
