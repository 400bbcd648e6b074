// Models where inputs are expected, and the reverse, are recognised by their names.
#include "cli/argument_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dflare/error.h"

namespace dflare::cli {
namespace {

using testing::HasSubstr;

std::string hint_of(void (*check)(const Options&), const Options& options) {
  try {
    check(options);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kBadArgument);
    return e.hint();
  }
  return "";
}

Options ranking(const std::string& seeds, const std::vector<std::string>& variants) {
  Options options;
  options.original = "a.onnx";
  options.seeds = seeds;
  options.models = variants;
  return options;
}

TEST(ArgumentOrder, OfRankIsToldWithTheCommandThatWasMeant) {
  EXPECT_THAT(hint_of(refuse_swapped_rank, ranking("b.onnx", {"c.tflite", "images.npy"})),
              HasSubstr("dflare rank a.onnx images.npy b.onnx c.tflite"));
  EXPECT_THAT(hint_of(refuse_swapped_rank, ranking("b.onnx", {"c.onnx"})), HasSubstr("ORIGINAL SEEDS VARIANT"));
  EXPECT_THAT(hint_of(refuse_swapped_rank, ranking("images.npy", {"b.onnx", "/tmp"})), HasSubstr("ORIGINAL SEEDS"));
  EXPECT_EQ(hint_of(refuse_swapped_rank, ranking("images.npy", {"b.onnx", "nowhere"})), "");
}

TEST(ArgumentOrder, OfSearchIsTold) {
  Options options;
  options.original = "a.onnx";
  options.compressed = "images.npy";
  options.seeds = "b.tflite";
  EXPECT_THAT(hint_of(refuse_swapped_search, options), HasSubstr("dflare search a.onnx b.tflite images.npy"));
  std::swap(options.compressed, options.seeds);
  EXPECT_EQ(hint_of(refuse_swapped_search, options), "");
  options.seeds = "c.onnx";
  EXPECT_THAT(hint_of(refuse_swapped_search, options), HasSubstr("ORIGINAL COMPRESSED SEEDS"));
}

}  // namespace
}  // namespace dflare::cli
