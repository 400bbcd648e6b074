// The files that a ranking is of.
#include <gtest/gtest.h>

#include "dflare/rank_report.h"
#include "support/folder.h"

namespace dflare {
namespace {

TEST(RankedFile, KnowsItsSizeAndNoneWhereThereIsNoFile) {
  const test::Folder folder;
  const std::string path = folder.write("m.onnx", std::string_view("12345")).string();
  EXPECT_EQ(ranked_file(path).bytes, 5U);
  EXPECT_EQ(ranked_file(path).path, path);
  EXPECT_EQ(ranked_file(path + ".gone").bytes, 0U);
}

}  // namespace
}  // namespace dflare
