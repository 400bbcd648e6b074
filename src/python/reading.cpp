// Runs as they lie in their folders, and images, for Python.
#include <nanobind/stl/pair.h>

#include <algorithm>
#include <array>
#include <memory>

#include "dflare/error.h"
#include "dflare/gate_as_asked.h"
#include "dflare/report_text.h"
#include "dflare/run.h"
#include "dflare/run_page.h"
#include "dflare/run_report.h"
#include "dflare/run_summary.h"
#include "dflare/settings.h"
#include "dflare/store.h"
#include "python/function.h"
#include "python/options.h"
#include "python/told.h"
#include "python/work.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

using Pixels = nb::ndarray<nb::numpy, std::uint8_t>;

Pixels pixels_of(std::vector<std::uint8_t> pixels, const std::vector<std::size_t>& extents) {
  auto kept = std::make_unique<std::vector<std::uint8_t>>(std::move(pixels));
  std::uint8_t* const data = kept->data();
  const nb::capsule owner(kept.release(), [](void* p) noexcept { delete static_cast<std::vector<std::uint8_t>*>(p); });
  return {data, extents.size(), extents.data(), owner};
}

std::vector<std::size_t> extents_of(const Shape& shape) {
  const auto axis = [](int n) { return static_cast<std::size_t>(n); };
  return {axis(shape.height), axis(shape.width), axis(shape.channels)};
}

Pixels decode(const nb::bytes& file, const std::string& name) {
  const std::span bytes(static_cast<const std::uint8_t*>(file.data()), file.size());
  Input image = decode_image(bytes, name);
  const std::vector<std::size_t> extents = extents_of(image.shape);
  return pixels_of(std::move(image.pixels), extents);
}

nb::bytes encode(const Bytes& image) {
  std::vector<std::uint8_t> png;
  encode_png(view_of(image), png);
  return nb::bytes(png.data(), png.size());
}

// A run's record, as JSON texts, and what the whole of it says in words.
nb::typed<nb::dict, std::string, std::string> record(const std::string& folder) {
  const auto store = FindingStore::open(folder, /*writable=*/false);
  static_cast<void>(read_run(*store));  // what is damaged is told as such
  const RunRecord texts = store->record();
  nb::typed<nb::dict, std::string, std::string> all;
  all["settings"] = texts.settings;
  all["facts"] = texts.facts;
  all["seeds"] = texts.seeds;
  return all;
}

// What its store says now; nothing of how long it took.
std::string summary(const std::string& folder) {
  return to_json(summarise(*FindingStore::open(folder, /*writable=*/false), {}));
}

std::string text(const std::string& folder) {
  const auto store = FindingStore::open(folder, /*writable=*/false);
  return text_of(run_report(*store, summarise(*store, {})), TextStyle{.colours = false});
}

// The confirmed findings: facts as JSON, a line each, and images as PNG.
std::pair<std::string, nb::typed<nb::list, nb::bytes>> findings(const std::string& folder) {
  const auto store = FindingStore::open(folder, /*writable=*/false);
  std::string lines;
  export_text(*store, ExportFormat::kJsonLines, [&lines](std::string_view line) { lines += line; });
  nb::typed<nb::list, nb::bytes> images;
  store->for_each_finding(/*with_png=*/true, [&images](const Finding& finding) {
    if (!finding.flaky) images.append(nb::bytes(finding.png.data(), finding.png.size()));
  });
  return {lines, images};
}

// All inputs of the run as its models saw them, found to be still the same: N x H x W x C; zeros where one could not be
// read. Shape and classes as the run's facts have them.
Pixels inputs(const std::string& folder, const std::array<int, 3>& shape, std::size_t classes) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::size_t> extents;
  {
    const nb::gil_scoped_release free;
    const RecordedRun run = read_run(*FindingStore::open(folder, /*writable=*/false));
    ModelInfo info;
    info.shape = {shape[0], shape[1], shape[2]};
    info.classes = classes;
    const SeedSet seeds = load_seeds(run.options.seeds, seed_options(run.options, info));
    check_seeds(run, seeds);
    pixels.resize(seeds.seeds.size() * info.shape.size());
    for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
      std::ranges::copy(seeds.seeds[i].input.pixels,
                        pixels.begin() + static_cast<std::ptrdiff_t>(i * info.shape.size()));
    }
    extents = extents_of(info.shape);
    extents.insert(extents.begin(), seeds.seeds.size());
  }
  return pixels_of(std::move(pixels), extents);
}

// How many were written; to a corpus: added, and there already.
std::pair<std::int64_t, std::int64_t> export_findings(const std::string& folder, const Pairs& pairs) {
  const Options options = resolve(givens_of(pairs, kExport));
  if (!options.corpus.empty()) {
    const CorpusAddition addition = export_to_corpus(folder, options.corpus);
    return {addition.added, addition.there};
  }
  const auto store = FindingStore::open(folder, /*writable=*/false);
  export_run(*store, export_format(options), options.out);
  std::int64_t count = 0;
  store->for_each_finding(false, [&count](const Finding& finding) { count += finding.flaky ? 0 : 1; });
  return {count, 0};
}

// Runs as one page; what is missing from it.
std::vector<std::string> report(const Pairs& pairs, const std::string& target) {
  constexpr std::int64_t kMegabyte = 1'000'000, kMost = 1'000'000;
  const Options options = resolve(givens_of(pairs, kReport));
  const auto bytes = static_cast<std::size_t>(std::min(options.page_size, kMost) * kMegabyte);
  std::vector<RunPage> pages;
  std::vector<std::string> notes;
  for (const std::string& folder : options.runs) {
    pages.push_back(run_page(*FindingStore::open(folder, /*writable=*/false), bytes / options.runs.size()));
    add_to(notes, pages.back().notes);
  }
  write_page(to_html(pages), target);
  return notes;
}

}  // namespace

void bind_reading(nb::module_& m) {
  const auto free = nb::call_guard<nb::gil_scoped_release>();
  m.def("decode", &decode, nb::arg("file"), nb::arg("name"));
  m.def("encode", &encode, nb::arg("image"));
  m.def("record", &record, nb::arg("folder"));
  m.def("summary", &summary, nb::arg("folder"), free);
  m.def("text", &text, nb::arg("folder"), free);
  m.def("findings", &findings, nb::arg("folder"));
  m.def(
      "inputs",
      [](const std::string& folder, int height, int width, int channels, std::size_t classes) {
        return inputs(folder, {height, width, channels}, classes);
      },
      nb::arg("folder"), nb::arg("height"), nb::arg("width"), nb::arg("channels"), nb::arg("classes"));
  m.def("export", &export_findings, nb::arg("folder"), nb::arg("givens"), free);
  m.def("report", &report, nb::arg("givens"), nb::arg("target"), free);
}

}  // namespace dflare::python
