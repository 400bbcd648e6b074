// The options of `dflare profile` and `dflare check`.
#include "options/flags.h"

namespace dflare {
namespace {

const char* const kField = "Field";
const char* const kLimits = "Limits";

Condition with_searches() {
  return {"--max-severity or --min-queries",
          [](const Options& options) { return options.max_severity >= 0 || options.min_queries >= 0; }};
}

std::vector<Flag> field_flags() {
  return {
      {.name = "max-inputs",
       .metavar = "N",
       .verbs = kGates,
       .group = kField,
       .slot = &Options::max_inputs,
       .brief = "Ask N of the inputs, spread evenly; 0: all",
       .least = 0,
       .saved = false},
      {.name = "time-limit",
       .metavar = "SECONDS",
       .verbs = kGates,
       .group = kField,
       .slot = &Options::field_time_limit,
       .brief = "End after this time with what is known by then; 0: none",
       .details =
           "What is cheap comes first: findings of a corpus, inputs as they are, one image of each corruption of "
           "each input, then the other severities or searches. Inputs are spread evenly, so that what was asked "
           "stands for all.",
       .least = 0,
       .saved = false},
      {.name = "svg",
       .metavar = "FILE",
       .verbs = kProfile,
       .group = kOutputGroup,
       .slot = &Options::svg,
       .brief = "Write a heat map of corruptions and severities",
       .saved = false},
  };
}

Flag limit(const char* name, const char* metavar, double Options::*slot, const char* brief, const char* details) {
  return {.name = name,
          .metavar = metavar,
          .verbs = kCheck,
          .group = kLimits,
          .slot = slot,
          .brief = brief,
          .details = details,
          .default_words = "not set",
          .least = 0,
          .saved = false};
}

std::vector<Flag> limit_flags() {
  return {
      limit("max-disagreement", "SHARE", &Options::max_disagreement,
            "Share of the inputs as they are on which the models may differ, 0..1", "By first index, as deployed."),
      limit("max-corrupted-disagreement", "SHARE", &Options::max_corrupted_disagreement,
            "The same under natural corruptions: one image of each kind of each input, 0..1",
            "The images of `dflare profile`'s figure under corruption, at severities drawn from 1 to 5."),
      limit("max-regressions", "SHARE", &Options::max_regressions,
            "Share of the labelled inputs that the original gets right and the compressed model wrong, 0..1", ""),
      limit("max-accuracy-drop", "SHARE", &Options::max_accuracy_drop,
            "How much less accurate the compressed model may be: 0.01 is one point", "Paired, input by input."),
      limit("max-severity", "S", &Options::max_severity,
            "Mean severity, in natural log units, that searches from the inputs may reach",
            "By `boundary` with --refine climb, as `dflare rank` has it; an input without a finding counts 0."),
      limit("min-queries", "N", &Options::min_queries,
            "Mean queries that such a search must need for a deviation, at most --max-queries",
            "Where none is found all that were spent count, as in `dflare rank`."),
      {.name = "max-still-deviating",
       .metavar = "N",
       .verbs = kCheck | kReplay,
       .group = kLimits,
       .slot = &Options::max_still_deviating,
       .brief = "Known findings on which the models may still differ",
       .default_words = "0 with --corpus, else not set",
       .least = 0,
       .saved = false},
      {.name = "inconclusive",
       .metavar = "VERDICT",
       .verbs = kCheck | kReplay,
       .group = kLimits,
       .slot = &Options::inconclusive,
       .brief = "What to end as where the inputs do not suffice to tell: pass or fail",
       .details = "A limit passes only where its whole 95 % interval is within it, and fails only where all of it is "
                  "beyond. Otherwise the exit code is 6, and the report says how many inputs more it would take.",
       .default_words = "exit code 6",
       .choices = {"pass", "fail"},
       .saved = false},
  };
}

std::vector<Flag> search_limit_flags() {
  return {
      {.name = "search-seeds",
       .metavar = "N",
       .verbs = kCheck,
       .group = kLimits,
       .slot = &Options::search_seeds,
       .brief = "Inputs that searches start from, spread evenly",
       .least = 1,
       .only_with = with_searches(),
       .saved = false},
      {.name = "refine-queries",
       .metavar = "N",
       .verbs = kCheck,
       .group = kLimits,
       .slot = &Options::rank_refine_queries,
       .brief = "Queries spent on raising a finding's severity",
       .details = "Severities are comparable only at the same N.",
       .least = 1,
       .only_with = with_searches(),
       .saved = false},
  };
}

std::vector<Flag> gate_output_flags() {
  return {
      {.name = "out",
       .letter = 'o',
       .metavar = "FILE",
       .verbs = kGates | kReplay | kCompare,
       .group = kOutputGroup,
       .slot = &Options::out,
       .brief = "Write the report as JSON",
       .details = "A file is written whole or not at all.",
       .saved = false},
      {.name = "junit",
       .metavar = "FILE",
       .verbs = kCheck | kReplay,
       .group = kOutputGroup,
       .slot = &Options::junit,
       .brief = "Write the verdicts as JUnit XML, a test case a limit",
       .saved = false},
      {.name = "markdown",
       .metavar = "FILE",
       .verbs = kCheck | kReplay,
       .group = kOutputGroup,
       .slot = &Options::markdown,
       .brief = "Write the verdicts as Markdown, for a pull request",
       .saved = false},
  };
}

}  // namespace

std::vector<Flag> gate_flags() {
  return joined({limit_flags(), search_limit_flags(), field_flags(), gate_output_flags()});
}

}  // namespace dflare
