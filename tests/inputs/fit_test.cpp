// Images of another size are resized and cropped once, on loading.
#include <gtest/gtest.h>

#include <algorithm>

#include "dflare/seeds.h"
#include "support/folder.h"

namespace dflare::test {
namespace {

// Every pixel holds its column, so that a crop can be read off the result.
Input columns(const Shape& shape) {
  Input image(shape);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] =
        static_cast<std::uint8_t>(i / static_cast<std::size_t>(shape.channels) % static_cast<std::size_t>(shape.width));
  }
  return image;
}

Preprocess with(int resize, double crop, ResizeFilter filter = ResizeFilter::kBilinear) {
  Preprocess p;
  p.resize = resize;
  p.crop_fraction = crop;
  p.filter = filter;
  return p;
}

TEST(FitImage, ImagesOfTheModelsSizeAreLeftAlone) {
  const Input image = columns({32, 32, 3});
  EXPECT_EQ(fit_image(image.view(), {32, 32, 3}, with(256, 0.5)), image);
}

TEST(FitImage, ResizingToTheCropsOwnSizeOnlyCrops) {
  const Input fitted = fit_image(columns({100, 200, 1}).view(), {60, 60, 1}, with(100, 1));
  EXPECT_EQ(fitted.pixels[0], 70);
  EXPECT_EQ(fitted.pixels[59], 129);
}

TEST(FitImage, CropFractionSaysHowMuchOfTheShorterSideStays) {
  // 80 pixels high, 0.8 of it stay: 64 rows and columns, as many as the model takes.
  const Input fitted = fit_image(columns({80, 100, 1}).view(), {64, 64, 1}, with(0, 0.8));
  EXPECT_EQ(fitted.pixels[0], 18);
  EXPECT_EQ(fitted.pixels[63], 81);
}

TEST(FitImage, AResizeBelowTheModelsSizeStillCoversIt) {
  EXPECT_EQ(fit_image(columns({50, 50, 1}).view(), {64, 64, 1}, with(10, 1)).shape, (Shape{64, 64, 1}));
}

TEST(FitImage, FinePatternsAverageOutWhenShrunk) {
  Input stripes(Shape{256, 256, 1});
  for (std::size_t i = 0; i < stripes.pixels.size(); ++i) stripes.pixels[i] = i % 2 == 0 ? 0 : 255;
  for (ResizeFilter filter : {ResizeFilter::kBilinear, ResizeFilter::kBicubic, ResizeFilter::kCvArea}) {
    const Input fitted = fit_image(stripes.view(), {32, 32, 1}, with(0, 1, filter));
    const auto [low, high] = std::ranges::minmax(fitted.pixels);
    EXPECT_NEAR(low, 127, 5);
    EXPECT_NEAR(high, 128, 5);  // the image's edge cuts a filter short
  }
}

TEST(FitImage, NearestKeepsTheValuesThatThereAre) {
  Input stripes(Shape{8, 8, 1});
  for (std::size_t i = 0; i < stripes.pixels.size(); ++i) stripes.pixels[i] = i % 2 == 0 ? 10 : 250;
  for (const std::uint8_t p : fit_image(stripes.view(), {13, 13, 1}, with(0, 1, ResizeFilter::kNearest)).pixels) {
    EXPECT_TRUE(p == 10 || p == 250) << int{p};
  }
}

TEST(FitImage, GreyBecomesThreeEqualChannels) {
  Input grey(Shape{1, 2, 1});
  grey.pixels = {5, 250};
  EXPECT_EQ(fit_image(grey.view(), {1, 2, 3}, {}).pixels, (std::vector<std::uint8_t>{5, 5, 5, 250, 250, 250}));
}

TEST(FitImage, RgbBecomesLuma) {
  Input colour(Shape{1, 3, 3});
  colour.pixels = {255, 0, 0, 0, 255, 0, 0, 0, 255};
  EXPECT_EQ(fit_image(colour.view(), {1, 3, 1}, {}).pixels, (std::vector<std::uint8_t>{76, 150, 29}));
}

TEST(FitImage, VeryLongImagesNeedLittleMemory) {
  const Input fitted = fit_image(Input(Shape{1, 3'000'000, 1}).view(), {224, 224, 3}, with(256, 0.875));
  EXPECT_EQ(fitted.shape, (Shape{224, 224, 3}));
}

TEST(FitImage, ACropThatNeedsGigapixelsIsRefused) {
  for (const double crop : {1e-4, 1e-300}) {
    expect_error(ErrorCode::kBadArgument, "larger crop=", [&] {
      fit_image(columns({50, 50, 1}).view(), {64, 64, 1}, with(0, crop));
    });
  }
}

TEST(FitImage, ImagesTooLongToResizeAreBadInputs) {
  const Input thin(Shape{1, 64 << 20, 1});
  expect_error(ErrorCode::kBadInput, "too much memory", [&] {
    fit_image(thin.view(), {224, 224, 1}, with(0, 1, ResizeFilter::kCvLinear));
  });
  Preprocess squash = with(0, 1, ResizeFilter::kLanczos);
  squash.fit = Fit::kSquash;
  expect_error(ErrorCode::kBadInput, "too much memory", [&] { fit_image(thin.view(), {224, 224, 1}, squash); });
}

// Runs recorded before `fit` existed: the pixels that those versions made, not Pillow's.
TEST(FitImage, EarlierRunsKeepTheirPixels) {
  Preprocess earlier = parse_recorded_preprocess("scale=1,crop=0.9,filter=bicubic");
  Input image(Shape{7, 9, 1});
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * i * 37);
  EXPECT_EQ(fit_image(image.view(), {2, 3, 1}, earlier).pixels,
            (std::vector<std::uint8_t>{103, 132, 84, 128, 149, 95}));
  EXPECT_NE(fit_image(image.view(), {2, 3, 1}, parse_preprocess("crop=0.9,filter=bicubic")).pixels,
            fit_image(image.view(), {2, 3, 1}, earlier).pixels);
}

TEST(FitImage, OnePixelFillsTheModelsInput) {
  const Input fitted = fit_image(Input(Shape{1, 1, 1}).view(), {28, 28, 1}, with(0, 0.875));
  EXPECT_EQ(fitted, Input(Shape{28, 28, 1}));
}

}  // namespace
}  // namespace dflare::test
