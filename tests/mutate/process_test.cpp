// What the whole process feels of the library.
#include "dflare/process.h"

#include <gtest/gtest.h>

#include <opencv2/core/utility.hpp>

#include "dflare/operators.h"

namespace dflare {
namespace {

TEST(Process, OpencvsThreadsAreLeftAloneUntilAProgramAsks) {
  cv::setNumThreads(3);
  const OperatorSet all = make_operators("paper");
  EXPECT_EQ(cv::getNumThreads(), 3);
  use_one_opencv_thread();
  EXPECT_EQ(cv::getNumThreads(), 1);
}

}  // namespace
}  // namespace dflare
