// dflare check and dflare replay: what was measured, printed and written, and the exit code of the verdict.
#include "cli/gate.h"

#include "cli/argument_order.h"
#include "cli/inputs.h"
#include "cli/quiet.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/watched.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {
namespace {

constexpr int kFailed = 1, kInconclusive = 6;

int exit_code(const GateReport& report) {
  if (report.end == SearchEnd::kStopped) return kInterrupted;
  if (report.limits.empty()) return report.verb == "replay" ? 0 : kInconclusive;
  switch (report.ends_as()) {
    case GateVerdict::kPass:
      return 0;
    case GateVerdict::kFail:
      return kFailed;
    case GateVerdict::kInconclusive:
      return kInconclusive;
  }
  return kInconclusive;
}

int put_out(const GateReport& report, const Options& options) {
  write_files(report, options);
  put(stdout, options.json ? to_json(report) : text_of(report, style_of(stdout)));
  flush(stdout);
  say_how_it_ended(report.end, options.quiet);
  return exit_code(report);
}

}  // namespace

FieldHooks hooks_for(const Options& options, WorkDisplay& display) {
  FieldHooks hooks;
  hooks.inputs_read = [&options](const SeedSet& seeds) { print_notes(options, seeds); };
  hooks.notes = [&options](const std::vector<std::string>& notes) {
    if (!options.quiet) print_notes(notes);
  };
  hooks.tell = display.tell();
  return hooks;
}

void say_how_it_ended(SearchEnd end, bool quiet) {
  if (quiet || end == SearchEnd::kComplete) return;
  if (end == SearchEnd::kStopped) {
    say(stderr, "interrupted: what was measured by then is shown\n");
  } else {
    say(stderr, "the time limit cut in: what was measured by then is shown; --time-limit SECONDS gives more\n");
  }
}

int check(const Givens& givens) {
  const Options options = resolve(givens);
  refuse_swapped_search(options);
  return put_out(watched(options,
                         [&](LiveProgress& live, WorkDisplay& display) {
                           return check_as_asked(options, live, hooks_for(options, display), open_quietly);
                         }),
                 options);
}

int replay(const Givens& givens) {
  const Options options = resolve(givens);
  return put_out(watched(options,
                         [&](LiveProgress& live, WorkDisplay& display) {
                           return replay_as_asked(givens, live, hooks_for(options, display), open_quietly);
                         }),
                 options);
}

}  // namespace dflare::cli
