// Searches for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "dflare/error.h"
#include "dflare/process.h"
#include "dflare/report_text.h"
#include "dflare/search_as_asked.h"
#include "dflare/seeds_in_memory.h"
#include "dflare/settings.h"
#include "python/function.h"
#include "python/images.h"
#include "python/live.h"
#include "python/options.h"
#include "python/work.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

const char* name_of(SearchEnd end) {
  switch (end) {
    case SearchEnd::kComplete:
      return "complete";
    case SearchEnd::kTimeLimit:
      return "time_limit";
    case SearchEnd::kStopped:
      break;
  }
  return "stopped";
}

using Notes = std::vector<std::string>;
using Ended = std::optional<std::pair<std::string, Notes>>;  // how, and what is to be said; nothing: never begun

Ended search(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe,
             const Images* images, Live& live, const OwnCode& own) {
  const Options options = resolve(givens_of(pairs, kSearch));
  use_one_opencv_thread();
  Notes notes;
  SearchHooks hooks;
  hooks.own = own;
  hooks.inputs_read = [&](const SeedSet& seeds) { notes = notes_on(seeds); };
  hooks.notes = [&](const Notes& more) { notes.insert(notes.end(), more.begin(), more.end()); };
  if (images != nullptr) {
    hooks.begun = [&options](Search& begun) { keep_seeds(*begun.context().seeds, options.seeds, options.labels); };
  }
  const auto run = search_as_asked(options, live.progress, hooks, opener_of(functions, probe), loader_of(images));
  if (!run) return std::nullopt;
  return std::pair(name_of(run->session.search.end), notes);
}

Ended resume(const std::string& folder, const Pairs& pairs, const std::vector<Function>& functions,
             const std::optional<Bytes>& probe, Live& live, const OwnCode& own) {
  const Givens now = givens_of(pairs, kResume);
  use_one_opencv_thread();
  const auto store = FindingStore::open(folder, /*writable=*/true);
  Notes notes;
  SearchHooks hooks;
  hooks.own = own;
  hooks.notes = [&](const Notes& changes) { notes = changes; };
  const auto resumed = resume_as_asked(*store, now, live.progress, hooks, opener_of(functions, probe));
  if (!resumed) return std::nullopt;
  return std::pair(name_of(resumed->session.search.end), notes);
}

// The finding in words, and whether it came again; what has changed since the run.
std::tuple<std::string, bool, Notes> show(const std::string& folder, const std::string& id, const Pairs& pairs,
                                          const std::vector<Function>& functions, const std::optional<Bytes>& probe,
                                          const OwnCode& own) {
  const Givens now = givens_of(pairs, kShow);
  use_one_opencv_thread();
  const auto store = FindingStore::open(folder, /*writable=*/false);
  const RecordedRun run = read_run(*store);
  const Options options = options_now(run, now);
  const Finding finding = find_finding(*store, id);
  ReopenedRun reopened = reopen(run, options, opener_of(functions, probe));
  reopened.own = own;
  const bool again = comes_again(finding, run, options, reopened);
  return {text_of(finding_report(finding, run, options), TextStyle{.colours = false}), again, reopened.notes};
}

}  // namespace

void bind_search(nb::module_& m) {
  nb::class_<Images>(m, "Images", "Inputs in memory: uint8 arrays of H x W x C, or of N x H x W x C.")
      .def(nb::init<std::vector<Bytes>, std::vector<int>>(), nb::arg("arrays"), nb::arg("labels"));
  const auto free = nb::call_guard<nb::gil_scoped_release>();
  m.def("search", &search, nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), nb::arg("images").none(),
        nb::arg("live"), nb::arg("own"), free);
  m.def("resume", &resume, nb::arg("folder"), nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(),
        nb::arg("live"), nb::arg("own"), free);
  m.def("show", &show, nb::arg("folder"), nb::arg("id"), nb::arg("givens"), nb::arg("functions"),
        nb::arg("probe").none(), nb::arg("own"), free);
}

}  // namespace dflare::python
