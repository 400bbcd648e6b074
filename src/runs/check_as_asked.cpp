// The gate as options ask for it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dflare/error.h"
#include "dflare/run_report.h"
#include "runs/field_pair.h"
#include "runs/replayed.h"

namespace dflare {
namespace {

void refuse_findings_without_corpus(const Options& options) {
  if (options.max_still_deviating < 0 || !options.corpus.empty()) return;
  throw Error(ErrorCode::kBadArgument, "--max-still-deviating is about known findings, and no corpus is given",
              "add --corpus FOLDER, or use dflare replay RUN --max-still-deviating N");
}

// What is about inputs and searches, as far as the limits ask for it.
void measure(const Options& options, const GateLimits& limits, const FieldPair& field, LiveProgress& live,
             const Tell& tell, GateReport& report) {
  if (!limits.max_disagreement && !limits.max_corrupted_disagreement && !limits.of_labels() && !limits.of_searches()) {
    return;
  }
  FieldSettings settings = field_settings(options);
  settings.rounds = limits.max_corrupted_disagreement ? 1 : 0;
  const FieldAnswers answers =
      ask_field(*field.pair.original, *field.pair.compressed, field.seeds, settings, live, tell);
  report.inputs = answers.inputs;
  for (LimitResult& limit : judge_field(limits, answers, settings.rng_seed)) report.limits.push_back(std::move(limit));
  if (!limits.of_searches()) return;
  SearchSettings search = search_settings(options);
  search.max_seeds = 0;
  const SeedSet seeds = seeds_to_search(answers, field.seeds, search,
                                        static_cast<std::size_t>(std::max<std::int64_t>(1, options.search_seeds)));
  const std::vector<SeedOutcome> outcomes =
      search_for_gate(field.pair.borrowed(), seeds, search, options.rank_refine_queries, live, tell);
  report.searched = std::ssize(outcomes);
  for (LimitResult& limit : judge_searches(limits, outcomes, options.max_queries, settings.rng_seed)) {
    report.limits.push_back(std::move(limit));
  }
}

}  // namespace

GateReport check_as_asked(const Options& options, LiveProgress& live, const FieldHooks& hooks, const Opener& open) {
  refuse_other_oracles(options, "check");
  const GateLimits limits = gate_limits(options);
  refuse_findings_without_corpus(options);
  const Elapsed began;
  const Deadline deadline(options.field_time_limit, live.stop);
  std::optional<KnownFindings> known;
  if (!options.corpus.empty()) known = read_corpus(options.corpus);
  const FieldPair field = open_field(options, live, began, hooks, open);
  GateReport report{
      .verb = "check",
      .original = options.original,
      .compressed = options.compressed,
      .seeds = options.seeds,
      .corpus = options.corpus,
      .limits = {},
      .inconclusive_as = inconclusive_as(options),
      .unreadable = std::ranges::count_if(field.seeds.seeds, [](const Seed& s) { return !s.problem.empty(); }),
      .replay = {},
      .classes = class_names(options.classes),
      .label_shift = label_shift(options),
      .notes = field.notes};
  const Tell tell = with_limit(hooks.tell, deadline);
  if (known) replay_into(report, *known, field.pair, options, limits, live, hooks, tell);
  measure(options, limits, field, live, tell, report);
  if (live.stop) report.end = deadline.passed() ? SearchEnd::kTimeLimit : SearchEnd::kStopped;
  return report;
}

}  // namespace dflare
