// Every kind of corruption once, and those that lead away from a label mostly first.
#include "strategy/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "support/arrays.h"
#include "support/toy.h"

namespace dflare {
namespace {

// How often each kind comes first, of a thousand chains.
std::map<std::string, int> first_kinds(const Shape& shape) {
  std::map<std::string, int> first;
  std::vector<std::size_t> order;
  for (std::uint64_t chain = 0; chain < 1000; ++chain) {
    Rng rng(7, chain);
    order_by_reach(shape, rng, order);
    ++first[std::string(corruptions(shape.form)[order.front()]->name())];
  }
  return first;
}

TEST(NaturalOrder, HasEveryKindOnce) {
  for (const int channels : {1, 3}) {
    const Shape shape{16, 16, channels};
    Rng rng(1, 2);
    std::vector<std::size_t> order;
    order_by_reach(shape, rng, order);
    std::ranges::sort(order);
    ASSERT_EQ(order.size(), corruptions(shape.form).size());
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
  }
}

TEST(NaturalOrder, BeginsWithWhatLeadsAwayAndYetWithEachKindSometimes) {
  std::map<std::string, int> grey = first_kinds({16, 16, 1}), colour = first_kinds({16, 16, 3});
  EXPECT_EQ(grey.size(), corruptions(Shape{16, 16, 1}.form).size());
  EXPECT_EQ(colour.size(), grey.size());
  EXPECT_GT(grey["translate"], 6 * grey["jpeg"]);
  EXPECT_GT(colour["jpeg"], colour["translate"]);
}

TEST(NaturalOrder, OfArraysIsEven) {
  Shape shape{1, 12, 1};
  const auto form = toy::form_of(shape);
  shape.form = form.get();
  const std::map<std::string, int> first = first_kinds(shape);
  const int even = 1000 / static_cast<int>(first.size());
  for (const auto& [kind, times] : first) EXPECT_NEAR(times, even, even / 2) << kind;
}

}  // namespace
}  // namespace dflare
