// Work under way, for the thread that waits for it.
#include "python/live.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;

namespace dflare::python {
namespace {

// Counts of a search: start-up first, then its chains.
nb::typed<nb::dict, std::string, std::int64_t> counts(const Live& live) {
  const LiveProgress& progress = live.progress;
  nb::typed<nb::dict, std::string, std::int64_t> all;
  all["inputs_asked"] = progress.inputs_asked.load();
  all["inputs_to_ask"] = progress.inputs_to_ask.load();
  all["seeds_total"] = progress.seeds_total.load();
  all["seeds_done"] = progress.seeds_done.load();
  all["found"] = progress.found.load();
  all["natural"] = progress.natural.load();
  all["flaky"] = progress.flaky.load();
  all["queries"] = progress.queries.load();
  return all;
}

// The step of any other work.
nb::typed<nb::dict, std::string, nb::any> step(const Live& live) {
  const Progress told = live.told();
  nb::typed<nb::dict, std::string, nb::any> all;
  all["step"] = told.step;
  all["done"] = told.done;
  all["of"] = told.of;
  all["seconds_left"] = told.seconds_left;
  return all;
}

}  // namespace

Tell Live::tell() {
  return [this](const Progress& step) {
    const std::lock_guard held(lock_);
    told_ = step;
  };
}

Progress Live::told() const {
  const std::lock_guard held(lock_);
  return told_;
}

void bind_live(nb::module_& m) {
  nb::class_<Live>(m, "Live", "Work under way, for the thread that waits for it.")
      .def(nb::init<>())
      .def(
          "stop", [](Live& live) { live.progress.stop = true; }, "Ends the work soon; everything found is kept.")
      .def_prop_ro("stopped", [](const Live& live) { return live.progress.stop.load(); })
      .def("counts", &counts, "Counts of a search.")
      .def("step", &step, "The step of any other work.");
}

}  // namespace dflare::python
