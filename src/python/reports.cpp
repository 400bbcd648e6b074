// Inspections and rankings for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include "dflare/as_asked.h"
#include "dflare/process.h"
#include "dflare/report_json.h"
#include "dflare/report_text.h"
#include "python/function.h"
#include "python/live.h"
#include "python/options.h"
#include "python/told.h"
#include "python/work.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

Told inspect(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe) {
  const Options options = resolve(givens_of(pairs, kInspect));
  use_one_opencv_thread();
  std::vector<std::string> notes;
  InspectHooks hooks;
  hooks.inputs_read = [&](const SeedSet& seeds) { notes = notes_on(seeds); };
  const Inspection inspection = inspect_as_asked(options, hooks, opener_of(functions, probe));
  notes.insert(notes.end(), inspection.notes.begin(), inspection.notes.end());
  return {to_json(inspection), text_of(inspection, kPlain), notes};
}

Told rank(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe, Live& live) {
  const Options options = resolve(givens_of(pairs, kRank));
  use_one_opencv_thread();
  std::vector<std::string> notes;
  RankHooks hooks;
  hooks.inputs_read = [&](const SeedSet& seeds) { notes = notes_on(seeds); };
  hooks.tell = live.tell();
  const RankReport report = rank_as_asked(options, live.progress, hooks, opener_of(functions, probe));
  notes.insert(notes.end(), report.notes.begin(), report.notes.end());
  return {to_json(report), text_of(report, kPlain), notes};
}

}  // namespace

void bind_reports(nb::module_& m) {
  const auto free = nb::call_guard<nb::gil_scoped_release>();
  m.def("inspect", &inspect, nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), free);
  m.def("rank", &rank, nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), nb::arg("live"), free);
}

}  // namespace dflare::python
