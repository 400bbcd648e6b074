// Python callables as models.
#include "python/function.h"

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <tuple>
#include <utility>

#include "dflare/error.h"
#include "dflare/float_images.h"
#include "dflare/model_files.h"
#include "dflare/seeds.h"
#include "python/arrays.h"
#include "python/errors.h"

namespace nb = nanobind;

namespace dflare::python {
namespace {

using Scores = nb::ndarray<const float, nb::c_contig, nb::ndim<2>, nb::device::cpu>;

const char* name_of(OutputForm form) {
  switch (form) {
    case OutputForm::kScores:
      return "scores";
    case OutputForm::kScore:
      return "score";
    case OutputForm::kValues:
      break;
  }
  return "values";
}

}  // namespace

struct Function::State {
  Declaration declared;
  nb::object first, ask;
  std::mutex one_at_a_time;

  State(Declaration d, nb::object f, nb::object a) : declared(std::move(d)), first(std::move(f)), ask(std::move(a)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    const nb::gil_scoped_acquire gil;  // the last to know it may be a thread of the engine's
    first.reset();
    ask.reset();
  }

  // Alone, unless the callable stands more.
  [[nodiscard]] std::unique_lock<std::mutex> turn() {
    return declared.concurrent ? std::unique_lock<std::mutex>() : std::unique_lock(one_at_a_time);
  }
};

namespace {

// How images are handed over.
class Handing {
 public:
  Handing(const Declaration& declared, const Shape& shape, const Preprocess& preprocess) : shape_(shape) {
    if (!declared.floats && preprocess == Preprocess{}) return;
    floats_ = std::make_shared<const FloatImages>(shape, preprocess, declared.usual);
  }

  // Copies: what a callable gets is its own to keep.
  [[nodiscard]] std::function<nb::object()> prepared(std::span<const InputView> images) const {
    const std::size_t values = images.size() * shape_.size();
    const std::array<std::size_t, 4> extents = extents_of(images.size());
    if (floats_) {
      auto block = std::make_unique_for_overwrite<float[]>(values);
      floats_->write(images, {block.get(), values});
      return [block = std::make_shared<std::unique_ptr<float[]>>(std::move(block)), extents] {
        return array_of(std::move(*block), extents);
      };
    }
    auto block = std::make_unique_for_overwrite<std::uint8_t[]>(values);
    for (std::size_t i = 0; i < images.size(); ++i) {
      std::ranges::copy(images[i].pixels(), block.get() + i * shape_.size());
    }
    return [block = std::make_shared<std::unique_ptr<std::uint8_t[]>>(std::move(block)), extents] {
      return array_of(std::move(*block), extents);
    };
  }

  void tell(ModelInfo& info) const {
    info.input_type = floats_ ? "float32" : "uint8";
    info.layout = floats_ ? floats_->layout() : Layout::kNhwc;
    if (floats_) info.levels = floats_->levels();
  }

 private:
  [[nodiscard]] std::array<std::size_t, 4> extents_of(std::size_t rows) const {
    const auto axis = [](int n) { return static_cast<std::size_t>(n); };
    const std::size_t height = axis(shape_.height), width = axis(shape_.width), channels = axis(shape_.channels);
    if (floats_ && floats_->layout() == Layout::kNchw) return {rows, channels, height, width};
    return {rows, height, width, channels};
  }

  Shape shape_;
  std::shared_ptr<const FloatImages> floats_;
};

}  // namespace

Function::Function(Declaration declared, nb::object first, nb::object ask)
    : state_(std::make_shared<State>(std::move(declared), std::move(first), std::move(ask))) {}

const Declaration& Function::declared() const { return state_->declared; }

std::unique_ptr<Model> Function::open(const Shape& shape, InputView probe, const ModelOptions& options) const {
  const Handing handing(state_->declared, shape, options.preprocess);
  ModelInfo info;
  info.path = state_->declared.path;
  info.shape = shape;
  info.scores = options.output_form != OutputForm::kValues;
  handing.tell(info);
  const Input image = fit_image(probe, shape, options.preprocess);
  const InputView view = image.view();
  {
    const auto array = handing.prepared({&view, 1});
    const auto turn = state_->turn();
    const nb::gil_scoped_acquire gil;
    try {
      const nb::object extents = state_->first(array(), name_of(options.output_form));
      info.parts = {{"output", nb::cast<std::vector<std::int64_t>>(extents)}};
    } catch (const nb::python_error& e) {
      throw Error(ErrorCode::kModelFailed, fmt::format("{}: {}", info.path, in_words(e)));
    }
  }
  info.classes = info.parts.front().values();
  auto ask = [state = state_, handing, classes = info.classes](std::span<const InputView> images,
                                                               std::span<float> out) {
    const auto array = handing.prepared(images);
    const auto turn = state->turn();
    const nb::gil_scoped_acquire gil;
    try {
      const nb::object answer = state->ask(array());
      const auto scores = nb::cast<Scores>(answer);
      if (scores.shape(0) != images.size() || scores.shape(1) != classes) throw std::length_error("another shape");
      std::copy_n(scores.data(), out.size(), out.begin());
    } catch (const nb::python_error& e) {
      throw std::runtime_error(in_words(e));
    }
  };
  return keep_rows_exact(make_batch_model(std::move(info), std::move(ask)));
}

InputView view_of(const Bytes& image) {
  if (image.ndim() != 3 || (image.shape(2) != 1 && image.shape(2) != 3) || image.size() == 0) {
    throw Error(ErrorCode::kBadArgument, "an image is no array of height x width x channels (1 or 3)");
  }
  const auto axis = [&](std::size_t i) { return static_cast<int>(image.shape(i)); };
  return {{axis(0), axis(1), axis(2)}, image.data()};
}

Opener opener_of(const std::vector<Function>& functions, const std::optional<Bytes>& probe) {
  auto first = std::make_shared<std::optional<Input>>();
  if (probe) *first = Input(view_of(*probe));
  auto last = std::make_shared<std::optional<Shape>>();
  return [functions, first, last](const std::filesystem::path& path, const ModelOptions& options) {
    if (!is_function(path)) {
      std::unique_ptr<Model> model = open_model(path, options);
      *last = model->info().shape;
      return model;
    }
    const auto function =
        std::ranges::find(functions, path.string(), [](const Function& f) { return f.declared().path; });
    if (function == functions.end()) return open_model(path, options);  // says what it is
    std::optional<Shape> shape = function->declared().shape;
    if (!shape) shape = *last;
    if (!shape && *first) shape = (*first)->shape;
    if (!*first || !shape) {
      throw Error(ErrorCode::kBadArgument, fmt::format("{}: which images it takes is not known", path.string()),
                  "say so: dflare.Model(f, shape=(height, width, channels))");
    }
    std::unique_ptr<Model> model = function->open(*shape, (*first)->view(), options);
    *last = *shape;
    return model;
  };
}

void bind_function(nb::module_& m) {
  using Extents = std::optional<std::tuple<int, int, int>>;
  nb::class_<Function>(m, "Function", "A callable as a model.")
      .def(
          "__init__",
          [](Function* self, std::string path, const Extents& shape, bool floats, bool channels_first, bool concurrent,
             nb::object first, nb::object ask) {
            Declaration declared{.path = std::move(path), .floats = floats, .concurrent = concurrent};
            if (shape) declared.shape = Shape{std::get<0>(*shape), std::get<1>(*shape), std::get<2>(*shape)};
            if (channels_first) declared.usual = Layout::kNchw;
            new (self) Function(std::move(declared), std::move(first), std::move(ask));
          },
          nb::arg("path"), nb::arg("shape").none(), nb::arg("floats"), nb::arg("channels_first"), nb::arg("concurrent"),
          nb::arg("first"), nb::arg("ask"));
}

}  // namespace dflare::python
