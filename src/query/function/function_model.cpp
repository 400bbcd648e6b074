// Models made of the caller's code.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "dflare/error.h"
#include "dflare/model.h"
#include "query/tensors.h"

namespace dflare {
namespace {

using BatchFunction = std::function<void(std::span<const InputView>, std::span<float>)>;

class FunctionModel final : public Model {
 public:
  FunctionModel(ModelInfo info, std::shared_ptr<const BatchFunction> f) : info_(std::move(info)), f_(std::move(f)) {}

  [[nodiscard]] const ModelInfo& info() const override { return info_; }

  void query(std::span<const InputView> inputs, Answers& out) override {
    check_query(info_, inputs);
    const std::span<float> raw = out.prepare(inputs.size(), info_.classes);
    std::ranges::fill(raw, std::numeric_limits<float>::quiet_NaN());
    if (info_.fixed_batch > 0)
      ask_in_fixed_batches(inputs, raw);
    else
      ask(inputs, raw);
  }

  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<FunctionModel>(info_, f_); }

 private:
  void ask(std::span<const InputView> inputs, std::span<float> raw) const {
    const auto failed = [this](const char* why, const std::string& hint) {
      return Error(ErrorCode::kModelFailed, fmt::format("{}: {}", info_.path, why), hint);
    };
    try {
      (*f_)(inputs, raw);
    } catch (const Error& e) {
      throw failed(e.what(), e.hint());
    } catch (const std::exception& e) {
      throw failed(e.what(), {});
    } catch (...) {
      throw failed("threw something that is no std::exception", {});
    }
  }

  // The last batch is filled up by its last input.
  void ask_in_fixed_batches(std::span<const InputView> inputs, std::span<float> raw) {
    const auto rows = static_cast<std::size_t>(info_.fixed_batch);
    for (std::size_t first = 0; first < inputs.size(); first += rows) {
      const std::size_t count = std::min(rows, inputs.size() - first);
      const std::span<float> answers = raw.subspan(first * info_.classes, count * info_.classes);
      if (count == rows) {
        ask(inputs.subspan(first, rows), answers);
        continue;
      }
      const auto rest = inputs.subspan(first);
      padded_.assign(rest.begin(), rest.end());
      padded_.resize(rows, rest.back());
      padded_answers_.assign(rows * info_.classes, std::numeric_limits<float>::quiet_NaN());
      ask(padded_, padded_answers_);
      std::copy_n(padded_answers_.begin(), answers.size(), answers.begin());
    }
  }

  ModelInfo info_;
  std::shared_ptr<const BatchFunction> f_;
  std::vector<InputView> padded_;
  std::vector<float> padded_answers_;
};

constexpr const char* kNoFunction = "has no function to ask";
constexpr const char* kGiveFunction = "give it a callable";

void require(bool holds, const ModelInfo& info, const char* what, const char* hint) {
  if (!holds) throw Error(ErrorCode::kBadArgument, fmt::format("{}: {}", info.path, what), hint);
}

}  // namespace

std::unique_ptr<Model> make_batch_model(ModelInfo info, BatchFunction f) {
  if (info.path.empty()) info.path = "function";
  if (info.runtime.empty()) info.runtime = "function";
  if (info.input_type.empty()) info.input_type = "uint8";
  if (info.output_type.empty()) info.output_type = "float32";
  if (info.parts.empty()) info.parts = {{"output", {static_cast<std::int64_t>(info.classes)}}};
  const Shape& shape = info.shape;
  require(static_cast<bool>(f), info, kNoFunction, kGiveFunction);
  const bool channels =
      info.kind == InputKind::kArray ? shape.channels > 0 : shape.channels == 1 || shape.channels == 3;
  require(shape.height > 0 && shape.width > 0 && channels, info, "takes no image",
          "set ModelInfo::shape: height and width of 1 or more, 1 channel (grey) or 3 (RGB)");
  require(info.classes >= 1, info, "gives no values", "set ModelInfo::classes");
  require(info.fixed_batch >= 0, info, "has a negative batch", "set ModelInfo::fixed_batch, or leave it 0 for any");
  return std::make_unique<FunctionModel>(std::move(info), std::make_shared<const BatchFunction>(std::move(f)));
}

std::unique_ptr<Model> make_function_model(Shape shape, std::size_t classes,
                                           std::function<void(InputView, std::span<float>)> f) {
  ModelInfo info;
  info.path = "toy";
  info.shape = shape;
  info.classes = classes;
  require(static_cast<bool>(f), info, kNoFunction, kGiveFunction);
  return make_batch_model(std::move(info), [classes, f = std::move(f)](auto inputs, std::span<float> out) {
    for (std::size_t row = 0; row < inputs.size(); ++row) f(inputs[row], out.subspan(row * classes, classes));
  });
}

}  // namespace dflare
