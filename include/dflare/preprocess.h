// How u8 pixels become a model's input values: value = (x / scale - mean) / std, per channel.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dflare {

enum class Layout { kNchw, kNhwc };
enum class ChannelOrder { kRgb, kBgr };
enum class ResizeFilter { kNearest, kBilinear, kBicubic, kArea };

// What a model wants done to an image. Belongs to a model: the two models of a pair may need different ones.
struct Preprocess {
  float scale = 1.0F;
  std::array<float, 3> mean{0, 0, 0};  // in RGB order whatever `order` says; grey uses the first
  std::array<float, 3> std{1, 1, 1};
  ChannelOrder order = ChannelOrder::kRgb;
  std::optional<Layout> layout;  // read off the model unless given

  // Done once, when an image of another size is loaded: resize the shorter side to `resize` pixels (0: to the model's
  // size divided by `crop_fraction`), then crop the centre to the model's size.
  int resize = 0;
  double crop_fraction = 1.0;
  ResizeFilter filter = ResizeFilter::kBilinear;

  bool operator==(const Preprocess&) const = default;
};

// Names that parse_preprocess knows: raw, unit, mnist, cifar10, imagenet, tf.
const std::vector<std::string>& preprocess_presets();

// A preset's name, an inline list ("scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225"), a preset that a list
// amends ("imagenet,resize=232"), or a file ending in .toml with the same keys: scale, mean, std (one value or R:G:B),
// order (rgb|bgr), layout (nchw|nhwc), resize (pixels), crop (fraction in (0, 1]), filter
// (nearest|bilinear|bicubic|area).
// Throws kBadArgument with the nearest known name, kBadInput for an unreadable file.
Preprocess parse_preprocess(std::string_view text);

// The inline form, such that parse_preprocess(to_string(p)) == p.
std::string to_string(const Preprocess& preprocess);

}  // namespace dflare
