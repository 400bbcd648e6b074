// A profile as options ask for it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dflare/error.h"
#include "dflare/run_report.h"
#include "runs/field_pair.h"
#include "runs/notes.h"

namespace dflare {

void refuse_other_oracles(const Options& options, const char* verb) {
  if (options.oracle == "top1") return;
  throw Error(
      ErrorCode::kBadArgument,
      fmt::format("{} is about labels of models that give scores of classes, and --oracle is {}", verb, options.oracle),
      "leave --oracle away; `dflare search` compares by an oracle, and its table tells how often the two agree");
}

FieldPair open_field(const Options& options, LiveProgress& live, const Elapsed& began, const FieldHooks& hooks,
                     const Opener& open) {
  FieldPair field{.pair = open_pair(options, open), .seeds = {}, .notes = {}};
  check_levels(field.pair, options);
  field.seeds = load_seeds(options.seeds, seed_options(options, field.pair.original->info()));
  if (hooks.inputs_read) hooks.inputs_read(field.seeds);
  const DeclaredModel models[] = {{field.pair.original.get(), declared_of(options, Side::kOriginal)},
                                  {field.pair.compressed.get(), declared_of(options, Side::kCompressed)}};
  field.notes = notes_on(models, options, field.seeds, live, began, kShareForNotes * options.field_time_limit);
  if (hooks.notes) hooks.notes(field.notes);
  return field;
}

Tell with_limit(const Tell& tell, const Deadline& deadline) {
  if (!tell) return {};
  return [&tell, &deadline](Progress progress) {
    progress.limit_seconds_left = deadline.left();
    tell(progress);
  };
}

int label_shift(const Options& options) {
  return std::min(label_offset(options, Side::kOriginal), label_offset(options, Side::kCompressed));
}

ProfileReport profile_as_asked(const Options& options, LiveProgress& live, const FieldHooks& hooks,
                               const Opener& open) {
  refuse_other_oracles(options, "profile");
  const FieldSettings settings = field_settings(options);
  const Elapsed began;
  const Deadline deadline(options.field_time_limit, live.stop);
  const FieldPair field = open_field(options, live, began, hooks, open);
  ProfileReport report{.profile = {},
                       .original = options.original,
                       .compressed = options.compressed,
                       .seeds = options.seeds,
                       .classes = class_names(options.classes),
                       .rng_seed = settings.rng_seed,
                       .notes = field.notes};
  const FieldAnswers answers = ask_field(*field.pair.original, *field.pair.compressed, field.seeds, settings, live,
                                         with_limit(hooks.tell, deadline));
  report.profile = profile_of(answers, field.seeds, label_shift(options), settings.rng_seed);
  if (!answers.complete && deadline.passed()) report.profile.end = SearchEnd::kTimeLimit;
  return report;
}

}  // namespace dflare
