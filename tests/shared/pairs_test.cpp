// The real pairs beside the project: each opens, answers, and gets its labels right as its manifest says.
// DFLARE_PAIR_IMAGES=N asks N images a pair instead of 20; 0 asks all and holds the counts to the manifest's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "contract/models.h"
#include "dflare/seeds.h"

namespace dflare {
namespace {

using testing_models::shared_data;
using Json = nlohmann::json;

Json pairs() {
  std::ifstream file(shared_data() / "pairs.json");
  return file.is_open() ? Json::parse(file).at("pairs") : Json::array();
}

std::size_t images_wanted(std::size_t available) {
  const char* chosen = std::getenv("DFLARE_PAIR_IMAGES");
  const auto wanted = static_cast<std::size_t>(chosen == nullptr ? 20 : std::strtoul(chosen, nullptr, 10));
  return wanted == 0 ? available : std::min(wanted, available);
}

struct Images {
  NpyArray pixels, labels;
  Shape shape;
  std::size_t count = 0;

  [[nodiscard]] std::int64_t label(std::size_t i) const {
    std::int64_t value = 0;
    std::memcpy(&value, labels.bytes.data() + i * sizeof value, sizeof value);
    return value;
  }
  [[nodiscard]] InputView operator[](std::size_t i) const { return {shape, pixels.bytes.data() + i * shape.size()}; }
};

Images load_images(const Json& pair) {
  Images images{read_npy(shared_data() / pair.at("images")), read_npy(shared_data() / pair.at("labels")), {}, 0};
  const auto& dims = images.pixels.shape;
  images.shape = {static_cast<int>(dims.at(1)), static_cast<int>(dims.at(2)),
                  static_cast<int>(dims.size() > 3 ? dims[3] : 1)};
  images.count = images_wanted(dims[0]);
  return images;
}

std::vector<int> labels(const std::string& file, const Json& pair, const Images& images) {
  ModelOptions options;
  options.preprocess = parse_preprocess(pair.at("preprocess").get<std::string>());
  const auto model = open_model(shared_data() / file, options);
  EXPECT_EQ(model->info().shape, images.shape) << file;
  OutputReading reading{OutputKind::kLogits};
  reading.skip_classes = pair.at("label_offset");
  std::vector<int> result;
  Answers answers;
  for (std::size_t first = 0; first < images.count; first += 16) {
    std::vector<InputView> batch;
    for (std::size_t i = first; i < std::min(first + 16, images.count); ++i) batch.push_back(images[i]);
    model->query(batch, answers);
    answers.interpret(reading);
    for (std::size_t row = 0; row < batch.size(); ++row) result.push_back(answers[row].label);
  }
  return result;
}

void expect_accuracy(const std::string& file, const Json& pair, const Images& images, double expected,
                     std::vector<int>& out) {
  out = labels(file, pair, images);
  long right = 0;
  for (std::size_t i = 0; i < images.count; ++i) right += out[i] == images.label(i) ? 1 : 0;
  const auto n = static_cast<double>(images.count);
  const bool all = images.count == images.pixels.shape[0];
  const double allowed = all ? 2.01 : 4 * std::sqrt(n * expected * (1 - expected)) + 1;
  EXPECT_NEAR(static_cast<double>(right), expected * n, allowed) << file;
}

class SharedPair : public ::testing::TestWithParam<Json> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SharedPair);

TEST_P(SharedPair, OpensAndAnswersAsItsManifestSays) {
  const Json& pair = GetParam();
  const auto images = load_images(pair);
  const auto& measured = pair.at("measured");
  std::vector<int> original;
  std::vector<int> compressed;
  expect_accuracy(pair.at("original"), pair, images, measured.at("accuracy_original"), original);
  expect_accuracy(pair.at("compressed"), pair, images, measured.at("accuracy_compressed"), compressed);
  if (images.count < images.pixels.shape[0]) return;
  int differ = 0;
  for (std::size_t i = 0; i < images.count; ++i) differ += original[i] != compressed[i] ? 1 : 0;
  EXPECT_NEAR(differ, measured.at("disagreements").get<int>(), 2);
}

INSTANTIATE_TEST_SUITE_P(Each, SharedPair, ::testing::ValuesIn(pairs()), [](const auto& tested) {
  std::string name = tested.param.at("id");
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(SharedPairs, AreThere) {
  if (pairs().empty()) GTEST_SKIP() << "the shared data is not there";
  EXPECT_GE(pairs().size(), 33U);
}

}  // namespace
}  // namespace dflare
