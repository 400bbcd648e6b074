// Arrays of numbers from .npy files: what is read, what is refused, and with which words.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "dflare/error.h"
#include "dflare/seeds.h"
#include "support/folder.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

template <class T>
std::vector<std::uint8_t> bytes_of(const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

class Arrays : public testing::Test {
 protected:
  template <class T>
  fs::path file(const char* dtype, std::vector<std::size_t> shape, const std::vector<T>& values) {
    const fs::path path = folder_.path() / "seeds.npy";
    write_npy(path, dtype, shape, bytes_of(values));
    return path;
  }
  static SeedOptions of(Shape shape) {
    SeedOptions options;
    options.kind = InputKind::kArray;
    options.shape = shape;
    return options;
  }
  static std::string refusal(const fs::path& path, const SeedOptions& options) {
    try {
      (void)load_seeds(path, options);
    } catch (const Error& e) {
      return std::string(e.what()) + " | " + e.hint();
    }
    return "taken";
  }

  test::Folder folder_;
};

TEST_F(Arrays, ColumnsOfAVectorHaveRangesOfTheirOwn) {
  const SeedSet set = load_seeds(file<float>("f4", {3, 2}, {1, 20, -1, 40, 0.5F, 30}), of({1, 2, 1}));
  ASSERT_EQ(set.seeds.size(), 3U);
  ASSERT_NE(set.form, nullptr);
  EXPECT_EQ(set.form->dims, (std::vector<std::size_t>{2}));
  EXPECT_EQ(set.form->low, (std::vector<float>{-1, 20}));
  EXPECT_EQ(set.form->high, (std::vector<float>{1, 40}));
  EXPECT_FALSE(set.form->series);
  EXPECT_FALSE(set.form->whole);
  EXPECT_EQ(set.seeds[1].input.view().numbers()[1], 40);
  EXPECT_EQ(set.seeds[1].source, "row 1");
}

TEST_F(Arrays, RowsOfASeriesShareTheirColumnsRanges) {
  const SeedSet set = load_seeds(file<float>("f4", {1, 3, 2}, {0, 5, 1, 6, 2, 9}), of({3, 2, 1}));
  EXPECT_EQ(set.form->low, (std::vector<float>{0, 5, 0, 5, 0, 5}));
  EXPECT_EQ(set.form->high, (std::vector<float>{2, 9, 2, 9, 2, 9}));
  EXPECT_TRUE(set.form->series);
}

TEST_F(Arrays, ADeclaredRangeIsEveryNumbers) {
  SeedOptions options = of({1, 2, 1});
  options.range = "-3:3";
  const SeedSet set = load_seeds(file<float>("f4", {2, 2}, {1, 2, 1, 4}), options);
  EXPECT_EQ(set.form->low, (std::vector<float>{-3, -3}));
  EXPECT_EQ(set.seeds[0].problem, "");
  EXPECT_EQ(set.seeds[1].problem, "holds 4 at element 1, outside --range -3:3");
  for (const char* bad : {"3", "3:", ":3", "3:1", "1:1", "a:b", "0:nan", "0:inf", "0:1:2", "0:1 "}) {
    options.range = bad;
    EXPECT_NE(refusal(folder_.path() / "seeds.npy", options).find("--range"), std::string::npos) << bad;
  }
}

TEST_F(Arrays, IntegersStayWholeAndKeepTheirType) {
  const SeedSet set = load_seeds(file<std::int8_t>("i1", {2, 2}, {-128, 3, 127, 5}), of({1, 2, 1}));
  EXPECT_TRUE(set.form->whole);
  EXPECT_EQ(set.form->dtype, "i1");
  std::vector<std::uint8_t> stored;
  encode_input(set.seeds[0].input.view(), stored);
  const NpyArray array = parse_npy(stored, "stored");
  EXPECT_EQ(array.dtype, "i1");
  EXPECT_EQ(array.shape, (std::vector<std::size_t>{2}));
  EXPECT_EQ(array.bytes, bytes_of<std::int8_t>({-128, 3}));
}

TEST_F(Arrays, DoublesBecomeFloats) {
  const SeedSet set = load_seeds(file<double>("f8", {1, 1}, {0.1}), of({1, 1, 1}));
  EXPECT_EQ(set.form->dtype, "f4");
  EXPECT_EQ(set.seeds[0].input.view().numbers()[0], 0.1F);
}

TEST_F(Arrays, WhatNoModelShouldBeAskedIsAProblemOfItsSeed) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const SeedSet set = load_seeds(file<float>("f4", {3, 2}, {0, nan, 1, 2, -infinity, 1}), of({1, 2, 1}));
  EXPECT_EQ(set.seeds[0].problem, "holds NaN at element 1");
  EXPECT_EQ(set.seeds[1].problem, "");
  EXPECT_NE(set.seeds[2].problem.find("-inf at element 0"), std::string::npos);
  EXPECT_EQ(set.form->low, (std::vector<float>{1, 2})) << "ranges are those of usable inputs";
  const SeedSet large = load_seeds(file<std::int64_t>("i8", {2, 1}, {16777217, 16777216}), of({1, 1, 1}));
  EXPECT_NE(large.seeds[0].problem.find("2^24"), std::string::npos);
  EXPECT_EQ(large.seeds[1].problem, "");
}

TEST_F(Arrays, RefusalsNameTheFileAndTheWayOut) {
  const SeedOptions two = of({1, 2, 1});
  EXPECT_NE(refusal(file<float>("f4", {2, 3}, {0, 0, 0, 0, 0, 0}), two).find("of 3 (3 numbers), the models take 2"),
            std::string::npos);
  EXPECT_NE(refusal(file<float>("f4", {0, 2}, {}), two).find("holds no input"), std::string::npos);
  EXPECT_NE(refusal(file<float>("f4", {2, 0}, {}), two).find("holds no input"), std::string::npos);
  EXPECT_NE(refusal(file<std::uint16_t>("f2", {1, 2}, {0, 0}), two).find("save x.astype(numpy.float32)"),
            std::string::npos);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(refusal(file<float>("f4", {1, 2}, {0, nan}), two).find("none of its 1 inputs can be used"),
            std::string::npos);
  EXPECT_NE(refusal(folder_.path(), two).find("one .npy file"), std::string::npos);
  EXPECT_NE(refusal(folder_.path() / "absent.npy", two).find("no such file"), std::string::npos);
}

TEST_F(Arrays, AnArrayOfAnotherRankIsTakenWhereItHasAsManyNumbers) {
  const SeedSet set = load_seeds(file<float>("f4", {1, 6}, {0, 1, 2, 3, 4, 5}), of({3, 2, 1}));
  EXPECT_EQ(set.form->dims, (std::vector<std::size_t>{6}));
  EXPECT_EQ(set.seeds[0].input.shape, (Shape{3, 2, 1}));
}

TEST_F(Arrays, TheKindIsGuessedFromTheFile) {
  EXPECT_EQ(kind_of_seeds(file<float>("f4", {1, 2}, {0, 0})), InputKind::kArray);
  EXPECT_EQ(kind_of_seeds(file<std::uint8_t>("u1", {1, 2}, {0, 0})), InputKind::kArray);
  EXPECT_EQ(kind_of_seeds(file<std::int8_t>("i1", {1, 2, 1}, {0, 0})), InputKind::kArray);
  EXPECT_EQ(kind_of_seeds(file<std::uint8_t>("u1", {1, 1, 1, 6}, {0, 0, 0, 0, 0, 0})), InputKind::kArray);
  EXPECT_EQ(kind_of_seeds(file<std::uint8_t>("u1", {1, 2, 1}, {0, 0})), InputKind::kImage);
  EXPECT_EQ(kind_of_seeds(file<std::uint8_t>("u1", {1, 1, 1, 3}, {0, 0, 0})), InputKind::kImage);
  EXPECT_EQ(kind_of_seeds(file<float>("f4", {1, 8, 9}, std::vector<float>(72))), InputKind::kImage) << "scaled ones";
  EXPECT_EQ(kind_of_seeds(file<float>("f4", {1, 8, 8, 3}, std::vector<float>(192))), InputKind::kImage);
  EXPECT_EQ(kind_of_seeds(file<float>("f4", {1, 1, 8, 8}, std::vector<float>(64))), InputKind::kImage);
  EXPECT_EQ(kind_of_seeds(file<float>("f4", {1, 8, 7}, std::vector<float>(56))), InputKind::kArray);
  EXPECT_EQ(kind_of_seeds(file<float>("f4", {1, 9, 8, 8}, std::vector<float>(576))), InputKind::kArray);
  EXPECT_EQ(kind_of_seeds(folder_.path()), InputKind::kImage);
  EXPECT_EQ(kind_of_seeds(folder_.path() / "absent.npy"), InputKind::kImage);
}

}  // namespace
}  // namespace dflare
