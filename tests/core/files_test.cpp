// Files are replaced whole, through no link, and what is not ours stays.
#include "core/files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/folder.h"

namespace dflare::test {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ReplaceFile, TakesThePlaceOfALinkAndLeavesItsTarget) {
  const Folder folder;
  const fs::path letter = folder.write("letter", std::string_view("a letter"));
  fs::create_symlink(letter, folder / "result");
  replace_file(folder / "result", "new");
  EXPECT_EQ(contents(letter), "a letter");
  EXPECT_EQ(contents(folder / "result"), "new");
}

TEST(ReplaceFile, LeavesNothingBesideIt) {
  const Folder folder;
  replace_file(folder / "a", "1");
  replace_file(folder / "a", "2");
  expect_error(ErrorCode::kCannotWrite, "directory", [&] { replace_file(folder.path(), "3"); });
  EXPECT_EQ(contents(folder / "a"), "2");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(ReplaceFile, AFullDeviceIsTold) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  expect_error(ErrorCode::kCannotWrite, "/dev/full", [] { replace_file("/dev/full", "text"); });
}

TEST(FileInTheMaking, LeavesWhatWasThereUnlessItIsFinished) {
  const Folder folder;
  folder.write("a", std::string_view("old"));
  { FileInTheMaking(folder / "a").write("half"); }
  EXPECT_EQ(contents(folder / "a"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

bool begins_with_ours(std::string_view text) { return text.starts_with("ours"); }

TEST(ClaimFolder, OnlyAnEarlierResultOfOursMayBeWrittenOver) {
  const Folder folder;
  const std::string files[] = {"report.json", "head.onnx"};
  const auto claim = [&] { claim_folder(folder.path(), "report.json", files, begins_with_ours); };
  EXPECT_NO_THROW(claim());
  folder.write("notes.txt", std::string_view("mine"));
  EXPECT_NO_THROW(claim()) << "other names do not matter";
  folder.write("head.onnx", std::string_view("mine"));
  expect_error(ErrorCode::kBadArgument, "head.onnx", claim);
  folder.write("report.json", std::string_view("mine"));
  expect_error(ErrorCode::kBadArgument, "report.json", claim);
  folder.write("report.json", std::string_view("ours"));
  EXPECT_NO_THROW(claim());
}

}  // namespace
}  // namespace dflare::test
