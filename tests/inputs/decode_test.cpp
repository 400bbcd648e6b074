// Image files of every kind become 8-bit grey or RGB; unusable ones are refused with their name.
#include <gtest/gtest.h>
#include <png.h>

#include <cstdio>  // jpeglib.h needs it and does not say so

#include <jpeglib.h>

#include "dflare/seeds.h"
#include "inputs/image_files.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

Input decode(const Bytes& bytes, std::size_t max_pixels = 64U << 20U) {
  return decode_image(bytes, "a.png", {.max_pixels = max_pixels});
}

Bytes repeated(const Bytes& pixel, std::size_t times) {
  Bytes out;
  for (std::size_t i = 0; i < times; ++i) out.insert(out.end(), pixel.begin(), pixel.end());
  return out;
}

// ---- PNG

TEST(Png, SixteenBitsAreScaledNotCut) {
  const Input image = decode(make_png({.width = 3, .bit_depth = 16, .rows = {0x00, 0x00, 0x10, 0xff, 0xff, 0xff}}));
  EXPECT_EQ(image.shape, (Shape{1, 3, 1}));
  EXPECT_EQ(image.pixels, (Bytes{0, 17, 255}));  // 4351 / 257 = 16.9; cutting would give 16
}

TEST(Png, OneBitGreyBecomesBlackAndWhite) {
  const Input image = decode(make_png({.width = 4, .bit_depth = 1, .rows = {0b10100000}}));
  EXPECT_EQ(image.pixels, (Bytes{255, 0, 255, 0}));
}

TEST(Png, PalettesBecomeRgb) {
  const Input image = decode(make_png(
      {.width = 2, .colour_type = PNG_COLOR_TYPE_PALETTE, .rows = {1, 0}, .palette = {10, 20, 30, 40, 50, 60}}));
  EXPECT_EQ(image.shape, (Shape{1, 2, 3}));
  EXPECT_EQ(image.pixels, (Bytes{40, 50, 60, 10, 20, 30}));
}

TEST(Png, InterlacedImagesAreReadWhole) {
  Bytes pixels;
  for (int i = 0; i < 12 * 9; ++i) pixels.push_back(static_cast<std::uint8_t>(2 * i));
  EXPECT_EQ(decode(make_png({.width = 12, .height = 9, .rows = pixels, .interlaced = true})).pixels, pixels);
}

struct Transparent {
  const char* what;
  PngFile file;
  Bytes expected;
};
void PrintTo(const Transparent& c, std::ostream* out) { *out << c.what; }

class TransparencyIsShownOnWhite : public testing::TestWithParam<Transparent> {};

TEST_P(TransparencyIsShownOnWhite, Pixels) { EXPECT_EQ(decode(make_png(GetParam().file)).pixels, GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Png, TransparencyIsShownOnWhite,
    testing::Values(
        Transparent{"rgba",
                    {.width = 3, .colour_type = PNG_COLOR_TYPE_RGBA, .rows = {9, 9, 9, 0, 9, 8, 7, 255, 0, 0, 0, 51}},
                    {255, 255, 255, 9, 8, 7, 204, 204, 204}},
        Transparent{
            "grey_alpha", {.width = 2, .colour_type = PNG_COLOR_TYPE_GRAY_ALPHA, .rows = {7, 0, 7, 255}}, {255, 7}},
        Transparent{"grey_alpha_16_bit",
                    {.width = 2,
                     .bit_depth = 16,
                     .colour_type = PNG_COLOR_TYPE_GRAY_ALPHA,
                     .rows = {7, 7, 0, 0, 7, 7, 255, 255}},
                    {255, 7}},
        Transparent{"rgba_16_bit",
                    {.width = 1, .bit_depth = 16, .colour_type = PNG_COLOR_TYPE_RGBA, .rows = {7, 7, 7, 7, 7, 7, 0, 0}},
                    {255, 255, 255}},
        Transparent{
            "grey_with_one_transparent_level", {.width = 2, .rows = {100, 101}, .transparent_grey = 100}, {255, 101}},
        Transparent{"two_bit_grey_with_one_transparent_level",
                    {.width = 2, .bit_depth = 2, .rows = {0b01100000}, .transparent_grey = 1},
                    {255, 170}},
        Transparent{"palette",
                    {.width = 2,
                     .colour_type = PNG_COLOR_TYPE_PALETTE,
                     .rows = {0, 1},
                     .palette = {10, 20, 30, 40, 50, 60},
                     .palette_alpha = {0, 255}},
                    {255, 255, 255, 40, 50, 60}}),
    [](const auto& test) { return test.param.what; });

// ---- JPEG

TEST(Jpeg, ColoursArriveInTheOrderRgb) {
  const Input image = decode(make_jpeg({.colours = JCS_RGB, .pixels = repeated({200, 100, 50}, 256)}));
  ASSERT_EQ(image.shape, (Shape{16, 16, 3}));
  EXPECT_NEAR(image.pixels[0], 200, 2);
  EXPECT_NEAR(image.pixels[1], 100, 2);
  EXPECT_NEAR(image.pixels[2], 50, 2);
}

TEST(Jpeg, GreyStaysGrey) {
  const Input image = decode(make_jpeg({.colours = JCS_GRAYSCALE, .pixels = repeated({77}, 256)}));
  EXPECT_EQ(image.shape, (Shape{16, 16, 1}));
  EXPECT_NEAR(image.pixels[5], 77, 1);
}

struct Cmyk {
  const char* what;
  int stored;
  bool adobe_marker;
  Bytes ink;  // as the file holds it
};
void PrintTo(const Cmyk& c, std::ostream* out) { *out << c.what; }

class CmykBecomesRgb : public testing::TestWithParam<Cmyk> {};

// 20 % cyan, no magenta, 60 % yellow, 50 % black: light 0.8 : 1 : 0.4, halved.
TEST_P(CmykBecomesRgb, Pixels) {
  const Cmyk& c = GetParam();
  const Input image = decode(make_jpeg(
      {.colours = JCS_CMYK, .stored = c.stored, .adobe_marker = c.adobe_marker, .pixels = repeated(c.ink, 256)}));
  ASSERT_EQ(image.shape, (Shape{16, 16, 3}));
  EXPECT_NEAR(image.pixels[0], 102, 2);
  EXPECT_NEAR(image.pixels[1], 128, 2);
  EXPECT_NEAR(image.pixels[2], 51, 2);
}

INSTANTIATE_TEST_SUITE_P(Jpeg, CmykBecomesRgb,
                         testing::Values(Cmyk{"adobe_cmyk_is_upside_down", JCS_CMYK, true, {204, 255, 102, 128}},
                                         Cmyk{"adobe_ycck_is_upside_down", JCS_YCCK, true, {204, 255, 102, 128}},
                                         Cmyk{"plain_cmyk_is_not", JCS_CMYK, false, {51, 0, 153, 127}}),
                         [](const auto& test) { return test.param.what; });

TEST(Jpeg, ProgressiveImagesAreReadWhole) {
  const Input image =
      decode(make_jpeg({.colours = JCS_GRAYSCALE, .progressive = true, .pixels = repeated({9, 200}, 128)}));
  EXPECT_NEAR(image.pixels[254], 9, 3);
  EXPECT_NEAR(image.pixels[255], 200, 3);
}

// ---- refused

struct Bad {
  const char* what;
  Bytes bytes;
  const char* word;
};
void PrintTo(const Bad& c, std::ostream* out) { *out << c.what; }

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

Bytes damaged(Bytes bytes, std::size_t at) {
  bytes.at(at) ^= 0x5a;
  return bytes;
}

Bytes noise(std::size_t size) {
  Bytes bytes;
  for (std::uint32_t x = 1; bytes.size() < size; x = x * 1664525 + 1013904223)
    bytes.push_back(static_cast<std::uint8_t>(x >> 24));
  return bytes;
}

Bytes some_png() { return make_png({.width = 16, .height = 16, .rows = noise(256)}); }
Bytes some_jpeg(bool progressive = false) {
  return make_jpeg({.colours = JCS_GRAYSCALE, .progressive = progressive, .pixels = noise(256)});
}

class BadImage : public testing::TestWithParam<Bad> {};

TEST_P(BadImage, IsRefusedByName) {
  expect_error(ErrorCode::kBadInput, "a.png", [] { decode(GetParam().bytes); });
  expect_error(ErrorCode::kBadInput, GetParam().word, [] { decode(GetParam().bytes); });
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadImage,
    testing::Values(Bad{"empty", {}, "empty"}, Bad{"text", {'h', 'e', 'l', 'l', 'o'}, "not a PNG, JPEG, WebP"},
                    Bad{"gif", {'G', 'I', 'F', '8', '9', 'a'}, "not a PNG, JPEG, WebP"},
                    Bad{"png_magic_alone", cut(some_png(), 8), "ends early"},
                    Bad{"png_cut_in_the_header", cut(some_png(), 20), "ends early"},
                    Bad{"png_cut_in_the_pixels", cut(some_png(), some_png().size() / 2), "ends early"},
                    Bad{"png_damaged_header", damaged(some_png(), 18), "corrupt PNG"},
                    Bad{"png_damaged_pixels", damaged(some_png(), 100), "corrupt PNG"},
                    Bad{"png_without_pixels", png_announcing(4, 4), "corrupt PNG"},
                    Bad{"png_20000_by_20000", png_announcing(20000, 20000), "20000 x 20000 pixels"},
                    Bad{"png_of_the_largest_size", png_announcing(0x7fffffff, 0x7fffffff), "pixels"},
                    Bad{"jpeg_magic_alone", cut(some_jpeg(), 3), "corrupt JPEG"},
                    Bad{"jpeg_cut_in_the_header", cut(some_jpeg(), 100), "corrupt JPEG"},
                    Bad{"jpeg_cut_in_the_pixels", cut(some_jpeg(), some_jpeg().size() - 80), "corrupt JPEG"},
                    Bad{"jpeg_cut_in_a_later_scan", cut(some_jpeg(true), some_jpeg(true).size() - 80), "corrupt JPEG"}),
    [](const auto& test) { return test.param.what; });

TEST(Jpeg, ImagesAboveTheCapAreRefusedUnread) {
  Bytes huge = some_jpeg();
  for (std::size_t i = 0; i + 8 < huge.size(); ++i) {
    if (huge[i] == 0xff && huge[i + 1] == 0xc0) {  // the frame's header: length, depth, height, width
      huge[i + 5] = huge[i + 7] = 20000 >> 8;
      huge[i + 6] = huge[i + 8] = 20000 & 0xff;
      break;
    }
  }
  expect_error(ErrorCode::kBadInput, "20000 x 20000 pixels", [&] { decode(huge); });
}

TEST(Image, TheCapCountsPixelsNotSides) {
  const Bytes png = make_png({.width = 100, .height = 1, .rows = Bytes(100)});
  EXPECT_EQ(decode(png, 100).shape, (Shape{1, 100, 1}));
  expect_error(ErrorCode::kBadInput, "at most 99", [&] { decode(png, 99); });
}

TEST(Image, OneByOneIsAnImage) { EXPECT_EQ(decode(make_png({.rows = {42}})).pixels, Bytes{42}); }

TEST(Image, OneBadFileDoesNotSpoilTheNext) {
  for (int i = 0; i < 3; ++i) {
    expect_error(ErrorCode::kBadInput, "corrupt", [] { decode(cut(some_jpeg(), 200)); });
    expect_error(ErrorCode::kBadInput, "corrupt", [] { decode(cut(some_png(), 100)); });
    EXPECT_EQ(decode(some_png()).pixels, noise(256));
  }
}

}  // namespace
}  // namespace dflare::test
