// One TensorFlow Lite interpreter, laid out for one batch size.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "dflare/model.h"
#include "query/element.h"
#include "query/tensors.h"
#include "query/tflite/tflite_api.h"

namespace dflare::tflite {

// A model file, shared by all interpreters.
class ModelFile {
 public:
  // Throws kBadInput for a file that is damaged, kModelFailed for a missing runtime.
  ModelFile(const std::filesystem::path& path, const ModelOptions& options);

  [[nodiscard]] const Api& api() const { return api_; }
  [[nodiscard]] const Model* handle() const { return model_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const ModelOptions& options() const { return options_; }

 private:
  const Api& api_;
  std::string path_;
  ModelOptions options_;
  std::unique_ptr<Model, void (*)(Model*)> model_;
};

// What the model says of one of its tensors.
struct TensorFacts {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Quantisation quantisation;
  Dims dims;
};

class RowsInterpreter {
 public:
  // As the file says.
  explicit RowsInterpreter(std::shared_ptr<const ModelFile> file) : RowsInterpreter(std::move(file), {}) {}
  // With the input resized; throws kModelFailed when the model cannot be.
  RowsInterpreter(std::shared_ptr<const ModelFile> file, std::span<const std::int64_t> dims);

  [[nodiscard]] int inputs() const;
  [[nodiscard]] std::vector<std::string> output_names() const;
  [[nodiscard]] TensorFacts input() const;
  [[nodiscard]] TensorFacts output(std::size_t index) const;
  // Keeps something from one invocation to the next (an LSTM's state).
  [[nodiscard]] bool stateful() const;

  [[nodiscard]] std::byte* input_memory() const;
  [[nodiscard]] const std::byte* output_memory(std::size_t index) const;
  // Forgets what earlier invocations left. Throws kModelFailed.
  void invoke();

 private:
  void create();
  void resize(std::span<const std::int64_t> dims);
  void check(Status status, const char* what) const;
  [[nodiscard]] TensorFacts facts(const Tensor* tensor) const;

  std::shared_ptr<const ModelFile> file_;
  const Api& api_;
  std::unique_ptr<std::string> message_ = std::make_unique<std::string>();
  std::unique_ptr<Delegate, void (*)(Delegate*)> delegate_{nullptr, nullptr};  // outlives the interpreter
  std::unique_ptr<Interpreter, void (*)(Interpreter*)> interpreter_{nullptr, nullptr};
};

}  // namespace dflare::tflite
