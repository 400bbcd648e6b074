// What dflare.tune asks of models: the numbers that they are fed, and how long they take.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "core/pacer.h"
#include "dflare/error.h"
#include "dflare/float_images.h"
#include "dflare/natural.h"
#include "dflare/open_pair.h"
#include "dflare/process.h"
#include "dflare/seeds.h"
#include "dflare/settings.h"
#include "python/arrays.h"
#include "python/live.h"
#include "python/options.h"
#include "python/told.h"
#include "python/work.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

using Facts = nb::typed<nb::dict, std::string, nb::any>;

std::vector<SeedIndex> readable(const SeedSet& seeds) {
  std::vector<SeedIndex> found;
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    if (seeds.seeds[i].problem.empty()) found.emplace_back(static_cast<int>(i));
  }
  if (found.empty()) throw Error(ErrorCode::kNoUsableSeed, seeds.path.string() + ": no input can be read");
  return found;
}

std::vector<std::size_t> extents_of(std::size_t rows, const Shape& shape, Layout layout) {
  const auto axis = [](int n) { return static_cast<std::size_t>(n); };
  const std::size_t height = axis(shape.height), width = axis(shape.width), channels = axis(shape.channels);
  if (layout == Layout::kNchw) return {rows, channels, height, width};
  return {rows, height, width, channels};
}

// Rows of float32, as the model's input tensor would hold them.
struct Fed {
  std::vector<std::size_t> extents;
  std::unique_ptr<float[]> values;
};

Fed feed(const SeedSet& seeds, std::span<const NaturalImage> images, const Shape& shape, const FloatImages& floats) {
  Fed fed{extents_of(images.size(), shape, floats.layout()),
          std::make_unique_for_overwrite<float[]>(images.size() * shape.size())};
  Input rendered(shape);
  for (std::size_t i = 0; i < images.size(); ++i) {
    render(seeds, images[i], rendered.pixels);
    const InputView view = rendered.view();
    floats.write({&view, 1}, {fed.values.get() + i * shape.size(), shape.size()});
  }
  return fed;
}

// What the original of an inspection is fed: the inputs as they are and, behind them, each under `corrupted` natural
// corruptions.
Facts fed(const Pairs& pairs, int corrupted, std::uint64_t rng_seed) {
  Fed values;
  ModelInfo info;
  std::size_t clean = 0;
  std::vector<std::string> notes;
  {
    const nb::gil_scoped_release free;
    const Options options = resolve(givens_of(pairs, kInspect));
    use_one_opencv_thread();
    const ModelOptions how = model_options(options, Side::kOriginal);
    info = open_model(options.models.front(), how)->info();
    const SeedSet seeds = load_seeds(options.seeds, seed_options(options, info));
    notes = notes_on(seeds);
    const std::vector<SeedIndex> usable = readable(seeds);
    clean = usable.size();
    std::vector<NaturalImage> images = clean_images(usable);
    const auto changed = corrupted_images(usable, corrupted, rng_seed, seeds.form.get());
    images.insert(images.end(), changed.begin(), changed.end());
    Shape shape = info.shape;
    shape.form = seeds.form.get();
    values = feed(seeds, images, shape, FloatImages(shape, how.preprocess, info.layout));
  }
  Facts facts;
  facts["input"] = info.input_name;
  facts["input_type"] = info.input_type;
  facts["kind"] = info.kind == InputKind::kImage ? "image" : info.kind == InputKind::kArray ? "array" : "other";
  facts["values"] = array_of(std::move(values.values), values.extents);
  facts["clean"] = clean;
  facts["notes"] = notes;
  return facts;
}

// The models of an inspection, the first the original, found to fit together.
std::vector<std::unique_ptr<Model>> opened(const Options& options) {
  std::vector<std::unique_ptr<Model>> models;
  for (const std::string& path : options.models) {
    models.push_back(open_model(path, model_options(options, models.empty() ? Side::kOriginal : Side::kCompressed)));
    check_fit(models.front()->info(), models.back()->info(), options);
  }
  return models;
}

// The fastest of `rounds` times that each model took, in milliseconds an input: `inputs` of them one at a time, one
// thread, models in turns. Stopped before the end of the first round, infinity where it did not get to.
std::vector<double> milliseconds(const Pairs& pairs, int inputs, int rounds, Live& live) {
  const Options options = resolve(givens_of(pairs, kInspect));
  use_one_opencv_thread();
  const std::vector<std::unique_ptr<Model>> models = opened(options);
  const SeedSet seeds = load_seeds(options.seeds, seed_options(options, models.front()->info()));
  std::vector<SeedIndex> usable = readable(seeds);
  usable.resize(std::min(usable.size(), static_cast<std::size_t>(inputs)));
  std::vector<double> best(models.size(), std::numeric_limits<double>::infinity());
  Answers answers;
  const auto ask = [&](Model& model, SeedIndex seed) {
    const InputView view = seeds.seeds[static_cast<std::size_t>(seed.value)].input.view();
    model.query({&view, 1}, answers);
  };
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t m = 0; m < models.size() && !live.progress.stop; ++m) {
      if (round == 0) ask(*models[m], usable.front());  // what a first query sets up is no part of it
      const Elapsed began;
      for (const SeedIndex seed : usable) ask(*models[m], seed);
      best[m] = std::min(best[m], 1000 * began.seconds() / static_cast<double>(usable.size()));
    }
  }
  return best;
}

}  // namespace

void bind_feeding(nb::module_& m) {
  m.def("fed", &fed, nb::arg("givens"), nb::arg("corrupted"), nb::arg("rng_seed"));
  m.def("milliseconds", &milliseconds, nb::arg("givens"), nb::arg("inputs"), nb::arg("rounds"), nb::arg("live"),
        nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace dflare::python
