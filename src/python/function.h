// Python callables as models.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dflare/input.h"
#include "dflare/open_pair.h"

namespace dflare::python {

using Bytes = nanobind::ndarray<const std::uint8_t, nanobind::numpy, nanobind::c_contig, nanobind::device::cpu>;

// An H x W x C image of Python's as a view. Throws kBadArgument for another shape.
InputView view_of(const Bytes& image);

// A callable, and what its owner says of it.
struct Declaration {
  std::string path;            // "function:NAME"
  std::optional<Shape> shape;  // of one image
  bool floats = false;         // it gets preprocessed float32 arrays, whatever the preprocessing; else only for other
                               // preprocessing than raw
  Layout usual = Layout::kNhwc;
  bool concurrent = false;  // it may be called from several threads at once
};

// What is asked: `first(array, form)` of the first image gives the extents of an answer, `ask(array)` of a batch a
// float32 array of rows x values. Both raise for what is no answer.
class Function {
 public:
  Function(Declaration declared, nanobind::object first, nanobind::object ask);

  [[nodiscard]] const Declaration& declared() const;
  // Asks `probe`, brought to `shape`, what answers are like. Without the GIL. Throws kModelFailed for a callable that
  // fails.
  [[nodiscard]] std::unique_ptr<Model> open(const Shape& shape, InputView probe, const ModelOptions& options) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Opens paths as open_model does and functions by these. A function that declares no shape gets that of the model
// opened before it, or the probe's. The probe is copied.
Opener opener_of(const std::vector<Function>& functions, const std::optional<Bytes>& probe);

void bind_function(nanobind::module_& m);

}  // namespace dflare::python
