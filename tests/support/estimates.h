// Estimates that must be the same to the last bit.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "dflare/statistics.h"

namespace dflare {

inline void expect_same(const std::optional<Estimate>& a, const std::optional<Estimate>& b) {
  ASSERT_TRUE(a.has_value());
  ASSERT_TRUE(b.has_value());
  EXPECT_EQ(a->value, b->value);
  EXPECT_EQ(a->interval.low, b->interval.low);
  EXPECT_EQ(a->interval.high, b->interval.high);
  EXPECT_EQ(a->of, b->of);
}

}  // namespace dflare
