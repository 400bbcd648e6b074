// A classifier as a black box: images in, output vectors out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dflare/answers.h"
#include "dflare/input.h"
#include "dflare/preprocess.h"

namespace dflare {

// What the 256 grey levels of a pixel become in a model's input tensor: by the channel that suffers most.
struct InputLevels {
  int distinct = 256;    // different stored values
  double clipped = 0.0;  // share of the levels that the tensor's range cuts off
  int most = 0;          // different ones under the rounding that keeps most apart (Preprocess::rounding); 0: not known

  // So much is lost that the model does not see the image: hardly what it was trained on.
  [[nodiscard]] bool lost() const { return distinct < 64 || clipped > 0.25; }
  // Levels lie halfway between stored values, and this rounding merges them.
  [[nodiscard]] bool merged() const { return most - distinct >= 16; }
};

// What there is to know about a model before it is asked. Filled on opening.
struct ModelInfo {
  std::string path;     // as given ("exec:COMMAND" too); of models made of code the name they were given, or "function"
  std::string runtime;  // "onnxruntime 1.32.0", "tflite 2.21.0 (xnnpack)", "exec", "function"
  std::string input_name, output_name;
  std::string input_type, output_type;  // float32, float16, uint8, int8
  InputKind kind = InputKind::kImage;
  Shape shape;   // of one input; of texts 1 x N x 1, N the most bytes that are taken; of sounds sound_shape()
  int rate = 0;  // of sounds: samples a second
  Layout layout = Layout::kNhwc;
  std::size_t classes = 0;  // values for an input: scores, one a class, or what else the model gives
  bool scores = true;       // whether they are scores of classes
  AnswerLayout parts;       // the outputs that the values are of
  float input_scale = 0;    // of a quantised input tensor: value = scale * (stored - zero point); 0 otherwise
  int input_zero_point = 0;
  InputLevels levels;      // under the preprocessing that the model was opened with
  float output_scale = 0;  // of a quantised output tensor; 0 otherwise
  int output_zero_point = 0;
  int fixed_batch = 0;      // rows of a model whose batch cannot change; 0: any
  bool row_by_row = false;  // a batch changes its answers: every query asks one row at a time
  bool ends_hangs = false;  // what takes longer than ModelOptions::query_timeout fails by itself
};

// A model answers row i of a query from row i alone: no row affects another, and nothing is remembered between queries.
// One caller at a time for an instance; clone() gives further instances for other threads.
class Model {
 public:
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model() = default;

  [[nodiscard]] virtual const ModelInfo& info() const = 0;

  // Puts the raw outputs of inputs[i], dequantised, into row i. Any number of rows >= 1; every input has info().shape,
  // else kBadArgument. Throws kModelFailed when the runtime does. Does not interpret: see Reader.
  virtual void query(std::span<const InputView> inputs, Answers& out) = 0;

  // An independent instance that shares what may be shared (weights, session). Safe to call from one thread.
  [[nodiscard]] virtual std::unique_ptr<Model> clone() const = 0;

  // Largest batch this instance will be asked for, so that tensors can be laid out once. A hint: more rows still work.
  virtual void reserve(std::size_t /*rows*/) {}
};

// What an output must look like to be taken.
enum class OutputForm {
  kScores,  // two or more scores, one a class
  kScore,   // one number
  kValues,  // any numbers: all outputs, one behind the other, where none is named
};

enum class TfliteKernels { kXnnpack, kBuiltin };

// A runtime that is asked for very many threads hangs or crashes.
inline constexpr int kMostThreads = 1024;

// How a model file is opened.
struct ModelOptions {
  InputKind kind = InputKind::kImage;
  // Of a model with several inputs: those that hold one value whatever is asked (a rate, a state at rest), by name.
  // All but one must be set.
  std::vector<std::pair<std::string, double>> set_inputs;
  Preprocess preprocess;
  OutputForm output_form = OutputForm::kScores;
  std::string output_name;  // empty: the only output; of an ONNX model the only one that can hold scores; see kValues
  TfliteKernels tflite_kernels = TfliteKernels::kXnnpack;
  // For models whose height and width are dynamic; else must be 0 or agree. Of arrays the first axes that are.
  int input_height = 0, input_width = 0;
  int threads = 1;                    // inside one query of one instance; 1 to kMostThreads
  double query_timeout = 120;         // seconds that a command may take to answer or to start; 0: no limit
  std::filesystem::path onnxruntime;  // library to load; empty: DFLARE_ONNXRUNTIME, then where the build found it,
                                      // then the installed Python wheel
  std::filesystem::path tflite;       // the same for TensorFlow Lite: DFLARE_TFLITE
};

// Opens .onnx by ONNX Runtime and .tflite by TensorFlow Lite, both loaded at run time, and "exec:COMMAND" by running
// the command, once for each instance that is asked (docs/exec-models.md); the children end with the last instance.
// Rows are kept exact (keep_rows_exact); an ONNX model with operators that quantise a batch as a whole is known to mix
// them. Throws kBadInput for a file that is missing, truncated, no model, has several inputs or is no image classifier;
// kModelFailed for a runtime that is missing or too old; kBadArgument for an output name that is not there and for
// threads out of range.
std::unique_ptr<Model> open_model(const std::filesystem::path& path, const ModelOptions& options);

// The same model such that a row's answer does not depend on the rows beside it: the first query of several rows (of
// any clone) asks two of them and darker copies alone and together, and where the bits differ, or where the model is
// known to mix its rows, every query asks one row at a time (ModelInfo::row_by_row).
std::unique_ptr<Model> keep_rows_exact(std::unique_ptr<Model> model, bool known_to_mix = false);

// A model of the caller's own, asked a batch at a time. `info` says what there is to know: shape (1 or 3 channels) and
// classes must be set (fewer than 2: of a model that needs an oracle), path names the model in errors and records, what
// is left empty gets a usual value. `f` gets all rows of a query in one call and writes inputs.size() x classes raw
// outputs, row after row; what it leaves alone counts as NaN. With fixed_batch n it is called with n rows each time,
// the last one repeated to fill up. Preprocessing is its own. It keeps Model's promise (row i from input i alone,
// nothing remembered), and clones share it: it must be callable from several threads at once. What it throws becomes
// kModelFailed, with path. Throws kBadArgument for an info that is incomplete, or an empty f.
std::unique_ptr<Model> make_batch_model(ModelInfo info,
                                        std::function<void(std::span<const InputView>, std::span<float>)> f);

// The same with one row a call, for puzzles and tests. Its path is "toy".
std::unique_ptr<Model> make_function_model(Shape shape, std::size_t classes,
                                           std::function<void(InputView, std::span<float>)> f);

}  // namespace dflare
