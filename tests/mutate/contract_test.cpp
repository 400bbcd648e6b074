// What every operator promises, in both flavours and on every kind of image.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "mutate/testing.h"

namespace dflare {
namespace {

std::vector<std::string> all_names() {
  std::vector<std::string> names = operator_names();
  for (const auto& name : operator_names()) names.push_back("reference:" + name);
  return names;
}

class OperatorContract : public testing::TestWithParam<std::tuple<std::string, Shape>> {
 protected:
  std::unique_ptr<Operator> op_ = one(std::get<0>(GetParam()));
  Input in_ = noise_image(std::get<1>(GetParam()));
};

TEST_P(OperatorContract, WritesTheWholeImageAndNothingElse) {
  constexpr std::size_t kGuard = 64;
  const std::size_t size = in_.shape.size();
  const Input before = in_;
  for (std::uint64_t i = 0; i < 40; ++i) {
    std::vector<std::uint8_t> low(size + 2 * kGuard, 0x11);
    std::vector<std::uint8_t> high(size + 2 * kGuard, 0xEE);
    Rng a(1, i);
    Rng b(1, i);
    op_->apply(in_.view(), std::span(low).subspan(kGuard, size), a);
    op_->apply(in_.view(), std::span(high).subspan(kGuard, size), b);
    ASSERT_TRUE(std::equal(low.begin() + kGuard, low.end() - kGuard, high.begin() + kGuard));
    ASSERT_EQ(std::count(low.begin(), low.begin() + kGuard, 0x11), kGuard);
    ASSERT_EQ(std::count(low.end() - kGuard, low.end(), 0x11), kGuard);
  }
  EXPECT_EQ(in_, before);
}

TEST_P(OperatorContract, GivesTheSameMutantsForTheSameStream) {
  const auto other = one(std::get<0>(GetParam()));
  Rng a(9, 1);
  Rng b(9, 1);
  for (int i = 0; i < 40; ++i) ASSERT_EQ(mutant(*op_, in_, a), mutant(*other, in_, b));
  EXPECT_EQ(a.next(), b.next());
}

TEST_P(OperatorContract, ChangesTheImageSoonerOrLater) {
  Rng rng(2, 1);
  bool changed = in_.shape.size() < 18;  // one pixel has no neighbours, and salt-and-pepper seldom hits it
  for (int i = 0; i < 40 && !changed; ++i) changed = mutant(*op_, in_, rng) != in_;
  EXPECT_TRUE(changed);
}

INSTANTIATE_TEST_SUITE_P(AllOperators, OperatorContract,
                         testing::Combine(testing::ValuesIn(all_names()),
                                          testing::Values(Shape{28, 28, 1}, Shape{32, 32, 3}, Shape{1, 1, 1},
                                                          Shape{1, 1, 3}, Shape{3, 2, 1}, Shape{3, 2, 3},
                                                          Shape{1, 40, 3}, Shape{17, 5, 1})),
                         [](const auto& test) {
                           const Shape s = std::get<1>(test.param);
                           std::string name = std::get<0>(test.param) + "_" + std::to_string(s.height) + "x" +
                                              std::to_string(s.width) + "x" + std::to_string(s.channels);
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '-' || c == ':'; }, '_');
                           return name;
                         });

// The bytes of 200 mutants, as one number. Blurs that OpenCV makes are left out: its versions may differ.
std::uint64_t fingerprint(const std::string& name) {
  const auto op = one(name);
  const Input in = noise_image({19, 23, 3});
  Rng rng(11, 4);
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (int i = 0; i < 200; ++i) {
    for (const std::uint8_t v : mutant(*op, in, rng).pixels) hash = (hash ^ v) * 0x100000001b3ULL;
  }
  return hash;
}

// Recorded with the AVX2 and with the plain version of the loops, which must agree.
TEST(Operators, GiveTheSameBytesOnEveryProcessor) {
  EXPECT_EQ(fingerprint("pixel-change"), 8548535603703537504U);
  EXPECT_EQ(fingerprint("gaussian-noise"), 14139348143884348005U);
  EXPECT_EQ(fingerprint("multiplicative-noise"), 18252732588724949790U);
  EXPECT_EQ(fingerprint("salt-and-pepper"), 16966552953053141677U);
  EXPECT_EQ(fingerprint("median-blur"), 6002366758347837017U);
  EXPECT_EQ(fingerprint("reference:pixel-change"), 1736093157362800638U);
  EXPECT_EQ(fingerprint("reference:gaussian-noise"), 9892668740139219626U);
  EXPECT_EQ(fingerprint("reference:multiplicative-noise"), 6978916003551701498U);
  EXPECT_EQ(fingerprint("reference:salt-and-pepper"), 3228652718138819754U);
}

}  // namespace
}  // namespace dflare
