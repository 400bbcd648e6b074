// dflare compare: two runs or profiles of the same inputs.
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dflare/gate_as_asked.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"

namespace dflare::cli {

int compare(const Givens& givens) {
  const Options options = resolve(givens);
  const CompareReport report = compare_as_asked(options);
  write_files(report, options);
  put(stdout, options.json ? to_json(report) : text_of(report, style_of(stdout)));
  return 0;
}

}  // namespace dflare::cli
