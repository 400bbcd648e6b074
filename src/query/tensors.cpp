// Image inputs and class outputs, read off tensor shapes.
#include "query/tensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "core/array_values.h"
#include "core/shape_text.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr const char* kImageHint =
    "images are N x C x H x W or N x H x W x C with 1 or 3 channels; other inputs are arrays: --kind array, with "
    "inputs "
    "in an .npy file";

bool is_channels(std::int64_t dim) { return dim == 1 || dim == 3; }

Layout guess_layout(std::span<const std::int64_t> dims, Layout usual) {
  const bool first = is_channels(dims[1]);
  const bool last = is_channels(dims[3]);
  if (first == last) return usual;
  return first ? Layout::kNchw : Layout::kNhwc;
}

int settle(const std::string& model, std::int64_t dim, int asked, const char* side) {
  if (dim > 0 && asked != 0 && dim != asked) {
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: takes images of {} {}, not {}", model, side, dim, asked),
                "leave --input-size away: this model's size is fixed");
  }
  if (dim <= 0 && asked <= 0) {
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: leaves the {} of its images open", model, side),
                "say which by --input-size HEIGHTxWIDTH");
  }
  return dim > 0 ? static_cast<int>(dim) : asked;
}

}  // namespace

std::string to_string(std::span<const std::int64_t> dims) {
  std::vector<std::string> parts;
  for (const auto dim : dims) parts.push_back(dim < 0 ? "?" : std::to_string(dim));
  return fmt::format("{}", fmt::join(parts, " x "));
}

ImageTensor read_image_tensor(const std::string& model, std::span<const std::int64_t> dims, const ModelOptions& options,
                              Layout usual) {
  if (dims.size() != 3 && dims.size() != 4) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: its input has shape {}, which is no batch of images", model, to_string(dims)),
                kImageHint);
  }
  ImageTensor tensor{{dims.begin(), dims.end()}, {}, Layout::kNhwc};
  std::size_t row = 1;
  std::int64_t channels = 1;
  if (dims.size() == 4) {
    tensor.layout = options.preprocess.layout.value_or(guess_layout(dims, usual));
    row = tensor.layout == Layout::kNchw ? 2 : 1;
    channels = tensor.layout == Layout::kNchw ? dims[1] : dims[3];
  }
  if (!is_channels(channels)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: its input of shape {} has {} channels as {}, expected 1 or 3", model, to_string(dims),
                            channels < 0 ? "an unknown number of" : std::to_string(channels),
                            tensor.layout == Layout::kNchw ? "nchw" : "nhwc"),
                options.preprocess.layout ? "try another layout in --preprocess" : kImageHint);
  }
  tensor.shape.channels = static_cast<int>(channels);
  tensor.dims[row] = tensor.shape.height = settle(model, dims[row], options.input_height, "height");
  tensor.dims[row + 1] = tensor.shape.width = settle(model, dims[row + 1], options.input_width, "width");
  return tensor;
}

namespace {

// The axes of an array: those of 1 left out, the first ones multiplied up until there are three.
Shape shape_of_array(const Dims& dims) {
  std::vector<std::int64_t> axes;
  std::copy_if(dims.begin() + 1, dims.end(), std::back_inserter(axes), [](std::int64_t d) { return d != 1; });
  while (axes.size() > 3) {
    axes[1] *= axes[0];
    axes.erase(axes.begin());
  }
  axes.resize(3, 1);
  Shape shape{static_cast<int>(axes[0]), static_cast<int>(axes[1]), static_cast<int>(axes[2])};
  if (shape.width == 1) std::swap(shape.height, shape.width);  // a vector
  return shape;
}

ImageTensor read_array_tensor(const std::string& model, std::span<const std::int64_t> dims,
                              const ModelOptions& options) {
  if (dims.size() < 2) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: its input of shape {} has no batch of arrays", model, to_string(dims)),
                "dflare takes inputs of N x anything: export the model with a leading axis of 1");
  }
  ImageTensor tensor{{dims.begin(), dims.end()}, {}, Layout::kNhwc};
  constexpr std::int64_t kMost = std::int64_t{1} << 28;
  std::int64_t size = 1;
  int open = 0;
  for (std::size_t i = 1; i < dims.size(); ++i) {
    if (dims[i] < 1) {
      const int asked = open == 0 ? options.input_height : open == 1 ? options.input_width : 0;
      ++open;
      if (asked <= 0) {
        throw Error(ErrorCode::kBadArgument,
                    fmt::format("{}: leaves axis {} of its input of shape {} open", model, i, to_string(dims)),
                    "say how long by --input-size: the first open axis, then x, then the second");
      }
      tensor.dims[i] = asked;
    }
    if (__builtin_mul_overflow(size, tensor.dims[i], &size) || size > kMost) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: its input of shape {} is too large", model, to_string(tensor.dims)));
    }
  }
  tensor.shape = shape_of_array(tensor.dims);
  return tensor;
}

}  // namespace

ImageTensor read_input_tensor(const std::string& model, std::span<const std::int64_t> dims, const ModelOptions& options,
                              Layout usual) {
  if (options.kind == InputKind::kAudio) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: takes numbers of shape {}, and the inputs are sounds", model, to_string(dims)),
                "put features and network together in a command that takes sounds: exec:COMMAND, docs/audio.md; or "
                "give it the features: an .npy file and --kind array");
  }
  if (options.kind == InputKind::kText) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: takes numbers of shape {}, and the inputs are texts", model, to_string(dims)),
                "put the tokens together in a command that takes texts: exec:COMMAND, docs/text.md");
  }
  return options.kind == InputKind::kArray ? read_array_tensor(model, dims, options)
                                           : read_image_tensor(model, dims, options, usual);
}

ChosenInputs choose_inputs(const std::string& model, std::span<const NamedTensor> inputs, const ModelOptions& options) {
  std::vector<std::string> listed;
  for (const NamedTensor& input : inputs) listed.push_back(fmt::format("{} ({})", input.name, to_string(input.dims)));
  ChosenInputs chosen;
  std::vector<bool> is_set(inputs.size());
  for (const auto& [name, value] : options.set_inputs) {
    const auto found = std::ranges::find(inputs, name, &NamedTensor::name);
    if (found == inputs.end()) {
      throw Error(ErrorCode::kBadArgument, fmt::format("{}: has no input named '{}' to set", model, name),
                  fmt::format("its inputs are {}", fmt::join(listed, ", ")));
    }
    const auto at = static_cast<std::size_t>(found - inputs.begin());
    is_set[at] = true;
    chosen.set.emplace_back(at, value);
  }
  const auto open = std::ranges::count(is_set, false);
  if (open == 0) {
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: --set-input sets all of its inputs", model),
                "leave out the one that is searched");
  }
  if (open > 1) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has {} inputs, expected 1: {}", model, inputs.size(), fmt::join(listed, ", ")),
                "give all but one a value by --set-input NAME=VALUE,...: a rate, a mask of 1, a state at rest (0)");
  }
  chosen.asked = static_cast<std::size_t>(std::ranges::find(is_set, false) - is_set.begin());
  return chosen;
}

Dims dims_beside(const Dims& set, const Dims& asked, std::size_t rows) {
  Dims dims = set;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] >= 0) continue;
    dims[i] = i > 0 && dims.size() == asked.size() ? asked[i] : static_cast<std::int64_t>(rows);
  }
  return dims;
}

bool may_hold_classes(std::span<const std::int64_t> dims) {
  const auto per_row = dims.size() > 1 ? dims.subspan(1) : dims;
  return std::ranges::count_if(per_row, [](std::int64_t d) { return d != 1; }) == 1;
}

std::size_t read_values(const std::string& model, std::span<const std::int64_t> dims, OutputForm form) {
  const auto per_row = dims.size() > 1 ? dims.subspan(1) : dims;
  std::size_t values = 1;
  for (const std::int64_t d : per_row) {
    if (d < 1) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: gives an output of shape {}, which holds no values", model, to_string(dims)),
                  "choose another by --output-name");
    }
    values *= static_cast<std::size_t>(d);
  }
  if (form == OutputForm::kValues || (form == OutputForm::kScore && values == 1)) return values;
  if (form == OutputForm::kScores && may_hold_classes(dims)) return values;
  const std::string shape = fmt::format("{}: its output of shape {}", model, to_string(dims));
  if (form == OutputForm::kScore) {
    throw Error(ErrorCode::kBadInput, shape + fmt::format(" holds {} values, --oracle binary reads one", values),
                "leave --oracle away for scores of classes");
  }
  if (values == 1) {
    throw Error(ErrorCode::kBadInput, shape + " is one value for an image: a yes-or-no score or a measured quantity",
                "say which: --oracle binary for a score, --oracle value:TOLERANCE for a quantity");
  }
  throw Error(ErrorCode::kBadInput, shape + " is no score for each of two or more classes",
              "say how it is compared: --oracle value:TOLERANCE for numbers (key points, depths), cosine:LEAST for "
              "vectors, mask:IOU for a score a pixel; if the model gives scores of classes too, choose that output by "
              "--output-name");
}

std::size_t choose_output(const std::string& model, std::span<const NamedOutput> outputs, const std::string& wanted) {
  if (wanted.empty() && outputs.size() == 1) return 0;
  const auto listed = [&outputs](bool all) {
    std::vector<std::string> parts;
    for (const NamedOutput& output : outputs) {
      if (all || may_hold_classes(output.dims))
        parts.push_back(fmt::format("{} ({})", output.name, to_string(output.dims)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
  };
  if (wanted.empty()) {
    const bool any = std::ranges::any_of(outputs, [](const NamedOutput& o) { return may_hold_classes(o.dims); });
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has {} outputs{}: {}", model, outputs.size(),
                            any ? ", and more than one may hold scores of classes" : ", none of them scores of classes",
                            listed(true)),
                any ? fmt::format("choose one by --output-name: {}", listed(false))
                    : "choose one by --output-name, and say how it is compared by --oracle");
  }
  const auto found = std::ranges::find(outputs, wanted, &NamedOutput::name);
  if (found == outputs.end()) {
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: has no output named '{}'", model, wanted),
                fmt::format("choose one by --output-name: {}", listed(true)));
  }
  return static_cast<std::size_t>(found - outputs.begin());
}

std::vector<std::size_t> choose_outputs(const std::string& model, std::span<const NamedOutput> outputs,
                                        const ModelOptions& options) {
  if (options.output_form != OutputForm::kValues || !options.output_name.empty()) {
    return {choose_output(model, outputs, options.output_name)};
  }
  std::vector<std::size_t> all(outputs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

AnswerPart part_of(const std::string& name, std::span<const std::int64_t> dims) {
  const auto per_row = dims.size() > 1 ? dims.subspan(1) : dims;
  return {name, {per_row.begin(), per_row.end()}};
}

void check_query(const ModelInfo& info, std::span<const InputView> inputs) {
  if (inputs.empty()) throw Error(ErrorCode::kBadArgument, fmt::format("{}: an empty query", info.path));
  for (const auto& input : inputs) {
    if (input.shape == info.shape && kind_of(input.shape) == info.kind) continue;
    if (input.shape == info.shape) {
      throw Error(ErrorCode::kBadArgument, fmt::format("{}: asked an input of kind {}, takes {}", info.path,
                                                       to_text(kind_of(input.shape)), to_text(info.kind)));
    }
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: asked an image of {}x{}x{}, takes {}x{}x{}", info.path,
                                                     input.shape.height, input.shape.width, input.shape.channels,
                                                     info.shape.height, info.shape.width, info.shape.channels));
  }
}

}  // namespace dflare
