// Folders of images and arrays become seeds with labels.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>

#include "dflare/seeds.h"
#include "inputs/image_files.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

namespace fs = std::filesystem;

const Shape kSmall{2, 2, 1};

SeedOptions options(const Shape& shape = kSmall) {
  SeedOptions o;
  o.shape = shape;
  return o;
}

Bytes small_png(std::uint8_t level) { return make_png({.width = 2, .height = 2, .rows = Bytes(4, level)}); }

std::vector<std::string> sources(const SeedSet& set) {
  std::vector<std::string> all;
  for (const Seed& s : set.seeds) all.push_back(s.source);
  return all;
}

std::vector<int> labels(const SeedSet& set) {
  std::vector<int> all;
  for (const Seed& s : set.seeds) all.push_back(s.label);
  return all;
}

using Names = std::vector<std::string>;
using Labels = std::vector<int>;

// ---- folders

TEST(SeedFolder, FilesComeSortedByPathWithTheirFoldersAsLabels) {
  const Folder folder;
  folder.write("7/b.PNG", small_png(1));
  folder.write("7/a.jpeg", make_jpeg({.pixels = Bytes(768, 9)}));
  folder.write("0/z.png", small_png(2));
  folder.write("10/deeper/3/c.png", small_png(3));
  folder.write("notes.txt", std::string_view("no image"));
  folder.write("7/.hidden.png", small_png(4));
  const SeedSet set = load_seeds(folder.path(), options());
  EXPECT_EQ(sources(set), (Names{"0/z.png", "10/deeper/3/c.png", "7/a.jpeg", "7/b.PNG"}));
  EXPECT_EQ(labels(set), (Labels{0, 3, 7, 7}));
  EXPECT_TRUE(set.labelled);
  EXPECT_EQ(set.seeds[0].input.pixels, Bytes(4, 2));
  EXPECT_EQ(set.seeds[2].input.shape, kSmall);
}

TEST(SeedFolder, WithoutFoldersOfLabelsTheSetIsUnlabelled) {
  const Folder folder;
  folder.write("a.png", small_png(1));
  folder.write("cats/b.png", small_png(1));
  folder.write("-3/c.png", small_png(1));
  folder.write("1st/d.png", small_png(1));
  const SeedSet set = load_seeds(folder.path(), options());
  EXPECT_FALSE(set.labelled);
  EXPECT_EQ(labels(set), (Labels{-1, -1, -1, -1}));
}

TEST(SeedFolder, ImagesBesideLabelledFoldersHaveNoLabel) {
  const Folder folder;
  folder.write("a.png", small_png(1));
  folder.write("4/b.png", small_png(1));
  const SeedSet set = load_seeds(folder.path(), options());
  EXPECT_TRUE(set.labelled);
  EXPECT_EQ(labels(set), (Labels{4, -1}));
  EXPECT_EQ(set.seeds[1].problem, "");
}

TEST(SeedFolder, ClassNamesNumberTheFolders) {
  const Folder folder, other;
  folder.write("cat/a.png", small_png(1));
  folder.write("dog/b.png", small_png(1));
  folder.write("emu/c.png", small_png(1));
  SeedOptions o = options();
  o.classes = other.write("classes.txt", std::string_view("dog\r\ncat\n\n"));
  EXPECT_EQ(labels(load_seeds(folder.path(), o)), (Labels{1, 0, -1}));
}

TEST(SeedFolder, ClassNamesThatFitNoFolderAreRefused) {
  const Folder folder, other;
  folder.write("cat/a.png", small_png(1));
  SeedOptions o = options();
  o.classes = other.write("classes.txt", std::string_view("horse\n"));
  expect_error(ErrorCode::kBadInput, "--classes", [&] { load_seeds(folder.path(), o); });
}

TEST(SeedFolder, BadImagesBecomeSeedsWithAProblem) {
  const Folder folder;
  folder.write("1/empty.png", std::string_view(""));
  folder.write("1/good.png", small_png(8));
  folder.write("1/huge.png", png_announcing(20000, 20000));
  folder.write("1/text.jpg", std::string_view("hello"));
  const SeedSet set = load_seeds(folder.path(), options());
  EXPECT_EQ(set.seeds[0].problem, "empty file, expected an image");
  EXPECT_EQ(set.seeds[1].problem, "");
  EXPECT_NE(set.seeds[2].problem.find("20000 x 20000"), std::string::npos);
  EXPECT_NE(set.seeds[3].problem.find("not a PNG, JPEG, WebP"), std::string::npos);
  EXPECT_TRUE(set.seeds[0].input.pixels.empty());
  EXPECT_EQ(labels(set), (Labels{1, 1, 1, 1}));
}

TEST(SeedFolder, AFolderWithoutOneReadableImageIsRefused) {
  const Folder empty, broken;
  expect_error(ErrorCode::kBadInput, "holds no image", [&] { load_seeds(empty.path(), options()); });
  broken.write("a.png", std::string_view("hello"));
  expect_error(ErrorCode::kBadInput, "none of its 1 images can be read", [&] { load_seeds(broken.path(), options()); });
}

TEST(SeedFolder, OtherPathsAreRefused) {
  const Folder folder;
  expect_error(ErrorCode::kBadInput, "no such file or folder", [&] { load_seeds(folder / "none", options()); });
  const fs::path file = folder.write("a.txt", std::string_view("hello"));
  expect_error(ErrorCode::kBadInput, "expected a folder", [&] { load_seeds(file, options()); });
}

TEST(SeedFolder, ImpossibleResizingIsTheOptionsFaultNotTheImages) {
  const Folder folder;
  folder.write("a.png", small_png(1));
  SeedOptions o = options({300, 300, 1});
  o.preprocess.crop_fraction = 1e-9;
  expect_error(ErrorCode::kBadArgument, "crop=", [&] { load_seeds(folder.path(), o); });
}

TEST(SeedFolder, WhatIsLeftOutIsCountedOnceByKind) {
  const Folder folder;
  folder.write("1/a.png", small_png(1));
  folder.write("1/b.gif", std::string_view("GIF89a"));
  folder.write("2/c.GIF", std::string_view("GIF89a"));
  folder.write("notes.txt", std::string_view("hello"));
  const SeedSet set = load_seeds(folder.path(), options());
  ASSERT_EQ(set.left_out.size(), 1U);
  EXPECT_EQ(set.left_out[0].extension, ".gif");
  EXPECT_EQ(set.left_out[0].files, 2U);
  ASSERT_EQ(notes_on(set).size(), 1U);
  EXPECT_NE(notes_on(set)[0].find("2 .gif (such as 1/b.gif)"), std::string::npos);
}

TEST(SeedFolder, NamedFoldersAreClassesInSortedOrder) {
  const Folder folder;
  for (const char* file : {"dog/a.png", "cat/b.png", "emu/c.png"}) folder.write(file, small_png(1));
  SeedOptions o = options();
  o.class_count = 3;
  const SeedSet set = load_seeds(folder.path(), o);
  EXPECT_EQ(labels(set), (Labels{0, 1, 2}));
  EXPECT_NE(notes_on(set).at(0).find("cat = 0, dog = 1, emu = 2"), std::string::npos);
  o.class_count = 4;  // which of four they are, nobody knows
  EXPECT_FALSE(load_seeds(folder.path(), o).labelled);
}

TEST(SeedFolder, LabelsBeyondTheModelsClassesAreRefused) {
  const Folder folder;
  folder.write("9/a.png", small_png(1));
  folder.write("10/b.png", small_png(1));
  SeedOptions o = options();
  o.class_count = 10;
  expect_error(ErrorCode::kBadInput, "label 10 of 10/b.png", [&] { load_seeds(folder.path(), o); });
  o.class_count = 11;
  EXPECT_NO_THROW(load_seeds(folder.path(), o));
}

TEST(SeedFolder, NamesThatAreNotUtf8AreShownAsText) {
  const Folder folder;
  folder.write("1/\xff-\xc3\xa4.png", small_png(3));
  const SeedSet set = load_seeds(folder.path(), options());
  EXPECT_EQ(set.seeds[0].source, "1/\\xff-\xc3\xa4.png");
  EXPECT_EQ(set.seeds[0].problem, "");
}

TEST(SeedFolder, TheNumberOfThreadsChangesNothing) {
  const Folder folder;
  for (int i = 0; i < 40; ++i) folder.write(std::to_string(i) + ".png", small_png(static_cast<std::uint8_t>(i)));
  folder.write("20.png", std::string_view("broken"));
  SeedOptions one = options(), many = options();
  one.threads = 1;
  many.threads = 7;
  const SeedSet a = load_seeds(folder.path(), one), b = load_seeds(folder.path(), many);
  for (std::size_t i = 0; i < a.seeds.size(); ++i) {
    EXPECT_EQ(a.seeds[i].source, b.seeds[i].source);
    EXPECT_EQ(a.seeds[i].input, b.seeds[i].input);
    EXPECT_EQ(a.seeds[i].problem, b.seeds[i].problem);
  }
}

TEST(SeedArray, WhatIsNoFileIsRefusedAtOnce) {
  const Folder folder;
  ASSERT_EQ(mkfifo((folder / "x.npy").c_str(), 0600), 0);
  expect_error(ErrorCode::kBadInput, "expected a folder", [&] { load_seeds(folder / "x.npy", options()); });
}

// ---- CSV labels

TEST(CsvLabels, QuotedLineEndsBelongToTheField) {
  const Folder folder;
  folder.write("a\nb.png", small_png(1));
  folder.write("c.png", small_png(1));
  SeedOptions o = options();
  o.labels = folder.write("y.csv", std::string_view("filename,class\r\n\"a\nb.png\",3\r\nc.png,\"4\"\n"));
  EXPECT_EQ(labels(load_seeds(folder.path(), o)), (Labels{3, 4}));
  o.labels = folder.write("z.csv", std::string_view("c.png,4\n\"a\nb.png,3\n"));
  expect_error(ErrorCode::kBadInput, "z.csv:2: a quote that nothing ends", [&] { load_seeds(folder.path(), o); });
}

SeedSet load_with_csv(const Folder& folder, std::string_view csv) {
  const Folder other;
  SeedOptions o = options();
  o.labels = other.write("labels.csv", csv);
  return load_seeds(folder.path(), o);
}

TEST(CsvLabels, HeaderQuotesAndByteOrderMarkAreUnderstood) {
  const Folder folder;
  folder.write("a, b.png", small_png(1));
  folder.write("sub/c.png", small_png(1));
  folder.write("d\"e.png", small_png(1));
  const SeedSet set = load_with_csv(folder,
                                    "\xef\xbb\xbf"
                                    "file,label\r\n\"a, b.png\",3\r\n./sub/c.png, 5\r\n\"d\"\"e.png\",1\n");
  EXPECT_EQ(sources(set), (Names{"a, b.png", "d\"e.png", "sub/c.png"}));
  EXPECT_EQ(labels(set), (Labels{3, 1, 5}));
}

TEST(CsvLabels, FilesWithoutALabelKeepMinusOne) {
  const Folder folder;
  for (const char* name : {"a.png", "b.png", "c.png"}) folder.write(name, small_png(1));
  const SeedSet set = load_with_csv(folder, "a.png,3\nb.png,\nelsewhere.png,4\n");
  EXPECT_TRUE(set.labelled);
  EXPECT_EQ(labels(set), (Labels{3, -1, -1}));
  EXPECT_EQ(set.seeds[2].problem, "");
}

TEST(CsvLabels, TakePrecedenceOverFolders) {
  const Folder folder;
  folder.write("9/a.png", small_png(1));
  EXPECT_EQ(labels(load_with_csv(folder, "9/a.png,3\n")), Labels{3});
}

TEST(CsvLabels, AbsolutePathsInsideTheFolderCount) {
  const Folder folder;
  folder.write("9/a.png", small_png(1));
  EXPECT_EQ(labels(load_with_csv(folder, (folder / "9/a.png").string() + ",3\n")), Labels{3});
}

struct BadCsv {
  const char* what;
  const char* text;
  const char* word;
};
void PrintTo(const BadCsv& c, std::ostream* out) { *out << c.what; }

class BadCsvLabels : public testing::TestWithParam<BadCsv> {};

TEST_P(BadCsvLabels, AreRefusedByLine) {
  const Folder folder;
  folder.write("a.png", small_png(1));
  expect_error(ErrorCode::kBadInput, GetParam().word, [&] { load_with_csv(folder, GetParam().text); });
  expect_error(ErrorCode::kBadInput, "labels.csv", [&] { load_with_csv(folder, GetParam().text); });
}

INSTANTIATE_TEST_SUITE_P(Files, BadCsvLabels,
                         testing::Values(BadCsv{"empty", "", "names none of the images"},
                                         BadCsv{"one_column", "a.png\n", "labels.csv:1: 1 columns"},
                                         BadCsv{"three_columns", "file,label\na.png,1,2\n", "labels.csv:2: 3 columns"},
                                         BadCsv{"negative", "a.png,-1\n", "label '-1'"},
                                         BadCsv{"word", "a.png,cat\n", "--classes"},
                                         BadCsv{"fraction", "a.png,1.5\n", "label '1.5'"},
                                         BadCsv{"too_large", "a.png,99999999999\n", "label '99999999999'"},
                                         BadCsv{"file_twice", "a.png,1\n./a.png,2\n", "stands twice"},
                                         BadCsv{"other_files", "b.png,1\n", "names none of the images"}),
                         [](const auto& test) { return test.param.what; });

TEST(CsvLabels, UnknownClassNamesGetAHint) {
  const Folder folder, other;
  folder.write("a.png", small_png(1));
  SeedOptions o = options();
  o.labels = other.write("labels.csv", std::string_view("a.png,hoarse\n"));
  o.classes = other.write("classes.txt", std::string_view("cat\nhorse\n"));
  expect_error(ErrorCode::kBadInput, "did you mean 'horse'?", [&] { load_seeds(folder.path(), o); });
}

TEST(ClassesFile, MustHoldEachNameOnce) {
  const Folder folder, other;
  folder.write("cat/a.png", small_png(1));
  SeedOptions o = options();
  o.classes = other.write("twice.txt", std::string_view("cat\ndog\ncat\n"));
  expect_error(ErrorCode::kBadInput, "twice.txt:3: class 'cat' stands twice", [&] { load_seeds(folder.path(), o); });
  o.classes = other.write("empty.txt", std::string_view("\n \n"));
  expect_error(ErrorCode::kBadInput, "empty", [&] { load_seeds(folder.path(), o); });
}

// ---- arrays

template <class T>
fs::path write_array(const Folder& folder, const std::string& name, std::string_view dtype,
                     const std::vector<std::size_t>& shape, const std::vector<T>& values) {
  write_npy(folder / name, dtype, shape,
            {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
  return folder / name;
}

TEST(SeedArray, RowsBecomeSeeds) {
  const Folder folder;
  const fs::path images = write_array<std::uint8_t>(folder, "x.npy", "u1", {2, 2, 2, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
  const SeedSet set = load_seeds(images, options());
  EXPECT_EQ(sources(set), (Names{"row 0", "row 1"}));
  EXPECT_EQ(set.seeds[1].input.pixels, (Bytes{5, 6, 7, 8}));
  EXPECT_FALSE(set.labelled);
}

TEST(SeedArray, WithoutChannelsItIsGrey) {
  const Folder folder;
  const fs::path images = write_array<std::uint8_t>(folder, "x.npy", "u1", {1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(load_seeds(images, options()).seeds[0].input.pixels, (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(load_seeds(images, options({4, 4, 3})).seeds[0].input.shape, (Shape{4, 4, 3}));
}

template <class T>
Labels labels_from(std::string_view dtype, const std::vector<T>& values, const std::vector<std::size_t>& shape) {
  const Folder folder;
  const fs::path images = write_array<std::uint8_t>(folder, "x.npy", "u1", {2, 1, 1, 1}, {1, 2});
  SeedOptions o = options();
  o.labels = write_array<T>(folder, "y.npy", dtype, shape, values);
  return labels(load_seeds(images, o));
}

TEST(SeedArray, LabelsMayBeAnyIntegers) {
  EXPECT_EQ(labels_from<std::int64_t>("i8", {3, 999}, {2}), (Labels{3, 999}));
  EXPECT_EQ(labels_from<std::int32_t>("i4", {3, 999}, {2}), (Labels{3, 999}));
  EXPECT_EQ(labels_from<std::uint16_t>("u2", {3, 65535}, {2}), (Labels{3, 65535}));
  EXPECT_EQ(labels_from<std::uint8_t>("u1", {3, 200}, {2, 1}), (Labels{3, 200}));
  EXPECT_EQ(labels_from<std::int8_t>("i1", {3, 4}, {2}), (Labels{3, 4}));
}

TEST(SeedArray, LabelsThatDoNotFitAreRefused) {
  expect_error(ErrorCode::kBadInput, "label -1 at row 1", [] { labels_from<std::int64_t>("i8", {3, -1}, {2}); });
  expect_error(ErrorCode::kBadInput, "label 3000000000 at row 0", [] {
    labels_from<std::int64_t>("i8", {3'000'000'000, 1}, {2});
  });
  expect_error(ErrorCode::kBadInput, "3 labels, expected 2", [] { labels_from<std::int64_t>("i8", {3, 1, 1}, {3}); });
  expect_error(ErrorCode::kBadInput, "expected one label a row", [] {
    labels_from<std::int64_t>("i8", {1, 1, 1, 1}, {2, 2});
  });
  expect_error(ErrorCode::kBadInput, "expected integers", [] { labels_from<float>("f4", {3, 1}, {2}); });
}

TEST(SeedArray, LabelsBeyondTheClassNamesAreRefused) {
  const Folder folder;
  const fs::path images = write_array<std::uint8_t>(folder, "x.npy", "u1", {1, 1, 1, 1}, {1});
  SeedOptions o = options();
  o.labels = write_array<std::uint8_t>(folder, "y.npy", "u1", {1}, {2});
  o.classes = folder.write("classes.txt", std::string_view("cat\ndog\n"));
  expect_error(ErrorCode::kBadInput, "names only 2", [&] { load_seeds(images, o); });
}

TEST(SeedArray, CsvLabelsContradictAnArray) {
  const Folder folder;
  const fs::path images = write_array<std::uint8_t>(folder, "x.npy", "u1", {1, 1, 1, 1}, {1});
  SeedOptions o = options();
  o.labels = folder.write("y.csv", std::string_view("a.png,1\n"));
  expect_error(ErrorCode::kBadArgument, "labels of an array must be an .npy", [&] { load_seeds(images, o); });
}

struct BadArray {
  const char* what;
  const char* dtype;
  std::vector<std::size_t> shape;
  const char* word;
};
void PrintTo(const BadArray& c, std::ostream* out) { *out << c.what; }

class BadSeedArray : public testing::TestWithParam<BadArray> {};

TEST_P(BadSeedArray, IsRefused) {
  const Folder folder;
  std::size_t size = static_cast<std::size_t>(GetParam().dtype[1] - '0');
  for (const std::size_t n : GetParam().shape) size *= n;
  const fs::path file = write_array<std::uint8_t>(folder, "x.npy", GetParam().dtype, GetParam().shape, Bytes(size));
  SeedOptions o = options();
  o.max_pixels = 100;
  expect_error(ErrorCode::kBadInput, GetParam().word, [&] { load_seeds(file, o); });
  expect_error(ErrorCode::kBadInput, "x.npy", [&] { load_seeds(file, o); });
}

INSTANTIATE_TEST_SUITE_P(Arrays, BadSeedArray,
                         testing::Values(BadArray{"real_valued", "f4", {1, 2, 2, 1}, "numpy.uint8"},
                                         BadArray{"wide_integers", "i8", {1, 2, 2, 1}, "expected uint8"},
                                         BadArray{"one_axis", "u1", {4}, "shape 4, expected N x H x W x C"},
                                         BadArray{"two_axes", "u1", {4, 4}, "shape 4 x 4"},
                                         BadArray{"five_axes", "u1", {1, 1, 1, 1, 1}, "expected N x H x W x C"},
                                         BadArray{"channels_first", "u1", {1, 3, 8, 8}, "transpose(0, 2, 3, 1)"},
                                         BadArray{"four_channels", "u1", {1, 8, 8, 4}, "C 1 or 3"},
                                         BadArray{"no_rows", "u1", {0, 2, 2, 1}, "holds no image"},
                                         BadArray{"no_pixels", "u1", {2, 0, 2, 1}, "holds no image"},
                                         BadArray{"above_the_cap", "u1", {1, 11, 10, 1}, "at most 100"}),
                         [](const auto& test) { return test.param.what; });

TEST(SeedArray, TruncatedFilesAreRefused) {
  const Folder folder;
  const fs::path file = write_array<std::uint8_t>(folder, "x.npy", "u1", {1, 2, 2}, {1, 2, 3, 4});
  fs::resize_file(file, fs::file_size(file) - 1);
  expect_error(ErrorCode::kBadInput, "3 bytes of elements, expected 4", [&] { load_seeds(file, options()); });
}

TEST(SeedArray, TenThousandImagesStayFarBelowAGigabyte) {
  const Folder folder;
  const std::vector<std::size_t> shape{10000, 32, 32, 3};
  write_npy(folder / "x.npy", "u1", shape, Bytes(10000 * 3072, 7));
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const SeedSet set = load_seeds(folder / "x.npy", options({32, 32, 3}));
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(set.seeds.size(), 10000U);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 100 * 1024) << "KiB";
}

// ---- real files, where they are

fs::path shared() {
  const char* given = std::getenv("DFLARE_SHARED");
  return given != nullptr ? fs::path(given) : fs::path(DFLARE_SOURCE_DIR) / "../shared";
}

TEST(SharedData, PhotographsLoadAtTheModelsSize) {
  const fs::path folder = shared() / "data/folders";
  if (!fs::exists(folder)) GTEST_SKIP() << "no shared data";
  SeedOptions o = options({224, 224, 3});
  o.preprocess = parse_preprocess("crop=0.875,filter=bicubic");
  o.labels = folder / "imagenet_labels.csv";
  const SeedSet photographs = load_seeds(folder / "imagenet_jpeg", o);
  EXPECT_EQ(photographs.seeds.size(), 60U);
  for (const Seed& s : photographs.seeds) {
    EXPECT_EQ(s.problem, "") << s.source;
    EXPECT_GE(s.label, 0) << s.source;
  }
  const SeedSet cifar = load_seeds(folder / "cifar10_png", options({32, 32, 3}));
  EXPECT_EQ(cifar.seeds.size(), 200U);
  EXPECT_TRUE(cifar.labelled);
}

}  // namespace
}  // namespace dflare::test
