// Ticks and their end.
#include "core/ticker.h"

#include <gtest/gtest.h>

#include <atomic>

namespace dflare {
namespace {

using std::chrono::milliseconds;

TEST(Ticker, TicksUntilToldNotTo) {
  std::atomic<int> ticks = 0;
  std::atomic<bool> told = false;
  const Ticker ticker(milliseconds(1), [&] {
    told = ++ticks == 3;
    return !told;
  });
  while (!told) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(ticks, 3);
}

TEST(Ticker, EndsWithoutWaitingForItsPause) {
  const auto began = std::chrono::steady_clock::now();
  {
    const Ticker ticker(std::chrono::hours(1), [] { return true; });
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::minutes(1));
}

TEST(Ticker, EndsAfterTheTickInProgress) {
  std::atomic<bool> begun = false;
  std::atomic<bool> done = false;
  {
    const Ticker ticker(milliseconds(1), [&] {
      begun = true;
      std::this_thread::sleep_for(milliseconds(20));
      done = true;
      return true;
    });
    while (!begun) std::this_thread::yield();
  }
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace dflare
