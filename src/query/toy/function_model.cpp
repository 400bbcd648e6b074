// A model made of code.
#include <utility>

#include "dflare/model.h"
#include "query/tensors.h"

namespace dflare {
namespace {

using Function = std::function<void(InputView, std::span<float>)>;

class FunctionModel final : public Model {
 public:
  FunctionModel(ModelInfo info, std::shared_ptr<const Function> f) : info_(std::move(info)), f_(std::move(f)) {}

  [[nodiscard]] const ModelInfo& info() const override { return info_; }

  void query(std::span<const InputView> inputs, Answers& out) override {
    check_query(info_, inputs);
    const auto raw = out.prepare(inputs.size(), info_.classes);
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      (*f_)(inputs[row], raw.subspan(row * info_.classes, info_.classes));
    }
  }

  [[nodiscard]] std::unique_ptr<Model> clone() const override { return std::make_unique<FunctionModel>(info_, f_); }

 private:
  ModelInfo info_;
  std::shared_ptr<const Function> f_;
};

}  // namespace

std::unique_ptr<Model> make_function_model(Shape shape, std::size_t classes, Function f) {
  ModelInfo info;
  info.path = info.runtime = "toy";
  info.input_type = "uint8";
  info.output_type = "float32";
  info.shape = shape;
  info.classes = classes;
  return std::make_unique<FunctionModel>(std::move(info), std::make_shared<const Function>(std::move(f)));
}

}  // namespace dflare
