// dflare profile: where the compressed model answers otherwise in the field.
#include "cli/argument_order.h"
#include "cli/gate.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watched.h"
#include "dflare/gate_as_asked.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {

int profile(const Givens& givens) {
  const Options options = resolve(givens);
  refuse_swapped_search(options);
  const ProfileReport report = watched(options, [&](LiveProgress& live, WorkDisplay& display) {
    return profile_as_asked(options, live, hooks_for(options, display), open_quietly);
  });
  write_files(report, options);
  put(stdout, options.json ? to_json(report) : text_of(report, style_of(stdout)));
  flush(stdout);
  say_how_it_ended(report.profile.end, options.quiet);
  return exit_code(report.profile.end);
}

}  // namespace dflare::cli
