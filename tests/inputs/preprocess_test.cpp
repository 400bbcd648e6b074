// Preprocessing as users write it.
#include "dflare/preprocess.h"

#include <gtest/gtest.h>

#include "support/folder.h"

namespace dflare::test {
namespace {

TEST(Preprocess, PresetsMeanWhatTheirNamesSay) {
  EXPECT_EQ(parse_preprocess("raw"), Preprocess{});
  EXPECT_EQ(parse_preprocess("unit"), parse_preprocess("scale=255"));
  EXPECT_EQ(parse_preprocess("mnist"), parse_preprocess("scale=255,mean=0.1307,std=0.3081"));
  EXPECT_EQ(parse_preprocess("cifar10"),
            parse_preprocess("scale=255,mean=0.4914:0.4822:0.4465,std=0.2470:0.2435:0.2616"));
  EXPECT_EQ(parse_preprocess("imagenet"),
            parse_preprocess("scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225,resize=256,crop=0.875"));
  EXPECT_EQ(parse_preprocess("tf"), parse_preprocess("scale=127.5,mean=1,std=1"));
  EXPECT_EQ(parse_preprocess("bytes").values, PixelValues::kBytes);
  EXPECT_EQ(parse_preprocess("bytes"), parse_preprocess("values=bytes"));
}

TEST(Preprocess, EveryListedPresetIsKnown) {
  for (const std::string& name : preprocess_presets()) EXPECT_NO_THROW(parse_preprocess(name)) << name;
}

TEST(Preprocess, APresetCanBeAmended) {
  Preprocess expected = parse_preprocess("imagenet");
  expected.resize = 232;
  expected.filter = ResizeFilter::kBicubic;
  EXPECT_EQ(parse_preprocess("imagenet, resize=232, filter=bicubic"), expected);
}

TEST(Preprocess, EveryKeyIsRead) {
  const Preprocess p = parse_preprocess(
      "scale=2,mean=1:2:3,std=4:5:6,order=bgr,layout=nchw,resize=40,crop=0.5,filter=cv-area,alpha=drop,"
      "orientation=stored");
  EXPECT_EQ(p.scale, 2);
  EXPECT_EQ(p.mean, (std::array<float, 3>{1, 2, 3}));
  EXPECT_EQ(p.std, (std::array<float, 3>{4, 5, 6}));
  EXPECT_EQ(p.order, ChannelOrder::kBgr);
  EXPECT_EQ(p.layout, Layout::kNchw);
  EXPECT_EQ(p.resize, 40);
  EXPECT_EQ(p.crop_fraction, 0.5);
  EXPECT_EQ(p.filter, ResizeFilter::kCvArea);
  EXPECT_EQ(p.alpha, Alpha::kDrop);
  EXPECT_EQ(p.orientation, Orientation::kStored);
}

TEST(Preprocess, LetterboxTakesAGreyLevel) {
  EXPECT_EQ(parse_preprocess("fit=letterbox").pad, 114);
  const Preprocess p = parse_preprocess("fit=letterbox:0");
  EXPECT_EQ(p.fit, Fit::kLetterbox);
  EXPECT_EQ(p.pad, 0);
}

TEST(Preprocess, AnotherFitDropsThePresetsCrop) {
  const Preprocess p = parse_preprocess("imagenet,fit=squash");
  EXPECT_EQ(p.fit, Fit::kSquash);
  EXPECT_EQ(p.resize, 0);
  EXPECT_EQ(p.crop_fraction, 1);
  EXPECT_EQ(p.std, parse_preprocess("imagenet").std);
}

TEST(Preprocess, RecordsWithoutAFitKeepMeaningWhatTheyMeant) {
  const Preprocess earlier = parse_recorded_preprocess("scale=255,resize=256,crop=0.875,filter=area");
  EXPECT_EQ(earlier.fit, Fit::kEarlierCrop);
  EXPECT_EQ(earlier.orientation, Orientation::kStored);
  EXPECT_EQ(earlier.resize, 256);
  EXPECT_EQ(earlier.rounding, Rounding::kEven);
  EXPECT_EQ(parse_recorded_preprocess(to_string(earlier)), earlier);
  const Preprocess now = parse_preprocess("imagenet");
  EXPECT_EQ(parse_recorded_preprocess(to_string(now)), now);
}

TEST(Preprocess, TextRoundTripsExactly) {
  std::vector<std::string> texts = preprocess_presets();
  texts.insert(texts.end(),
               {"scale=0.1,mean=-1e-30:3.4e38:0.333333343,std=1e-7,order=bgr,layout=nhwc",
                "crop=0.1000000000000000055,resize=7,filter=nearest,layout=nchw", "std=2:2:3",
                "fit=squash,filter=lanczos", "fit=letterbox:7,alpha=drop,orientation=stored",
                "fit=earlier-crop,resize=9", "filter=cv-linear", "bytes,order=bgr,resize=40", "unit,round=truncate"});
  for (const std::string& text : texts) {
    const Preprocess p = parse_preprocess(text);
    EXPECT_EQ(parse_preprocess(to_string(p)), p) << text << " -> " << to_string(p);
  }
}

TEST(Preprocess, ShortNamesArePresetsWherePossible) {
  for (const std::string& name : preprocess_presets()) EXPECT_EQ(short_name(parse_preprocess(name)), name);
  EXPECT_EQ(short_name(parse_preprocess("scale=255,order=bgr")), "unit,order=bgr");
  EXPECT_EQ(short_name(parse_preprocess("imagenet,resize=232")), "imagenet,resize=232");
  EXPECT_EQ(short_name(parse_preprocess("imagenet,fit=squash")), "imagenet,fit=squash");
  for (const char* text : {"tf,crop=0.5,layout=nchw", "scale=3", "bytes,order=bgr", "cifar10,resize=40",
                           "unit,fit=letterbox:7,filter=lanczos", "scale=3,alpha=drop", "unit,round=even"}) {
    EXPECT_EQ(parse_preprocess(short_name(parse_preprocess(text))), parse_preprocess(text)) << text;
  }
}

TEST(Preprocess, ATomlFileHasTheSameKeys) {
  const Folder folder;
  const auto file = folder.write("p.toml", R"(
scale = 255
mean = [0.485, 0.456, 0.406]
std = 0.5
order = "bgr"
fit = "letterbox:0"
filter = "bicubic"
)");
  EXPECT_EQ(parse_preprocess(file.string()),
            parse_preprocess("scale=255,mean=0.485:0.456:0.406,std=0.5,order=bgr,fit=letterbox:0,filter=bicubic"));
}

struct Bad {
  const char* text;
  const char* word;
};

class BadPreprocess : public testing::TestWithParam<Bad> {};

TEST_P(BadPreprocess, IsRefused) {
  expect_error(ErrorCode::kBadArgument, GetParam().word, [] { parse_preprocess(GetParam().text); });
}

INSTANTIATE_TEST_SUITE_P(
    Inline, BadPreprocess,
    testing::Values(Bad{"", "unknown preprocess preset ''"}, Bad{"imagnet", "did you mean 'imagenet'?"},
                    Bad{"nonsense-of-some-length", "known: raw, unit, mnist"},
                    Bad{"scael=255", "did you mean 'scale'?"}, Bad{"scale=255,scale=255", "'scale' is given twice"},
                    Bad{"scale=0", "above 0"}, Bad{"scale=-1", "above 0"}, Bad{"std=1:0:1", "above 0"},
                    Bad{"scale=nan", "expected a number"}, Bad{"mean=inf", "expected a number"},
                    Bad{"mean=1e99", "expected a number"}, Bad{"scale=255x", "expected a number"},
                    Bad{"scale=", "expected a number"}, Bad{"scale=1:2:3", "takes one value"},
                    Bad{"mean=1:2", "2 values, expected 1 or 3"}, Bad{"mean=1:2:3:4", "4 values"},
                    Bad{"mean=::", "expected a number"}, Bad{"crop=0", "above 0"}, Bad{"crop=1.01", "at most 1"},
                    Bad{"resize=-1", "whole pixels"}, Bad{"resize=1.5", "whole pixels"},
                    Bad{"resize=99999999999", "whole pixels"}, Bad{"order=rbg", "did you mean 'rgb'?"},
                    Bad{"layout=chw", "did you mean 'nchw'?"}, Bad{"filter=lancsoz", "did you mean 'lanczos'?"},
                    Bad{"fit=stretch", "known: crop, squash, letterbox"}, Bad{"fit=crop:3", "only letterbox takes"},
                    Bad{"fit=letterbox:256", "grey levels from 0 to 255"}, Bad{"fit=letterbox:1:2", "only letterbox"},
                    Bad{"fit=squash,resize=256", "'resize' is for fit=crop only"},
                    Bad{"crop=0.5,fit=letterbox", "'crop' is for fit=crop only"}, Bad{"alpha=black", "unknown alpha"},
                    Bad{"round=up", "known: own, even, away, truncate"}, Bad{"orientation=left", "known: exif, stored"},

                    Bad{"unit,", "expected key=value"}, Bad{"scale=1,,std=1", "expected key=value"},
                    Bad{"scale=1,unit", "expected key=value"}, Bad{"=1", "unknown key ''"},
                    Bad{"bytes,scale=255", "without scale, mean or std"}, Bad{"tf,values=bytes", "values=scaled"},
                    Bad{"values=byte", "did you mean 'bytes'?"}));

struct BadFile {
  const char* what;
  const char* text;
  ErrorCode code;
  const char* word;
};

class BadTomlFile : public testing::TestWithParam<BadFile> {};

TEST_P(BadTomlFile, IsRefusedByName) {
  const Folder folder;
  const std::string file = folder.write("p.toml", std::string_view(GetParam().text)).string();
  expect_error(GetParam().code, GetParam().word, [&] { parse_preprocess(file); });
  expect_error(GetParam().code, "p.toml", [&] { parse_preprocess(file); });
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadTomlFile,
    testing::Values(BadFile{"syntax", "scale = \n", ErrorCode::kBadInput, "p.toml:1"},
                    BadFile{"unknown_key", "meen = 1", ErrorCode::kBadArgument, "did you mean 'mean'?"},
                    BadFile{"zero", "std = [1, 0, 1]", ErrorCode::kBadArgument, "above 0"},
                    BadFile{"not_finite", "scale = inf", ErrorCode::kBadArgument, "expected a number"},
                    BadFile{"truth_value", "scale = true", ErrorCode::kBadArgument, "must be numbers"},
                    BadFile{"nested", "mean = [[1, 2, 3]]", ErrorCode::kBadArgument, "must be numbers"},
                    BadFile{"empty_list", "mean = []", ErrorCode::kBadArgument, "0 values"}),
    [](const auto& test) { return test.param.what; });

TEST(Preprocess, AMissingTomlFileIsNamed) {
  expect_error(ErrorCode::kBadInput, "nowhere.toml: no such file", [] { parse_preprocess("nowhere.toml"); });
}

}  // namespace
}  // namespace dflare::test
