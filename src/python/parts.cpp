// Searches on many machines, for Python: their shares, and runs joined.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>

#include "dflare/error.h"
#include "dflare/merge.h"
#include "dflare/process.h"
#include "dflare/search_in_parts.h"
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

using Notes = std::vector<std::string>;

// A SearchInParts, with what it borrows.
class Parts {
 public:
  Parts(const Pairs& pairs, const std::vector<Function>& functions, const std::optional<Bytes>& probe,
        const Images* images, Live& live, const OwnCode& own)
      : options_(resolve(givens_of(pairs, kSearch))) {
    use_one_opencv_thread();
    SearchHooks hooks;
    hooks.own = own;
    hooks.inputs_read = [this](const SeedSet& seeds) {
      notes_ = notes_on(seeds);
      seeds_ = &seeds;
    };
    hooks.notes = [this](const Notes& more) { notes_.insert(notes_.end(), more.begin(), more.end()); };
    search_.emplace(options_, live.progress, hooks, opener_of(functions, probe), loader_of(images));
  }

  [[nodiscard]] std::vector<int> plan() const {
    std::vector<int> plan;
    for (const SeedIndex seed : search_->plan()) plan.push_back(seed.value);
    return plan;
  }
  [[nodiscard]] const Notes& notes() const { return notes_; }

  void run(const std::string& folder, const std::vector<int>& seeds) {
    search_->run(folder, {seeds.begin(), seeds.end()});
  }
  // Where the options say that the inputs are, for a run whose inputs were in memory.
  void keep_inputs() const { keep_seeds(*seeds_, options_.seeds, options_.labels); }

 private:
  Options options_;
  Notes notes_;
  const SeedSet* seeds_ = nullptr;  // of search_
  std::optional<SearchInParts> search_;
};

std::vector<std::filesystem::path> folders_of(const std::vector<std::string>& runs) {
  return {runs.begin(), runs.end()};
}

Notes merge(const std::vector<std::string>& runs, const std::string& out) {
  return merge_runs(folders_of(runs), out).notes;
}

// A JoinedRun that is left at a word: Python may keep an object longer than its owner thinks.
class Joined {
 public:
  explicit Joined(const std::string& folder) : run_(std::in_place, folder) {}

  void add(const std::string& part) { there().add(part); }
  void close() { there().close(); }
  void leave() { run_.reset(); }
  [[nodiscard]] Notes notes() { return there().notes(); }
  // Inputs planned, ended and with a finding; queries.
  [[nodiscard]] std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t> counts() {
    const JoinedRun::Counts& counts = there().counts();
    return {counts.planned, counts.ended, counts.found, counts.queries};
  }

 private:
  JoinedRun& there() {
    if (!run_) throw Error(ErrorCode::kBadArgument, "the run was left");
    return *run_;
  }

  std::optional<JoinedRun> run_;
};

// The planned inputs that were not searched to their end.
std::vector<int> inputs_left(const std::string& folder) {
  const auto store = FindingStore::open(folder, /*writable=*/false);
  const RecordedRun run = read_run(*store);
  std::vector<std::uint8_t> left;
  for (const RecordedSeed& seed : run.seeds) left.push_back(seed.planned ? 1 : 0);
  for (const SeedDone& done : store->done()) left.at(static_cast<std::size_t>(done.seed.value)) = 0;
  std::vector<int> inputs;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] != 0) inputs.push_back(static_cast<int>(i));
  }
  return inputs;
}

}  // namespace

void bind_parts(nb::module_& m) {
  const auto free = nb::call_guard<nb::gil_scoped_release>();
  nb::class_<Parts>(m, "Parts", "A search that is run in shares.")
      .def(nb::init<const Pairs&, const std::vector<Function>&, const std::optional<Bytes>&, const Images*, Live&,
                    const OwnCode&>(),
           nb::arg("givens"), nb::arg("functions"), nb::arg("probe").none(), nb::arg("images").none(), nb::arg("live"),
           nb::arg("own"), nb::keep_alive<1, 6>(), free)
      .def("plan", &Parts::plan)
      .def("notes", &Parts::notes)
      .def("run", &Parts::run, nb::arg("folder"), nb::arg("seeds"), free)
      .def("keep_inputs", &Parts::keep_inputs, free);
  m.def("merge", &merge, nb::arg("runs"), nb::arg("out"), free);
  nb::class_<Joined>(m, "Joined", "A run that others are added to.")
      .def(nb::init<const std::string&>(), nb::arg("folder"), free)
      .def("add", &Joined::add, nb::arg("part"), free)
      .def("counts", &Joined::counts)
      .def("notes", &Joined::notes)
      .def("close", &Joined::close, free)
      .def("leave", &Joined::leave, free);
  m.def("inputs_left", &inputs_left, nb::arg("folder"), free);
}

}  // namespace dflare::python
