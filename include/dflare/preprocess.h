// How an image becomes a model's input: decoding's choices, resizing, and value = (x / scale - mean) / std, per
// channel.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dflare {

enum class Layout { kNchw, kNhwc };
enum class ChannelOrder { kRgb, kBgr };
enum class PixelValues { kScaled, kBytes };

// How an image of another size is brought to the model's.
enum class Fit {
  kCrop,        // resized to cover the model's size, the centre cut out: as torchvision's Resize and CenterCrop
  kSquash,      // each side on its own, whatever becomes of the proportions
  kLetterbox,   // resized to fit inside, centred, the rest one grey level: as YOLO does
  kEarlierCrop  // as runs recorded before `fit` existed did; see parse_recorded_preprocess
};

// The first five give Pillow's grey levels (they average over all pixels that an output pixel covers), the others
// OpenCV's, which look at one, two or four pixels however much an image shrinks; kCvArea averages.
enum class ResizeFilter { kNearest, kBox, kBilinear, kBicubic, kLanczos, kCvNearest, kCvLinear, kCvCubic, kCvArea };

// What becomes of transparent pixels.
enum class Alpha {
  kWhite,  // laid on white, in stored values: as browsers show them
  kDrop    // taken as if opaque, as OpenCV and Pillow's convert("RGB") do
};

enum class Orientation {
  kExif,   // turned as the camera noted: as every viewer shows it
  kStored  // pixels as they stand in the file
};

// How a value between two of those that a quantised input stores becomes one of them. Deployments differ here: levels
// that lie halfway (scale 2/255, zero point 127) become others.
enum class Rounding {
  kOwn,      // as the model's runtime quantises by itself: kAway for TensorFlow Lite, kEven for the others
  kEven,     // to nearest, ties to the even one: ONNX's QuantizeLinear, NumPy's round
  kAway,     // to nearest, ties away from zero: TensorFlow Lite's QUANTIZE, also on Android and microcontrollers
  kTruncate  // toward zero, past the zero point: NumPy's astype, as in TensorFlow's guide, and Android's CastOp
};

// The longest shorter side that an image may be resized to.
inline constexpr int kMaxResize = 32768;

// What a model wants done to an image. Belongs to a model: the two models of a pair may need different ones.
struct Preprocess {
  // kBytes: the byte is what an 8-bit tensor stores (minus 128 in an int8 one), past its scale and zero point, and the
  // value of a real-valued one. scale, mean and std are not used.
  PixelValues values = PixelValues::kScaled;
  float scale = 1.0F;
  std::array<float, 3> mean{0, 0, 0};  // in RGB order whatever `order` says; grey uses the first
  std::array<float, 3> std{1, 1, 1};
  Rounding rounding = Rounding::kOwn;  // of quantised inputs; kBytes rounds nothing
  ChannelOrder order = ChannelOrder::kRgb;
  std::optional<Layout> layout;  // read off the model unless given

  // Done once, when an image is decoded.
  Alpha alpha = Alpha::kWhite;
  Orientation orientation = Orientation::kExif;

  // Done once, when an image of another size is loaded. For Fit::kCrop the shorter side becomes `resize` pixels (0: the
  // model's size divided by `crop_fraction`) before the centre is cut out.
  Fit fit = Fit::kCrop;
  std::uint8_t pad = 114;  // grey level beside a letterboxed image
  int resize = 0;
  double crop_fraction = 1.0;
  ResizeFilter filter = ResizeFilter::kBilinear;

  bool operator==(const Preprocess&) const = default;
};

// Names that parse_preprocess knows: raw, unit, mnist, cifar10, imagenet, tf, bytes.
const std::vector<std::string>& preprocess_presets();

// A preset's name, an inline list ("scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225"), a preset that a list
// amends ("imagenet,resize=232"), or a file ending in .toml with the same keys: values (scaled|bytes), scale,
// mean, std (one value or R:G:B), round (own|even|away|truncate), order (rgb|bgr), layout (nchw|nhwc), fit
// (crop|squash|letterbox[:grey]), resize (pixels), crop (fraction in (0, 1]), filter
// (nearest|box|bilinear|bicubic|lanczos|cv-nearest|cv-linear|cv-cubic|cv-area), alpha (white|drop), orientation
// (exif|stored).
// Throws kBadArgument with the nearest known name, kBadInput for an unreadable file.
Preprocess parse_preprocess(std::string_view text);

// The inline form, such that parse_preprocess(to_string(p)) == p. Names what makes the pixels, defaults too (`fit`), so
// that a record of it stays clear when defaults change.
std::string to_string(const Preprocess& preprocess);

// What to_string wrote into a run's record, by this version or an earlier one. Records without `fit` come from a time
// when images were cropped by Fit::kEarlierCrop and EXIF's orientation was not looked at: they keep meaning that. Those
// without `round` mean Rounding::kEven.
Preprocess parse_recorded_preprocess(std::string_view text);

// The same as a preset's name, amended where need be ("unit,order=bgr"); the inline form where no preset is near.
std::string short_name(const Preprocess& preprocess);

}  // namespace dflare
