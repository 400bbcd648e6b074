// Files, options and libraries that cannot be used, and what is said about them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "contract/models.h"
#include "dflare/error.h"

namespace dflare {
namespace {

using namespace testing_models;
using ::testing::HasSubstr;

// A folder that goes with the test.
class OpenModel : public ::testing::Test {
 protected:
  OpenModel() {
    std::string name = (std::filesystem::temp_directory_path() / "dflare-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~OpenModel() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  std::filesystem::path folder_;
};

struct Refusal {
  ErrorCode code = ErrorCode::kBadArgument;
  std::string message, hint;
};

Refusal refusal(const std::filesystem::path& path, const ModelOptions& options = {}) {
  try {
    (void)open_model(path, options);
  } catch (const Error& error) {
    return {error.code(), error.what(), error.hint()};
  }
  ADD_FAILURE() << path << " was opened";
  return {};
}

void expect_refused(const std::string& file, ErrorCode code, const std::string& message,
                    const ModelOptions& options = {}) {
  const auto actual = refusal(model_path(file), options);
  EXPECT_EQ(actual.code, code) << file;
  EXPECT_THAT(actual.message, HasSubstr(file));
  EXPECT_THAT(actual.message, HasSubstr(message));
  EXPECT_FALSE(actual.hint.empty()) << file;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(OpenModel, MissingFileIsRefused) {
  const auto actual = refusal(folder_ / "none.onnx");
  EXPECT_EQ(actual.code, ErrorCode::kBadInput);
  EXPECT_THAT(actual.message, HasSubstr("no such file"));
}

TEST_F(OpenModel, FolderIsRefused) { EXPECT_EQ(refusal(folder_).code, ErrorCode::kBadInput); }

TEST_F(OpenModel, EmptyFileIsRefused) {
  for (const char* name : {"m.onnx", "m.tflite"}) {
    const auto actual = refusal(write(name, ""));
    EXPECT_EQ(actual.code, ErrorCode::kBadInput);
    EXPECT_THAT(actual.message, HasSubstr("is empty"));
  }
}

TEST_F(OpenModel, TextIsRefused) {
  for (const char* name : {"m.onnx", "m.tflite", "m.txt"}) {
    EXPECT_EQ(refusal(write(name, "this is a text about models, not a model\n")).code, ErrorCode::kBadInput) << name;
  }
}

TEST_F(OpenModel, TruncatedFilesAreRefused) {
  for (const std::string file : {"ok_float.onnx", "dense_float.tflite", "dense_int8.tflite"}) {
    const auto whole = read(model_path(file));
    for (std::size_t part = 1; part < 20; ++part) {
      const auto path = write(file, whole.substr(0, whole.size() * part / 20));
      EXPECT_EQ(refusal(path).code, ErrorCode::kBadInput) << file << " part " << part;
    }
  }
}

TEST_F(OpenModel, ContentDecidesWhereTheNameSaysLittle) {
  const auto path = write("model.bin", read(model_path("dense_float.tflite")));
  EXPECT_EQ(open_model(path, {})->info().classes, 10U);
}

TEST_F(OpenModel, UnfitModelsAreRefused) {
  expect_refused("two_inputs.onnx", ErrorCode::kBadInput, "2 inputs");
  expect_refused("rank2_input.onnx", ErrorCode::kBadInput, "? x 64");
  expect_refused("labels_only.onnx", ErrorCode::kBadInput, "'label'");
}

TEST_F(OpenModel, SeveralOutputsNeedAName) {
  expect_refused("two_outputs.onnx", ErrorCode::kBadInput, "2 outputs");
  EXPECT_THAT(refusal(model_path("two_outputs.onnx")).hint, HasSubstr("--output-name: logits, probabilities"));
  ModelOptions options;
  options.output_name = "scores";
  expect_refused("two_outputs.onnx", ErrorCode::kBadArgument, "'scores'", options);
  options.output_name = "logits";
  EXPECT_EQ(open_model(model_path("two_outputs.onnx"), options)->info().output_name, "logits");
}

TEST_F(OpenModel, OpenSizeMustBeGiven) {
  expect_refused("open_size.onnx", ErrorCode::kBadArgument, "height");
  ModelOptions options;
  options.input_height = 10;
  options.input_width = 12;
  EXPECT_EQ(open_model(model_path("open_size.onnx"), options)->info().shape, (Shape{10, 12, 1}));
  expect_refused("ok_float.onnx", ErrorCode::kBadArgument, "not 10", options);
}

TEST_F(OpenModel, LayoutThatDoesNotFitIsRefused) {
  ModelOptions options;
  options.preprocess.layout = Layout::kNhwc;
  expect_refused("colour.onnx", ErrorCode::kBadInput, "8 channels as nhwc", options);
}

TEST_F(OpenModel, MissingLibraryIsNamed) {
  ModelOptions options;
  options.onnxruntime = options.tflite = folder_ / "nowhere.so";
  for (const char* file : {"ok_float.onnx", "dense_float.tflite"}) {
    const auto actual = refusal(model_path(file), options);
    EXPECT_EQ(actual.code, ErrorCode::kModelFailed);
    EXPECT_THAT(actual.message, HasSubstr("nowhere.so"));
    EXPECT_THAT(actual.hint, HasSubstr(file[0] == 'o' ? "--onnxruntime PATH" : "--tflite PATH"));
  }
}

TEST_F(OpenModel, EnvironmentNamesTheLibrary) {
  ::setenv("DFLARE_TFLITE", (folder_ / "elsewhere.so").c_str(), 1);
  const auto actual = refusal(model_path("dense_float.tflite"));
  ::unsetenv("DFLARE_TFLITE");
  EXPECT_EQ(actual.code, ErrorCode::kModelFailed);
  EXPECT_THAT(actual.message, HasSubstr("DFLARE_TFLITE="));
}

TEST_F(OpenModel, LibraryOfAnotherKindIsRefused) {
  ModelOptions options;
  options.onnxruntime = options.tflite = "libm.so.6";
  EXPECT_THAT(refusal(model_path("ok_float.onnx"), options).message, HasSubstr("is not ONNX Runtime"));
  EXPECT_THAT(refusal(model_path("dense_float.tflite"), options).message, HasSubstr("lacks TfLiteVersion"));
}

TEST_F(OpenModel, OldLibraryIsRefused) {
  ModelOptions options;
  options.onnxruntime = DFLARE_OLD_ONNXRUNTIME;
  const auto actual = refusal(model_path("ok_float.onnx"), options);
  EXPECT_EQ(actual.code, ErrorCode::kModelFailed);
  EXPECT_THAT(actual.message, HasSubstr("ONNX Runtime 1.9.0, dflare needs 1.14 or newer"));
}

TEST_F(OpenModel, NothingIsPrinted) {
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  for (const char* file : {"ok_float.onnx", "dense_float.tflite", "dense_batch1.tflite"})
    (void)open_model(model_path(file), {});
  (void)refusal(write("m.onnx", "no model"));
  (void)refusal(write("m.tflite", "\x20\x00\x00\x00TFL3 no model"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace dflare
