// What profiles, checks, replays and comparisons leave as files.
#include "core/files.h"
#include "dflare/gate_as_asked.h"
#include "dflare/report_json.h"
#include "dflare/report_svg.h"

namespace dflare {

void write_files(const ProfileReport& report, const Options& options) {
  if (!options.out.empty()) put_file(options.out, to_json(report));
  if (!options.svg.empty()) put_file(options.svg, heat_map_svg(report));
}

void write_files(const GateReport& report, const Options& options) {
  if (!options.out.empty()) put_file(options.out, to_json(report));
  if (!options.junit.empty()) put_file(options.junit, junit_of(report));
  if (!options.markdown.empty()) put_file(options.markdown, markdown_of(report));
}

void write_files(const CompareReport& report, const Options& options) {
  if (!options.out.empty()) put_file(options.out, to_json(report));
}

}  // namespace dflare
