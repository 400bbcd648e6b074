// Guards and repairs for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

#include <optional>
#include <utility>

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

// And the folder that it was written to. Nothing: it was stopped before there was anything.
using Learnt = std::optional<std::pair<Told, std::string>>;

LearnHooks hooks_of(std::vector<std::string>& notes, Live& live) {
  LearnHooks hooks;
  hooks.opened = [&notes](const PastRun& run, double) { notes = run.reopened.notes; };
  hooks.held_out_read = [&notes](const SeedSet& seeds) { add_to(notes, notes_on(seeds)); };
  hooks.tell = live.tell();
  return hooks;
}

template <class Written>
Learnt learnt(const std::optional<Written>& written, std::vector<std::string> notes) {
  if (!written) return std::nullopt;
  Told told{to_json(written->report, written->origin), text_of(written->report, kPlain), std::move(notes)};
  return std::pair(std::move(told), written->folder.string());
}

Learnt guard(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe,
             Live& live) {
  const Givens now = givens_of(pairs, kGuard);
  use_one_opencv_thread();
  std::vector<std::string> notes;
  const auto written = guard_as_asked(now, live.progress, hooks_of(notes, live), opener_of(functions, probe));
  return learnt(written, std::move(notes));
}

Learnt repair(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe,
              Live& live) {
  const Givens now = givens_of(pairs, kRepair);
  use_one_opencv_thread();
  std::vector<std::string> notes;
  const auto written = repair_as_asked(now, live.progress, hooks_of(notes, live), opener_of(functions, probe));
  return learnt(written, std::move(notes));
}

}  // namespace

void bind_learning(nb::module_& m) {
  const auto free = nb::call_guard<nb::gil_scoped_release>();
  m.def("guard", &guard, nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), nb::arg("live"), free);
  m.def("repair", &repair, nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), nb::arg("live"), free);
}

}  // namespace dflare::python
