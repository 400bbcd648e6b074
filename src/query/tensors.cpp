// Image inputs and class outputs, read off tensor shapes.
#include "query/tensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "dflare/error.h"

namespace dflare {
namespace {

constexpr const char* kImageHint =
    "dflare takes models with one image input, N x C x H x W or N x H x W x C with 1 or 3 channels";

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
    if (input.shape == info.shape) continue;
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: asked an image of {}x{}x{}, takes {}x{}x{}", info.path,
                                                     input.shape.height, input.shape.width, input.shape.channels,
                                                     info.shape.height, info.shape.width, info.shape.channels));
  }
}

}  // namespace dflare
