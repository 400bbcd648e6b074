// Files, options and libraries that cannot be used, and what is said about them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "contract/models.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/runtimes.h"
#include "query/tflite/model_needs.h"
#include "query/tflite/weights_inside.h"

namespace dflare {
namespace {

using namespace testing_models;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

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

void expect_message(const std::string& file, const std::string& message) {
  EXPECT_THAT(refusal(model_path(file)).message, HasSubstr(message)) << file;
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

TEST_F(OpenModel, ThreadsBeyondReasonAreRefused) {
  for (const int threads : {-1, 0, kMostThreads + 1, 100000}) {
    try {
      open_model(folder_, {.threads = threads});
      ADD_FAILURE() << threads;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
      EXPECT_THAT(e.hint(), HasSubstr("--threads"));
    }
  }
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

TEST_F(OpenModel, InputsThatAreSetLeaveOneToBeAsked) {
  const auto images = random_images({8, 8, 1}, 5, 3);
  const auto answers_of = [&](const char* file, std::vector<std::pair<std::string, double>> set) {
    ModelOptions options = unit_options();
    options.set_inputs = std::move(set);
    const auto model = open_tiny(file, options);
    std::vector<float> rows = ask(*model, images.views());
    std::vector<float> one_by_one;
    for (const InputView& image : images.views()) {
      const auto row = ask(*model, {&image, 1});
      one_by_one.insert(one_by_one.end(), row.begin(), row.end());
    }
    EXPECT_EQ(rows, one_by_one) << file;
    return rows;
  };
  const auto plain = answers_of("ok_float.onnx", {});
  EXPECT_EQ(answers_of("rate_and_state.onnx", {{"rate", 1}, {"state", 0}, {"mask", 1}}), plain);
  const auto past = answers_of("rate_and_state.onnx", {{"rate", 2}, {"state", 0.5}, {"mask", 1}});
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(past[i], 2 * plain[i] + 1, 1e-4) << i;
  const auto dense = answers_of("dense_float.tflite", {});
  EXPECT_EQ(answers_of("gain.tflite", {{"gain", 1}}), dense);
  const auto doubled = answers_of("gain.tflite", {{"gain", 2}});
  for (std::size_t i = 0; i < dense.size(); ++i) EXPECT_NEAR(doubled[i], 2 * dense[i], 1e-4) << i;
}

TEST_F(OpenModel, InputsThatCannotBeSetAreRefusedByName) {
  ModelOptions options;
  expect_refused("rate_and_state.onnx", ErrorCode::kBadInput, "rate ()", options);
  EXPECT_THAT(refusal(model_path("rate_and_state.onnx"), options).hint, HasSubstr("--set-input"));
  expect_refused("gain.tflite", ErrorCode::kBadInput, "gain (1), image (1 x 8 x 8 x 1)", options);
  options.set_inputs = {{"rate", 1}, {"no such", 0}};
  expect_refused("rate_and_state.onnx", ErrorCode::kBadArgument, "no input named 'no such'", options);
  options.set_inputs = {{"image", 1}};
  expect_refused("ok_float.onnx", ErrorCode::kBadArgument, "sets all", options);
  options.set_inputs = {{"gain", 1}, {"image", 1}};
  expect_refused("gain.tflite", ErrorCode::kBadArgument, "sets all", options);
}

TEST_F(OpenModel, InputsOfAnyRankAreArrays) {
  ModelOptions options;
  options.kind = InputKind::kArray;
  const auto vectors = open_model(model_path("rank2_input.onnx"), options);
  EXPECT_EQ(vectors->info().kind, InputKind::kArray);
  EXPECT_EQ(vectors->info().shape, (Shape{1, 64, 1}));
  EXPECT_EQ(open_model(model_path("ok_float.onnx"), options)->info().shape, (Shape{8, 8, 1}));
  EXPECT_THAT(refusal(model_path("rank2_input.onnx")).hint, HasSubstr("--kind array"));
  expect_refused("open_size.onnx", ErrorCode::kBadArgument, "open", options);
  options.input_height = 6;
  options.input_width = 7;
  EXPECT_EQ(open_model(model_path("open_size.onnx"), options)->info().shape.size() % 42, 0U);
}

TEST_F(OpenModel, OneScoreIsNoClassifierAndSaysWhichOracleReadsIt) {
  expect_refused("sigmoid.onnx", ErrorCode::kBadInput, "one value for an image");
  const auto hint = refusal(model_path("sigmoid.onnx")).hint;
  EXPECT_THAT(hint, HasSubstr("--oracle binary"));
  EXPECT_THAT(hint, HasSubstr("--oracle value"));
  EXPECT_THAT(hint, testing::Not(HasSubstr("--output-name")));
}

TEST_F(OpenModel, MapsAreNoClassifiersWhicheverIsChosen) {
  expect_refused("maps.onnx", ErrorCode::kBadInput, "none of them scores of classes: conv (? x 4 x 8 x 8), relu");
  EXPECT_THAT(refusal(model_path("maps.onnx")).hint, HasSubstr("--oracle"));
  ModelOptions options;
  options.output_name = "relu";
  expect_refused("maps.onnx", ErrorCode::kBadInput, "no score for each", options);
  EXPECT_THAT(refusal(model_path("maps.onnx"), options).hint, HasSubstr("mask:IOU"));
}

TEST_F(OpenModel, AnOutputIsTakenInTheFormThatIsAskedFor) {
  ModelOptions options;
  options.output_form = OutputForm::kScore;
  EXPECT_EQ(open_model(model_path("sigmoid.onnx"), options)->info().classes, 1U);
  expect_refused("ok_float.onnx", ErrorCode::kBadInput, "reads one", options);
  options.output_form = OutputForm::kValues;
  EXPECT_EQ(open_model(model_path("sigmoid.onnx"), options)->info().classes, 1U);
  EXPECT_EQ(open_model(model_path("ok_float.onnx"), options)->info().classes, 10U);
  options.output_name = "relu";
  const auto map = open_model(model_path("maps.onnx"), options);
  EXPECT_EQ(map->info().classes, 4U * 8 * 8);
  EXPECT_FALSE(map->info().scores);
}

// The rows of a model's single outputs, opened one by one and put together.
std::vector<float> put_together(const std::string& file, const std::vector<std::string>& outputs,
                                std::span<const InputView> images) {
  std::vector<std::vector<float>> answers;
  for (const std::string& output : outputs) {
    ModelOptions options = unit_options();
    options.output_name = output;
    options.output_form = OutputForm::kValues;
    answers.push_back(ask(*open_tiny(file, options), images));
  }
  std::vector<float> rows;
  for (std::size_t row = 0; row < images.size(); ++row) {
    for (const std::vector<float>& answer : answers) {
      const std::size_t values = answer.size() / images.size();
      rows.insert(rows.end(), answer.begin() + static_cast<std::ptrdiff_t>(row * values),
                  answer.begin() + static_cast<std::ptrdiff_t>((row + 1) * values));
    }
  }
  return rows;
}

TEST_F(OpenModel, SeveralOutputsAreOneAnswerWhereValuesAreAskedFor) {
  const auto images = random_images({8, 8, 1}, 5, 3);
  ModelOptions options = unit_options();
  options.output_form = OutputForm::kValues;
  for (const auto& [file, outputs] :
       {std::pair<std::string, std::vector<std::string>>{"two_outputs.onnx", {"logits", "probabilities"}},
        {"two_outputs.tflite", {"logits", "half"}}}) {
    const auto model = open_tiny(file, options);
    ASSERT_EQ(model->info().parts.size(), 2U) << file;
    EXPECT_EQ(model->info().parts[1].name, outputs[1]);
    EXPECT_EQ(model->info().classes, model->info().parts[0].values() + model->info().parts[1].values());
    EXPECT_EQ(ask(*model, images.views()), put_together(file, outputs, images.views())) << file;
  }
}

TEST_F(OpenModel, PixelsAreTakenAsIntegersToo) {
  const auto images = random_images({8, 8, 1}, 5, 3);
  const auto expected = ask(*open_tiny("dense_float.tflite"), images.views());
  const auto actual = ask(*open_tiny("int32_input.tflite", {}), images.views());
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-4);
}

TEST_F(OpenModel, SeveralOutputsNeedAName) {
  expect_refused("two_outputs.onnx", ErrorCode::kBadInput, "2 outputs");
  EXPECT_THAT(refusal(model_path("two_outputs.onnx")).hint,
              HasSubstr("--output-name: logits (? x 10), probabilities (? x 10)"));
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

TEST_F(OpenModel, WeightsOutsideTheFlatbufferAnswerAsWeightsInside) {
  for (const auto kernels : {TfliteKernels::kXnnpack, TfliteKernels::kBuiltin}) {
    ModelOptions options = unit_options();
    options.tflite_kernels = kernels;
    const auto inside = open_tiny("dense_float.tflite", options);
    const auto outside = open_tiny("outside_weights.tflite", options);
    const auto images = random_images(inside->info().shape, 20, 3);
    EXPECT_EQ(ask(*outside, images.views()), ask(*inside, images.views()));
  }
}

TEST_F(OpenModel, CutOffWeightsOutsideAreRefused) {
  const auto whole = read(model_path("outside_weights.tflite"));
  const auto actual = refusal(write("m.tflite", whole.substr(0, whole.size() - 1)));
  EXPECT_EQ(actual.code, ErrorCode::kBadInput);
  EXPECT_THAT(actual.message, HasSubstr("weights lie beyond its end"));
}

// Every bit of the tables flipped once: refused or opened, but never read past the end (with --san asan: told).
TEST_F(OpenModel, DamagedTablesOfWeightsOutsideAreHarmless) {
  const auto whole = read(model_path("outside_weights.tflite"));
  for (std::size_t at = 8; at < 400; ++at) {
    std::vector<std::uint8_t> bytes(whole.begin(), whole.end());
    bytes[at] ^= 0x80U;
    try {
      tflite::bring_weights_inside("m.tflite", bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    }
    static_cast<void>(tflite::needs_of(bytes));
  }
}

TEST_F(OpenModel, FileThatIsOverwrittenChangesNothing) {
  const auto path = write("m.tflite", read(model_path("dense_float.tflite")));
  const auto model = open_model(path, unit_options());
  const auto images = random_images(model->info().shape, 5, 3);
  const auto before = ask(*model, images.views());
  std::filesystem::resize_file(path, 0);
  std::filesystem::resize_file(path, 3068);
  EXPECT_EQ(ask(*model->clone(), images.views()), before);
}

TEST_F(OpenModel, WeightsBesideThatAreOverwrittenChangeNothing) {
  const auto weights = write("weights_beside.bin", read(model_path("weights_beside.bin")));
  const auto model = open_model(write("m.onnx", read(model_path("weights_beside.onnx"))), unit_options());
  const auto images = random_images(model->info().shape, 5, 3);
  const auto before = ask(*model, images.views());
  const auto size = std::filesystem::file_size(weights);
  std::filesystem::resize_file(weights, 0);
  std::filesystem::resize_file(weights, size);
  EXPECT_EQ(ask(*model->clone(), images.views()), before);
}

TEST_F(OpenModel, MissingWeightsBesideAreTold) {
  const auto actual = refusal(write("m.onnx", read(model_path("weights_beside.onnx"))));
  EXPECT_EQ(actual.code, ErrorCode::kBadInput);
  EXPECT_THAT(actual.message, HasSubstr("weights_beside.bin"));
  EXPECT_THAT(actual.hint, HasSubstr("beside it"));
}

TEST_F(OpenModel, FirstMessageOfTheRuntimeIsTold) {
  expect_message("no_such_dimension.tflite", "quantized_dimension must be in range");
  expect_message("custom_operator.tflite", "Select TensorFlow op(s)");
}

TEST_F(OpenModel, OperatorsThatNoLibraryHasAreNamed) {
  const auto actual = refusal(model_path("custom_operator.tflite"));
  EXPECT_EQ(actual.code, ErrorCode::kBadInput);
  EXPECT_THAT(actual.hint, HasSubstr("FlexErf"));
  EXPECT_EQ(refusal(model_path("no_such_dimension.tflite")).hint, "");  // nothing to say of operators
}

TEST_F(OpenModel, ShortWeightsNeedANewerLibrary) {
  EXPECT_FALSE(tflite::computes_short_weights("2.17.1"));
  EXPECT_TRUE(tflite::computes_short_weights("2.21.0"));
  const auto needs = [](const std::string& file) {
    const auto bytes = read(model_path(file));
    return tflite::needs_of({bytes.begin(), bytes.end()}).short_weights;
  };
  EXPECT_TRUE(needs("int4_weights.tflite"));
  EXPECT_FALSE(needs("dense_int8.tflite"));
  try {
    const auto model = open_tiny("int4_weights.tflite");
    EXPECT_THAT(model->info().runtime, Not(HasSubstr("2.17")));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("fewer than 8 bits"));
    EXPECT_THAT(error.hint(), HasSubstr("tflite-new"));
  }
}

TEST_F(OpenModel, TypesAreNamed) {
  EXPECT_EQ(open_model(model_path("int32_input.tflite"), {})->info().input_type, "int32");
  expect_refused("labels_only.onnx", ErrorCode::kBadInput, "type int64");
}

TEST_F(OpenModel, GitLfsPointersAreTold) {
  const auto path = write("m.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  EXPECT_THAT(refusal(path).message, HasSubstr("Git LFS"));
  EXPECT_THAT(refusal(path).hint, HasSubstr("git lfs pull"));
}

TEST_F(OpenModel, ThreadsChangeNoAnswer) {
  ModelOptions options = unit_options();
  const auto one = open_tiny("dense_float.tflite", options);
  options.threads = 2;
  const auto two = open_tiny("dense_float.tflite", options);
  const auto images = random_images(one->info().shape, 20, 3);
  EXPECT_EQ(ask(*two, images.views()), ask(*one, images.views()));
}

TEST_F(OpenModel, OutputThatIsNoTensorIsPassedOver) {
  ModelOptions options = unit_options();
  EXPECT_EQ(open_tiny("sequence_output.onnx", options)->info().output_name, "logits");
  options.output_name = "logits";
  EXPECT_EQ(open_tiny("sequence_output.onnx", options)->info().output_name, "logits");
  options.output_name = "parts";
  expect_refused("sequence_output.onnx", ErrorCode::kBadInput, "type sequence or map", options);
}

TEST_F(OpenModel, ClonesKnowThatOnlySingleRowsCanBeAsked) {
  const auto model = open_tiny("hard_coded_batch.onnx");
  const auto before = model->clone();
  const auto images = random_images(model->info().shape, 5, 3);
  const auto answers = ask(*model, images.views());
  EXPECT_EQ(model->info().fixed_batch, 1);
  EXPECT_EQ(ask(*before, images.views()), answers);
  EXPECT_EQ(before->info().fixed_batch, 1);
}

TEST_F(OpenModel, DamagedOnnxFilesGetAHintOfTheirOwn) {
  const auto whole = read(model_path("ok_float.onnx"));
  EXPECT_THAT(refusal(write("m.onnx", whole.substr(0, whole.size() / 2))).hint, HasSubstr("damaged or cut off"));
}

TEST_F(OpenModel, LibrariesStandSideBySide) {
  ModelOptions options = unit_options();
  for (const RuntimeFound& runtime : find_runtimes(options)) {
    ASSERT_FALSE(runtime.library.empty()) << runtime.problem;
    const auto copy = folder_ / (runtime.name + "-copy.so");
    std::filesystem::copy_file(runtime.library, copy);
    ModelOptions other = options;
    (runtime.name == "tflite" ? other.tflite : other.onnxruntime) = copy;
    const std::string file = runtime.name == "tflite" ? "dense_float.tflite" : "ok_float.onnx";
    const auto one = open_tiny(file, options);
    const auto two = open_tiny(file, other);
    const auto images = random_images(one->info().shape, 20, 3);
    EXPECT_EQ(ask(*one, images.views()), ask(*two, images.views()));
    EXPECT_EQ(find_runtimes(other)[runtime.name == "tflite" ? 1 : 0].library, copy);
  }
}

TEST(ModelFiles, WeightsBesideAnOnnxModelCount) {
  const auto model = model_path("weights_beside.onnx");
  const auto files = model_files(model);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0], model);
  EXPECT_EQ(files[1], model_path("weights_beside.bin"));
  EXPECT_EQ(model_files(model_path("ok_float.onnx")).size(), 1U);
  EXPECT_EQ(model_files(model_path("dense_float.tflite")).size(), 1U);
}

TEST_F(OpenModel, DamagedModelsHaveNoFilesBeside) {
  const auto whole = read(model_path("weights_beside.onnx"));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_LE(model_files(write("m.onnx", whole.substr(0, size))).size(), 2U);
  }
}

TEST_F(OpenModel, NothingIsPrinted) {
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  for (const char* file : {"ok_float.onnx", "dense_float.tflite", "dense_batch1.tflite"})
    (void)open_model(model_path(file), {});
  (void)refusal(write("m.onnx", "no model"));
  (void)refusal(write("m.tflite", "\x20\x00\x00\x00TFL3 no model"));
  // XNNPACK announces its first delegate by itself; the command silences that.
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AnyOf("", "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace dflare
