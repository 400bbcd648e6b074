// Who waits sees a total and the time left.
#include "cli/work_display.h"

#include <gtest/gtest.h>

namespace dflare::cli {
namespace {

TEST(ProgressText, TellsTotalTimeLeftAndLimit) {
  const Progress known{
      .step = "corrupted images", .done = 1200, .of = 5200, .seconds_left = 42, .limit_seconds_left = 185};
  EXPECT_EQ(progress_text(known), "corrupted images: 1 200 of 5 200, 0:42 left; the time limit in 3:05");
  EXPECT_EQ(progress_text(known, 10), "corrupted images: 1 200 of 5 200, 0:32 left; the time limit in 2:55");
  EXPECT_EQ(progress_text(known, 100), "corrupted images: 1 200 of 5 200, 0:00 left; the time limit in 1:25");
}

TEST(ProgressText, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(progress_text({.step = "training heads", .done = 0, .of = 16}), "training heads: 0 of 16");
  EXPECT_EQ(progress_text({.step = "reading"}), "reading");
}

}  // namespace
}  // namespace dflare::cli
