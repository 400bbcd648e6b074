// The preprocessing that a model was made for is found from labelled inputs.
#include "dflare/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "contract/models.h"
#include "dflare/error.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

using testing_models::model_path;
using testing_models::random_images;

std::vector<int> labels_by(const std::string& file, const std::string& preprocess, std::span<const InputView> images) {
  ModelOptions options;
  options.preprocess = parse_preprocess(preprocess);
  const auto model = open_model(model_path(file), options);
  Answers answers;
  model->query(images, answers);
  answers.interpret(detect_reading(answers));
  std::vector<int> labels;
  for (std::size_t i = 0; i < answers.rows(); ++i) labels.push_back(answers[i].label);
  return labels;
}

// Images whose labels are what a model says under one preprocessing.
class AuditOf : public testing::Test {
 protected:
  void label_by(const std::string& file, const std::string& preprocess, Shape shape, int shift = 0) {
    const Batch images = random_images(shape, kImages, 7);
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint8_t> labels;
    for (const int label : labels_by(file, preprocess, images.views())) {
      const std::int64_t wide = label + shift;
      labels.insert(labels.end(), 8, 0);
      std::memcpy(&labels[labels.size() - 8], &wide, 8);
    }
    for (const InputView image : images.views()) {
      pixels.insert(pixels.end(), image.pixels().begin(), image.pixels().end());
    }
    const std::size_t dims[] = {kImages, static_cast<std::size_t>(shape.height), static_cast<std::size_t>(shape.width),
                                static_cast<std::size_t>(shape.channels)};
    write_npy(folder_.path() / "images.npy", "u1", dims, pixels);
    write_npy(folder_.path() / "labels.npy", "i8", std::span(dims, 1), labels);
  }

  [[nodiscard]] Audit audit(const std::vector<std::string>& files, const std::string& declared = "raw") const {
    std::vector<AuditedModel> models;
    for (const std::string& file : files) {
      ModelOptions options;
      options.preprocess = parse_preprocess(declared);
      models.push_back({model_path(file), options, 0});
    }
    SeedOptions seeds;
    seeds.labels = folder_.path() / "labels.npy";
    return audit_preprocessing(models, folder_.path() / "images.npy", seeds);
  }

  static bool fits_best(const Audit& audit, const std::string& preprocess, std::size_t model) {
    const Preprocess wanted = parse_preprocess(preprocess);
    const auto row = std::ranges::find(audit.rows, wanted, &FeedingRow::preprocess);
    return row != audit.rows.end() && row->models[model].fits_best;
  }

  static constexpr std::size_t kImages = 250;
  Folder folder_;
};

TEST_F(AuditOf, ValuesAreNamed) {
  for (const char* wanted : {"unit", "tf", "mnist"}) {
    label_by("ok_float.onnx", wanted, {8, 8, 1});
    const Audit found = audit({"ok_float.onnx"});
    EXPECT_EQ(found.asked, 200U);
    EXPECT_TRUE(fits_best(found, wanted, 0)) << wanted;
    EXPECT_EQ(found.rows[found.best[0]].models[0].right.value(), 1) << wanted;
  }
}

TEST_F(AuditOf, ValuesThatDoNotFitAreToldFromThoseThatDo) {
  label_by("ok_float.onnx", "tf", {8, 8, 1});
  const Audit found = audit({"ok_float.onnx"});
  EXPECT_EQ(found.rows[found.best[0]].preprocess, parse_preprocess("tf"));
  EXPECT_FALSE(fits_best(found, "raw", 0));
  EXPECT_FALSE(fits_best(found, "unit", 0));
}

TEST_F(AuditOf, TurnedChannelsAreSeen) {
  label_by("colour.onnx", "tf,order=bgr", {8, 8, 3});
  const Audit found = audit({"colour.onnx"});
  EXPECT_EQ(found.rows[found.best[0]].preprocess, parse_preprocess("tf,order=bgr"));
  EXPECT_FALSE(fits_best(found, "tf", 0));
}

TEST_F(AuditOf, LabelsThatAreOffByOneAreSeen) {
  label_by("ok_float.onnx", "tf", {8, 8, 1}, 1);
  const Audit found = audit({"ok_float.onnx"});
  EXPECT_EQ(found.label_shift, std::vector<int>{-1});
  EXPECT_EQ(found.rows[found.best[0]].preprocess, parse_preprocess("tf"));
  label_by("ok_float.onnx", "tf", {8, 8, 1});
  EXPECT_EQ(audit({"ok_float.onnx"}).label_shift, std::vector<int>{0});
}

TEST_F(AuditOf, APairThatWantsTheSameGetsOneAnswer) {
  label_by("ok_float.onnx", "tf", {8, 8, 1});
  const Audit found = audit({"ok_float.onnx", "fixed_batch4.onnx"});  // the same weights
  ASSERT_FALSE(found.want_different());
  EXPECT_EQ(found.rows[found.common.front()].preprocess, parse_preprocess("tf"));
  EXPECT_EQ(found.rows[found.common.front()].agreement, 1);
}

TEST_F(AuditOf, APairThatWantsDifferentOnesIsTold) {
  label_by("ok_float.onnx", "unit", {8, 8, 1});
  const Audit found = audit({"ok_float.onnx", "u8_in_u8_out.onnx"}, "tf");
  EXPECT_TRUE(fits_best(found, "unit", 0));
  EXPECT_TRUE(fits_best(found, "raw", 1)) << "divides by 255 inside";
  EXPECT_TRUE(fits_best(found, "bytes", 1));
  EXPECT_FALSE(fits_best(found, "unit", 1)) << "two grey levels are left";
}

TEST_F(AuditOf, InputsWithoutLabelsAreRefused) {
  label_by("ok_float.onnx", "unit", {8, 8, 1});
  expect_error(ErrorCode::kBadArgument, "--labels", [&] {
    audit_preprocessing({{model_path("ok_float.onnx"), {}, 0}}, folder_.path() / "images.npy", {});
  });
}

TEST(SignTest, KnowsCoins) {
  EXPECT_DOUBLE_EQ(sign_test(0, 0), 1);
  EXPECT_NEAR(sign_test(0, 5), 2.0 / 32, 1e-12);
  EXPECT_NEAR(sign_test(9, 1), 2 * 11.0 / 1024, 1e-12);
  EXPECT_DOUBLE_EQ(sign_test(5, 5), 1);
  EXPECT_LT(sign_test(500, 700), 1e-7);
}

}  // namespace
}  // namespace dflare::test
