// One TensorFlow Lite interpreter, laid out for one batch size.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dflare/error.h"
#include "dflare/model.h"
#include "query/element.h"
#include "query/tensors.h"
#include "query/tflite/messages.h"
#include "query/tflite/model_needs.h"
#include "query/tflite/tflite_api.h"

namespace dflare::tflite {

// A model file, shared by all interpreters. Read once: what happens to the file later changes nothing.
class ModelFile {
 public:
  // Throws kBadInput for a file that is damaged or needs another library, kModelFailed for a missing runtime.
  ModelFile(const std::filesystem::path& path, const ModelOptions& options);

  [[nodiscard]] const Api& api() const { return api_; }
  [[nodiscard]] const Model* handle() const { return model_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const ModelOptions& options() const { return options_; }
  [[nodiscard]] const ModelNeeds& needs() const { return needs_; }

 private:
  std::string path_;
  ModelOptions options_;
  std::vector<std::uint8_t> bytes_;  // outlives the model, as do the messages: it keeps their addresses
  ModelNeeds needs_;
  const Api& api_;
  Messages messages_;
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
  // With the input that is asked resized, and the others set as the options say; throws kModelFailed when the model
  // cannot be.
  RowsInterpreter(std::shared_ptr<const ModelFile> file, std::span<const std::int64_t> dims,
                  const ChosenInputs& chosen = {});

  [[nodiscard]] std::vector<NamedTensor> inputs() const;   // of any type
  [[nodiscard]] std::vector<NamedOutput> outputs() const;  // of any type
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
  void add_xnnpack(Options* options);
  void resize(std::span<const std::int64_t> dims);
  void set(std::size_t input, double value);
  // Throws `code`, or kBadInput with a hint where the model has operators that the library lacks.
  void check(Status status, const char* what, ErrorCode code = ErrorCode::kModelFailed) const;
  [[nodiscard]] TensorFacts facts(const Tensor* tensor) const;
  [[nodiscard]] Dims dims_of(const Tensor* tensor) const;

  std::shared_ptr<const ModelFile> file_;
  std::int32_t asked_ = 0;  // the input
  const Api& api_;
  std::unique_ptr<Messages> messages_ = std::make_unique<Messages>();          // outlives the interpreter
  std::unique_ptr<Delegate, void (*)(Delegate*)> delegate_{nullptr, nullptr};  // outlives the interpreter
  std::unique_ptr<Interpreter, void (*)(Interpreter*)> interpreter_{nullptr, nullptr};
};

}  // namespace dflare::tflite
