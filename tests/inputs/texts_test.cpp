// Texts from files: what is read, what is refused, and with which words.
#include <gtest/gtest.h>

#include <fstream>

#include "dflare/error.h"
#include "dflare/seeds.h"
#include "support/folder.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

class Texts : public testing::Test {
 protected:
  fs::path file(const std::string& bytes, const char* name = "lines.txt") {
    const fs::path path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static SeedOptions options(int room = 64) {
    SeedOptions options;
    options.kind = InputKind::kText;
    options.shape = {1, room, 1};
    return options;
  }
  static std::string refusal(const fs::path& path, const SeedOptions& how = options()) {
    try {
      (void)load_seeds(path, how);
    } catch (const Error& e) {
      return std::string(e.what()) + " | " + e.hint();
    }
    return "taken";
  }
  static bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

  test::Folder folder_;
};

TEST_F(Texts, LinesAreInputsWithoutTheirEnds) {
  const SeedSet set = load_seeds(file("\xef\xbb\xbfOne.\r\nGr\u00fc\u00dfe\nthe last"), options());
  ASSERT_EQ(set.seeds.size(), 3U);
  EXPECT_EQ(set.form, text_form());
  EXPECT_EQ(set.seeds[0].input.view().text(), "One.");
  EXPECT_EQ(set.seeds[1].input.view().text(), "Gr\u00fc\u00dfe");
  EXPECT_EQ(set.seeds[2].input.view().text(), "the last");
  EXPECT_EQ(set.seeds[2].source, "line 3");
}

TEST_F(Texts, BadLinesAreLeftOutWithTheReason) {
  const std::string long_line(1 << 20, 'x');
  const SeedSet set = load_seeds(
      file("fine\n\n  \t\ncaf\xe9\nz" + std::string(1, '\0') + "ero\n" + long_line + "\nfine again\n"), options());
  ASSERT_EQ(set.seeds.size(), 7U);
  EXPECT_EQ(set.seeds[0].problem, "");
  EXPECT_EQ(set.seeds[1].problem, "empty");
  EXPECT_EQ(set.seeds[2].problem, "empty");
  EXPECT_TRUE(holds(set.seeds[3].problem, "not UTF-8: byte 3 is 0xe9")) << set.seeds[3].problem;
  EXPECT_TRUE(holds(set.seeds[4].problem, "zero byte at 1")) << set.seeds[4].problem;
  EXPECT_TRUE(holds(set.seeds[5].problem, "1048576 bytes long, expected at most 60 of the 64")) << set.seeds[5].problem;
  EXPECT_EQ(set.seeds[6].input.view().text(), "fine again");
  EXPECT_EQ(notes_on(set).size(), 1U);
}

TEST_F(Texts, FilesWithoutAnyTextAreRefused) {
  EXPECT_TRUE(holds(refusal(file("")), "is empty"));
  EXPECT_TRUE(holds(refusal(file("\n\n")), "none of its 2 lines can be used; the first: empty"));
  EXPECT_TRUE(holds(refusal(folder_.path() / "none.txt"), "no such file"));
  EXPECT_TRUE(holds(refusal(file("x", "a.npy")), "a file of lines"));
}

TEST_F(Texts, FilesOfAFolderAreOneInputEachAndItsNamesAreLabels) {
  file("Dear all,\nhello.\n", "mail/0/a.txt");
  file("no", "mail/1/b.txt");
  file("not a text", "mail/1/c.md");
  SeedOptions how = options();
  how.class_count = 2;
  const SeedSet set = load_seeds(folder_.path() / "mail", how);
  ASSERT_EQ(set.seeds.size(), 2U);
  EXPECT_EQ(set.seeds[0].input.view().text(), "Dear all,\nhello.");
  EXPECT_EQ(set.seeds[0].label, 0);
  EXPECT_EQ(set.seeds[1].label, 1);
  fs::create_directories(folder_.path() / "empty");
  EXPECT_TRUE(holds(refusal(folder_.path() / "empty"), "no .txt file"));
}

TEST_F(Texts, LabelsOfLinesAreAnArray) {
  const std::vector<std::int64_t> labels{1, 0};
  const fs::path path = folder_.path() / "labels.npy";
  write_npy(path, "i8", std::array{labels.size()}, {reinterpret_cast<const std::uint8_t*>(labels.data()), 16});
  SeedOptions how = options();
  how.labels = path;
  EXPECT_EQ(load_seeds(file("a\nb\n"), how).seeds[0].label, 1);
  EXPECT_TRUE(holds(refusal(file("a\nb\nc\n"), how), "2 labels, expected 3"));
}

TEST_F(Texts, AFileOfTextIsKnownByItsName) {
  EXPECT_EQ(kind_of_seeds(file("a")), InputKind::kText);
  EXPECT_EQ(kind_of_seeds(folder_.path()), InputKind::kImage) << "beside images .txt files are papers";
}

}  // namespace
}  // namespace dflare
