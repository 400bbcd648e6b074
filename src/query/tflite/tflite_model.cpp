// A classifier that TensorFlow Lite runs: a ladder of interpreters, one for each batch size that is asked often.
#include "query/tflite/tflite_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>

#include "dflare/error.h"
#include "dflare/model_call.h"
#include "query/fill.h"
#include "query/rerun.h"
#include "query/tflite/interpreter.h"

namespace dflare {
namespace {

using tflite::ModelFile;
using tflite::RowsInterpreter;

// What all instances of a model share.
struct Shared {
  std::shared_ptr<const ModelFile> file;
  ModelInfo info;
  Dims dims;  // of the input, the batch open
  ChosenInputs inputs;
  struct Output {
    std::size_t index = 0;  // among the model's
    ElementType type{};
    Quantisation quantisation;
    std::size_t values = 0;  // of a row
  };
  std::vector<Output> outputs;  // in the order of a row's values
  std::optional<Filler> filler;

  [[nodiscard]] std::unique_ptr<RowsInterpreter> interpreter(std::size_t rows) const {
    Dims sized = dims;
    sized[0] = static_cast<std::int64_t>(rows);
    return std::make_unique<RowsInterpreter>(file, sized, inputs);
  }
};

// A side of 1 stands for one that the converter left open, if the caller gives a size.
Dims open_dims(Dims dims, const ModelOptions& options) {
  if (options.kind == InputKind::kImage && dims.size() == 4 && options.input_height > 0 &&
      std::count(dims.begin() + 1, dims.end(), 1) >= 2) {
    const std::size_t row = dims[3] == 1 && dims[1] != 1 ? 2 : 1;
    dims[row] = dims[row + 1] = -1;
  }
  return dims;
}

// Whether two rows can be asked at once: some models hold a hard-coded batch inside.
bool batches(const Shared& shared) {
  try {
    auto two = shared.interpreter(2);
    const std::size_t row_bytes = shared.filler->row_bytes();
    std::memset(two->input_memory(), 0, 2 * row_bytes);
    two->invoke();
    return std::ranges::all_of(shared.outputs, [&](const Shared::Output& output) {
      const auto dims = two->output(output.index).dims;
      return dims.size() > 1 && dims[0] == 2 &&
             read_values(shared.info.path, dims, OutputForm::kValues) == output.values;
    });
  } catch (const Error&) {
    return false;
  }
}

void add_output(Shared& shared, std::size_t index, const tflite::TensorFacts& output, const ModelOptions& options) {
  ModelInfo& info = shared.info;
  const std::size_t values = read_values(info.path, output.dims, options.output_form);
  if (shared.outputs.empty()) {
    info.output_name = output.name;
    info.output_type = to_string(output.type);
    info.output_scale = output.quantisation.scale;
    info.output_zero_point = output.quantisation.zero_point;
  }
  info.classes += values;
  info.parts.push_back(part_of(output.name, output.dims));
  shared.outputs.push_back({index, output.type, output.quantisation, values});
}

std::shared_ptr<const Shared> open(const std::filesystem::path& path, const ModelOptions& options) {
  auto shared = std::make_shared<Shared>();
  shared->file = std::make_shared<const ModelFile>(path, options);
  ModelInfo& info = shared->info;
  info.path = path.string();
  info.runtime = fmt::format("tflite {} ({})", shared->file->api().Version(),
                             options.tflite_kernels == TfliteKernels::kXnnpack ? "xnnpack" : "builtin");
  auto as_stored = std::make_unique<RowsInterpreter>(shared->file);
  shared->inputs = choose_inputs(info.path, as_stored->inputs(), options);
  if (as_stored->inputs().size() > 1) {
    as_stored = std::make_unique<RowsInterpreter>(shared->file, Dims{}, shared->inputs);
  }
  const auto input = as_stored->input();
  const auto image = read_input_tensor(info.path, open_dims(input.dims, options), options, Layout::kNhwc);
  info.input_name = input.name;
  info.input_type = to_string(input.type);
  info.kind = options.kind;
  info.shape = image.shape;
  info.layout = image.layout;
  shared->dims = image.dims;
  info.input_scale = input.quantisation.scale;
  info.input_zero_point = input.quantisation.zero_point;
  Preprocess preprocess = options.preprocess;
  if (preprocess.rounding == Rounding::kOwn) preprocess.rounding = Rounding::kAway;
  shared->filler.emplace(info.shape, info.layout, preprocess, input.type, input.quantisation);
  info.levels = shared->filler->levels();
  const std::vector<std::size_t> chosen = choose_outputs(info.path, as_stored->outputs(), options);
  const auto rows = static_cast<std::size_t>(std::max<std::int64_t>(image.dims[0], 1));
  if (image.dims != input.dims) as_stored = shared->interpreter(rows);
  for (const std::size_t index : chosen) add_output(*shared, index, as_stored->output(index), options);
  info.scores = options.output_form == OutputForm::kScores;
  if (as_stored->stateful() || !batches(*shared)) info.fixed_batch = static_cast<int>(rows);
  return shared;
}

class TfliteModel final : public Model, public Rerun {
 public:
  explicit TfliteModel(std::shared_ptr<const Shared> shared) : shared_(std::move(shared)) {}

  [[nodiscard]] const ModelInfo& info() const override { return shared_->info; }
  void query(std::span<const InputView> inputs, Answers& out) override;
  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<TfliteModel>(shared_); }
  void reserve(std::size_t rows) override;
  void rerun() override;

 private:
  // Rows of the interpreter that answers the next of `left` rows.
  [[nodiscard]] std::size_t step(std::size_t left) const;
  void run(RowsInterpreter& interpreter, std::size_t rows, std::span<const InputView> inputs,
           std::span<float> raw) const;
  void read(const RowsInterpreter& interpreter, std::size_t rows, std::span<float> raw) const;
  RowsInterpreter& interpreter(std::size_t rows);

  std::shared_ptr<const Shared> shared_;
  std::size_t reserved_ = 0;
  std::size_t last_rows_ = 0;                                       // of the last query
  std::map<std::size_t, std::unique_ptr<RowsInterpreter>> ladder_;  // by rows; filled when first asked
};

void TfliteModel::reserve(std::size_t rows) {
  if (shared_->info.fixed_batch > 0) return;
  reserved_ = rows;
  interpreter(1);
  interpreter(rows);
}

std::size_t TfliteModel::step(std::size_t left) const {
  if (shared_->info.fixed_batch > 0) return static_cast<std::size_t>(shared_->info.fixed_batch);
  const std::size_t most = std::max(reserved_, kUsualRows);
  if (left >= most) return most;
  if (left == reserved_) return left;
  std::size_t up = std::bit_ceil(left);
  if (reserved_ > left) up = std::min(up, reserved_);
  // Padding by a quarter of the rows costs less than a second invocation.
  return (up - left) * 4 <= up ? up : std::bit_floor(left);
}

void TfliteModel::query(std::span<const InputView> inputs, Answers& out) {
  const ModelCall call(ModelCall::Purpose::kAsk, info().path);
  check_query(info(), inputs);
  const std::size_t classes = info().classes;
  const auto raw = out.prepare(inputs.size(), classes);
  last_rows_ = inputs.size();
  for (std::size_t first = 0; first < inputs.size();) {
    const std::size_t size = step(inputs.size() - first);
    const std::size_t rows = std::min(size, inputs.size() - first);
    run(interpreter(size), size, inputs.subspan(first, rows), raw.subspan(first * classes, rows * classes));
    first += rows;
  }
}

void TfliteModel::rerun() {
  for (std::size_t left = last_rows_; left > 0;) {
    const std::size_t size = step(left);
    interpreter(size).invoke();
    left -= std::min(size, left);
  }
}

void TfliteModel::run(RowsInterpreter& interpreter, std::size_t rows, std::span<const InputView> inputs,
                      std::span<float> raw) const {
  shared_->filler->fill_rows(inputs, rows, interpreter.input_memory());
  interpreter.invoke();
  read(interpreter, inputs.size(), raw);
}

// Row by row where several outputs make up a row.
void TfliteModel::read(const RowsInterpreter& interpreter, std::size_t rows, std::span<float> raw) const {
  std::size_t at = 0;
  for (const Shared::Output& output : shared_->outputs) {
    const std::byte* const memory = interpreter.output_memory(output.index);
    if (shared_->outputs.size() == 1) {
      decode(memory, output.type, output.quantisation, raw);
      return;
    }
    for (std::size_t row = 0; row < rows; ++row) {
      decode(memory + row * output.values * size_of(output.type), output.type, output.quantisation,
             raw.subspan(row * info().classes + at, output.values));
    }
    at += output.values;
  }
}

RowsInterpreter& TfliteModel::interpreter(std::size_t rows) {
  auto& slot = ladder_[rows];
  if (slot == nullptr) slot = shared_->interpreter(rows);
  return *slot;
}

}  // namespace

std::unique_ptr<Model> open_tflite_model(const std::filesystem::path& path, const ModelOptions& options) {
  return std::make_unique<TfliteModel>(open(path, options));
}

}  // namespace dflare
