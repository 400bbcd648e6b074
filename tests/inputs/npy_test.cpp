// NumPy arrays: what is written is read, what is not plain is refused.
#include <gtest/gtest.h>

#include <array>

#include "dflare/seeds.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A file of that header text (padded as numpy does) and `data` zero bytes.
Bytes npy(const std::string& header, std::size_t data, std::uint8_t version = 1) {
  std::string text = header;
  const std::size_t start = version == 1 ? 10 : 12;
  text.append((64 - (start + text.size() + 1) % 64) % 64, ' ').push_back('\n');
  std::string file = "\x93NUMPY";
  file +=
      {static_cast<char>(version), '\0', static_cast<char>(text.size() & 0xffU), static_cast<char>(text.size() >> 8U)};
  if (version > 1) file.append(2, '\0');
  file += text;
  file.append(data, '\0');
  return {file.begin(), file.end()};
}

TEST(Npy, ReadsWhatNumpyWrites) {
  const NpyArray array = parse_npy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24), "x");
  EXPECT_EQ(array.dtype, "f4");
  EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(array.bytes.size(), 24U);
}

TEST(Npy, ReadsFormatTwoAndThree) {
  for (const std::uint8_t version : Bytes{2, 3}) {
    const Bytes file = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }", 5, version);
    EXPECT_EQ(parse_npy(file, "x").shape, std::vector<std::size_t>{5});
  }
}

TEST(Npy, ReadsKeysInAnyOrder) {
  const Bytes file = npy("{\"shape\": (), 'fortran_order':False,'descr':'<i8'}", 8);
  EXPECT_TRUE(parse_npy(file, "x").shape.empty());
}

TEST(Npy, WrittenArraysAreReadBack) {
  const Folder folder;
  const Bytes data{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (const auto& [dtype, shape] : std::vector<std::pair<std::string, std::vector<std::size_t>>>{
           {"u1", {2, 3, 2}}, {"i4", {3}}, {"f2", {6, 1}}, {"i2", {1, 1, 1, 6}}}) {
    write_npy(folder / "a.npy", dtype, shape, data);
    const NpyArray array = read_npy(folder / "a.npy");
    EXPECT_EQ(array.dtype, dtype);
    EXPECT_EQ(array.shape, shape);
    EXPECT_EQ(array.bytes, data);
  }
}

TEST(Npy, DataStartsAtAMultipleOf64) {
  EXPECT_EQ(npy_header("u1", std::array<std::size_t, 4>{10000, 32, 32, 3}).size() % 64, 0U);
  EXPECT_EQ(npy_header("i8", std::array<std::size_t, 1>{7}).size() % 64, 0U);
}

struct Bad {
  const char* what;
  Bytes file;
  const char* word;
};
void PrintTo(const Bad& c, std::ostream* out) { *out << c.what; }

class BadNpy : public testing::TestWithParam<Bad> {};

TEST_P(BadNpy, IsRefused) {
  expect_error(ErrorCode::kBadInput, GetParam().word, [] { parse_npy(GetParam().file, "a.npy"); });
  expect_error(ErrorCode::kBadInput, "a.npy", [] { parse_npy(GetParam().file, "a.npy"); });
}

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

const std::string kPlain = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }";

INSTANTIATE_TEST_SUITE_P(
    Arrays, BadNpy,
    testing::Values(
        Bad{"empty", {}, "not an .npy"}, Bad{"png", {0x89, 'P', 'N', 'G', 1, 2, 3, 4, 5, 6, 7}, "not an .npy"},
        Bad{"header_cut", cut(npy(kPlain, 4), 40), "ends early"},
        Bad{"frame_cut", cut(npy(kPlain, 4, 2), 11), "ends early"},
        Bad{"too_few_bytes", npy(kPlain, 3), "3 bytes of elements, expected 4"},
        Bad{"too_many_bytes", npy(kPlain, 5), "5 bytes of elements, expected 4"},
        Bad{"format_9", npy(kPlain, 4, 9), "format 9.0"},
        Bad{"fortran_order", npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", 4), "Fortran order"},
        Bad{"big_endian", npy("{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }", 4), "big-endian"},
        Bad{"objects", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8), "an object array"},
        Bad{"objects_of_8_bytes", npy("{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }", 8), "numpy.stack"},
        Bad{"strings", npy("{'descr': '<U8', 'fortran_order': False, 'shape': (1,), }", 32), "type 'U8'"},
        Bad{"complex", npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8), "type 'c8'"},
        Bad{"structured", npy("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }", 4), "structured"},
        Bad{"no_shape", npy("{'descr': '|u1', 'fortran_order': False, }", 4), "malformed"},
        Bad{"shape_twice", npy("{'descr': '|u1', 'shape': (4,), 'shape': (4,), 'fortran_order': False}", 4),
            "malformed"},
        Bad{"negative_axis", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-4,), }", 4), "malformed"},
        Bad{"overflowing_axis", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,), }", 4),
            "malformed"},
        Bad{"overflowing_product",
            npy("{'descr': '<i8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 4), "far more"},
        Bad{"text_behind", npy(kPlain + " + 1", 4), "malformed"}, Bad{"no_dict", npy("[1, 2]", 4), "malformed"}),
    [](const auto& test) { return test.param.what; });

TEST(Npy, AMissingFileIsNamed) {
  expect_error(ErrorCode::kBadInput, "nowhere.npy: no such file", [] { read_npy("nowhere.npy"); });
}

TEST(Npy, WritingToAFolderThatIsNotThereFails) {
  const Folder folder;
  const Bytes data{1};
  expect_error(ErrorCode::kCannotWrite, "none/a.npy",
               [&] { write_npy(folder / "none/a.npy", "u1", std::array<std::size_t, 1>{1}, data); });
}

}  // namespace
}  // namespace dflare::test
