// Profiles, checks, replays and comparisons for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

#include <utility>

#include "dflare/gate_as_asked.h"
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

FieldHooks hooks_of(std::vector<std::string>& notes, Live& live) {
  FieldHooks hooks;
  hooks.inputs_read = [&notes](const SeedSet& seeds) { notes = notes_on(seeds); };
  hooks.tell = live.tell();
  return hooks;
}

template <class Report>
Told told(const Report& report, const Options& options, std::vector<std::string> notes) {
  write_files(report, options);
  add_to(notes, report.notes);
  return {to_json(report), text_of(report, kPlain), std::move(notes)};
}

Told profile(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe,
             Live& live) {
  const Options options = resolve(givens_of(pairs, kProfile));
  use_one_opencv_thread();
  std::vector<std::string> notes;
  const auto report = profile_as_asked(options, live.progress, hooks_of(notes, live), opener_of(functions, probe));
  return told(report, options, std::move(notes));
}

Told check(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe, Live& live) {
  const Options options = resolve(givens_of(pairs, kCheck));
  use_one_opencv_thread();
  std::vector<std::string> notes;
  const auto report = check_as_asked(options, live.progress, hooks_of(notes, live), opener_of(functions, probe));
  return told(report, options, std::move(notes));
}

Told replay(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe, Live& live) {
  const Givens now = givens_of(pairs, kReplay);
  use_one_opencv_thread();
  std::vector<std::string> notes;
  const auto report = replay_as_asked(now, live.progress, hooks_of(notes, live), opener_of(functions, probe));
  return told(report, resolve(now), std::move(notes));
}

Told compare(const Pairs& pairs) {
  const Options options = resolve(givens_of(pairs, kCompare));
  return told(compare_as_asked(options), options, {});
}

}  // namespace

void bind_gate(nb::module_& m) {
  const auto free = nb::call_guard<nb::gil_scoped_release>();
  const auto asked = [&](const char* name, auto function) {
    m.def(name, function, nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), nb::arg("live"), free);
  };
  asked("profile", &profile);
  asked("check", &check);
  asked("replay", &replay);
  m.def("compare", &compare, nb::arg("givens"), free);
}

}  // namespace dflare::python
