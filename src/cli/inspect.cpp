// dflare inspect: what a model takes and gives, and how well it does with the inputs at hand.
#include "dflare/inspection.h"

#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/as_asked.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {

int inspect(const Givens& givens) {
  const Options options = resolve(givens);
  InspectHooks hooks;
  hooks.inputs_read = [&options](const SeedSet& seeds) { print_notes(options, seeds); };
  hooks.trying = [&options](const Preprocess& preprocess) {
    if (!options.quiet) say(stderr, "trying {} ...\n", short_name(preprocess));
  };
  const Inspection inspection = inspect_as_asked(options, hooks, open_quietly);
  put(stdout, options.json ? to_json(inspection) : text_of(inspection, style_of(stdout)));
  flush(stdout);
  if (!options.quiet) print_notes(inspection.notes);
  return 0;
}

}  // namespace dflare::cli
