// Preprocessing as users write it: presets, inline lists, TOML files.
#include "dflare/preprocess.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <sstream>
#include <utility>

#include "core/files.h"
#include "core/nearest.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kMaxTomlBytes = 1U << 20U;

Preprocess scaled(float scale, std::array<float, 3> mean = {0, 0, 0}, std::array<float, 3> std = {1, 1, 1}) {
  Preprocess p;
  p.scale = scale;
  p.mean = mean;
  p.std = std;
  return p;
}

Preprocess imagenet() {
  Preprocess p = scaled(255, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F});
  p.resize = 256;
  p.crop_fraction = 0.875;
  return p;
}

Preprocess bytes() {
  Preprocess p;
  p.values = PixelValues::kBytes;
  return p;
}

const std::vector<std::pair<std::string, Preprocess>>& presets() {
  static const std::vector<std::pair<std::string, Preprocess>> known{
      {"raw", scaled(1)},
      {"unit", scaled(255)},
      {"mnist", scaled(255, {0.1307F, 0.1307F, 0.1307F}, {0.3081F, 0.3081F, 0.3081F})},
      {"cifar10", scaled(255, {0.4914F, 0.4822F, 0.4465F}, {0.2470F, 0.2435F, 0.2616F})},
      {"imagenet", imagenet()},
      {"tf", scaled(127.5F, {1, 1, 1})},
      {"bytes", bytes()},
  };
  return known;
}

const std::vector<std::string> kKeys{"values", "scale",  "mean", "std",    "round", "order",      "layout",
                                     "fit",    "resize", "crop", "filter", "alpha", "orientation"};

template <class T>
using Words = std::vector<std::pair<std::string, T>>;
const Words<PixelValues> kValues{{"scaled", PixelValues::kScaled}, {"bytes", PixelValues::kBytes}};
const Words<ChannelOrder> kOrders{{"rgb", ChannelOrder::kRgb}, {"bgr", ChannelOrder::kBgr}};
const Words<Rounding> kRoundings{
    {"own", Rounding::kOwn}, {"even", Rounding::kEven}, {"away", Rounding::kAway}, {"truncate", Rounding::kTruncate}};
const Words<Layout> kLayouts{{"nchw", Layout::kNchw}, {"nhwc", Layout::kNhwc}};
const Words<Fit> kFits{{"crop", Fit::kCrop},
                       {"squash", Fit::kSquash},
                       {"letterbox", Fit::kLetterbox},
                       {"earlier-crop", Fit::kEarlierCrop}};
const Words<ResizeFilter> kFilters{
    {"nearest", ResizeFilter::kNearest},    {"box", ResizeFilter::kBox},
    {"bilinear", ResizeFilter::kBilinear},  {"bicubic", ResizeFilter::kBicubic},
    {"lanczos", ResizeFilter::kLanczos},    {"cv-nearest", ResizeFilter::kCvNearest},
    {"cv-linear", ResizeFilter::kCvLinear}, {"cv-cubic", ResizeFilter::kCvCubic},
    {"cv-area", ResizeFilter::kCvArea},     {"area", ResizeFilter::kCvArea}};  // area: in earlier records
const Words<Alpha> kAlphas{{"white", Alpha::kWhite}, {"drop", Alpha::kDrop}};
const Words<Orientation> kOrientations{{"exif", Orientation::kExif}, {"stored", Orientation::kStored}};

template <class T>
std::vector<std::string> names_of(const Words<T>& words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) names.push_back(name);
  return names;
}

template <class T>
const std::string& name_of(const Words<T>& words, T value) {
  return std::ranges::find(words, value, &std::pair<std::string, T>::second)->first;
}

// The shortest decimal that reads back as the same number.
template <class T>
std::string number(T value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

// Sets members by key, from words. `where` opens every message: "preprocess", or the file.
class Reader {
 public:
  explicit Reader(std::string where, Preprocess base = {}) : where_(std::move(where)), result_(base) {}

  void set(const std::string& key, std::span<const std::string> values) {
    if (std::ranges::find(kKeys, key) == kKeys.end())
      fail(fmt::format("unknown key '{}'", key), known_names_hint(key, kKeys));
    if (std::ranges::find(seen_, key) != seen_.end()) fail(fmt::format("'{}' is given twice", key));
    seen_.push_back(key);
    if (key == "mean" || key == "std") {
      set_channels(key, values);
    } else if (key == "fit") {
      set_fit(values);
    } else {
      if (values.size() != 1) fail(fmt::format("'{}' takes one value", key));
      set_single(key, values[0]);
    }
  }

  // What was read. Only a crop looks at `resize` and `crop`: a preset's are dropped by another fit, given ones refused.
  [[nodiscard]] Preprocess result() const {
    const Preprocess plain;
    Preprocess result = result_;
    const bool computed = result.scale != plain.scale || result.mean != plain.mean || result.std != plain.std;
    if (result.values == PixelValues::kBytes && computed) {
      fail("values=bytes stores the pixels as they are, without scale, mean or std",
           "leave those away, or say values=scaled");
    }
    if (result.fit == Fit::kCrop || result.fit == Fit::kEarlierCrop) return result;
    for (const char* key : {"resize", "crop"}) {
      if (std::ranges::find(seen_, key) != seen_.end()) fail(fmt::format("'{}' is for fit=crop only", key));
    }
    result.resize = 0;
    result.crop_fraction = 1;
    return result;
  }

  [[noreturn]] void fail(const std::string& why, const std::string& hint = {}) const {
    throw Error(ErrorCode::kBadArgument, where_ + ": " + why, hint);
  }

 private:
  void set_single(const std::string& key, const std::string& value) {
    if (key == "values") result_.values = word(key, value, kValues);
    if (key == "scale") result_.scale = positive<float>(key, value);
    if (key == "round") result_.rounding = word(key, value, kRoundings);
    if (key == "order") result_.order = word(key, value, kOrders);
    if (key == "layout") result_.layout = word(key, value, kLayouts);
    if (key == "filter") result_.filter = word(key, value, kFilters);
    if (key == "alpha") result_.alpha = word(key, value, kAlphas);
    if (key == "orientation") result_.orientation = word(key, value, kOrientations);
    if (key == "resize") result_.resize = whole(key, value, kMaxResize, "pixels");
    if (key == "crop") {
      result_.crop_fraction = positive<double>(key, value);
      if (result_.crop_fraction > 1) fail(fmt::format("crop={}, expected a fraction above 0, at most 1", value));
    }
  }

  void set_fit(std::span<const std::string> values) {
    if (values.empty()) fail("'fit' takes a word");
    result_.fit = word("fit", values[0], kFits);
    if (values.size() == 1) return;
    if (values.size() > 2 || result_.fit != Fit::kLetterbox) {
      fail("'fit' takes one word; only letterbox takes a grey level too", "for example fit=letterbox:114");
    }
    result_.pad = static_cast<std::uint8_t>(whole("fit=letterbox", values[1], 255, "grey levels"));
  }

  void set_channels(const std::string& key, std::span<const std::string> values) {
    if (values.size() != 1 && values.size() != 3) {
      fail(fmt::format("'{}' has {} values, expected 1 or 3 (R:G:B)", key, values.size()));
    }
    auto& channels = key == "mean" ? result_.mean : result_.std;
    for (std::size_t c = 0; c < channels.size(); ++c) {
      const std::string& value = values[values.size() == 1 ? 0 : c];
      channels[c] = key == "mean" ? real<float>(key, value) : positive<float>(key, value);
    }
  }

  template <class T>
  T real(const std::string& key, const std::string& value) const {
    T parsed{};
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, parsed);
    if (error != std::errc() || stop != end || !std::isfinite(parsed)) {
      fail(fmt::format("{}={}, expected a number", key, value), "for example scale=255,mean=0.5:0.5:0.5");
    }
    return parsed;
  }

  template <class T>
  T positive(const std::string& key, const std::string& value) const {
    const T parsed = real<T>(key, value);
    if (parsed <= 0) fail(fmt::format("{}={}, expected a number above 0", key, value));
    return parsed;
  }

  [[nodiscard]] int whole(const std::string& key, const std::string& value, int most, const char* unit) const {
    int parsed = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, parsed);
    if (error != std::errc() || stop != end || parsed < 0 || parsed > most) {
      fail(fmt::format("{}={}, expected whole {} from 0 to {}", key, value, unit, most));
    }
    return parsed;
  }

  template <class T>
  T word(const std::string& key, const std::string& value, const Words<T>& words) const {
    const auto found = std::ranges::find(words, value, &std::pair<std::string, T>::first);
    if (found == words.end())
      fail(fmt::format("unknown {} '{}'", key, value), known_names_hint(value, names_of(words)));
    return found->second;
  }

  std::string where_;
  Preprocess result_;
  std::vector<std::string> seen_;
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    std::string_view part = text.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    part = part.substr(0, part.find_last_not_of(' ') + 1);
    parts.emplace_back(part);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return parts;
}

Preprocess preset(const std::string& name) {
  for (const auto& [known, preprocess] : presets()) {
    if (known == name) return preprocess;
  }
  throw Error(ErrorCode::kBadArgument, fmt::format("unknown preprocess preset '{}'", name),
              known_names_hint(name, preprocess_presets()));
}

Preprocess parse_inline(std::string_view text) {
  std::vector<std::string> items = split(text, ',');
  Preprocess base;
  if (items[0].find('=') == std::string::npos) {
    base = preset(items[0]);
    items.erase(items.begin());
  }
  Reader reader("preprocess", base);
  for (const std::string& item : items) {
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) reader.fail(fmt::format("'{}', expected key=value", item));
    reader.set(split(item.substr(0, equals), ',')[0], split(std::string_view(item).substr(equals + 1), ':'));
  }
  return reader.result();
}

std::string toml_word(const toml::node& node, const Reader& reader) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return number(whole->get());
  if (const auto* real = node.as_floating_point()) return number(real->get());
  reader.fail("values must be numbers, words or lists of numbers");
}

Preprocess parse_file(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxTomlBytes);
  toml::table table;
  try {
    table = toml::parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), path.string());
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}:{}: {}", path.string(), e.source().begin.line, e.description()));
  }
  Reader reader(path.string());
  for (const auto& [key, node] : table) {
    std::vector<std::string> values;
    if (const auto* list = node.as_array()) {
      for (const toml::node& element : *list) values.push_back(toml_word(element, reader));
    } else {
      values = split(toml_word(node, reader), ':');
    }
    reader.set(std::string(key.str()), values);
  }
  return reader.result();
}

std::string channels(const std::array<float, 3>& v) {
  if (v[0] == v[1] && v[1] == v[2]) return number(v[0]);
  return number(v[0]) + ":" + number(v[1]) + ":" + number(v[2]);
}

// "crop", "letterbox:7"
std::string fit_text(const Preprocess& preprocess) {
  const bool padded = preprocess.fit == Fit::kLetterbox && preprocess.pad != Preprocess().pad;
  return name_of(kFits, preprocess.fit) + (padded ? ":" + number(int{preprocess.pad}) : "");
}

// What a list must say after a preset's name to make `wanted` of it, where both have the same values.
std::string amendments(const Preprocess& preset, const Preprocess& wanted) {
  std::string text;
  if (wanted.rounding != preset.rounding) text += ",round=" + name_of(kRoundings, wanted.rounding);
  if (wanted.order != preset.order) text += ",order=" + name_of(kOrders, wanted.order);
  if (wanted.layout != preset.layout && wanted.layout) text += ",layout=" + name_of(kLayouts, *wanted.layout);
  if (wanted.alpha != preset.alpha) text += ",alpha=" + name_of(kAlphas, wanted.alpha);
  if (wanted.orientation != preset.orientation) text += ",orientation=" + name_of(kOrientations, wanted.orientation);
  if (fit_text(wanted) != fit_text(preset)) text += ",fit=" + fit_text(wanted);
  const bool cropped = wanted.fit == Fit::kCrop || wanted.fit == Fit::kEarlierCrop;  // else a preset's are dropped
  if (cropped && wanted.resize != preset.resize) text += ",resize=" + number(wanted.resize);
  if (cropped && wanted.crop_fraction != preset.crop_fraction) text += ",crop=" + number(wanted.crop_fraction);
  if (wanted.filter != preset.filter) text += ",filter=" + name_of(kFilters, wanted.filter);
  return text;
}

}  // namespace

const std::vector<std::string>& preprocess_presets() {
  static const std::vector<std::string> names = names_of(presets());
  return names;
}

Preprocess parse_preprocess(std::string_view text) {
  return text.ends_with(".toml") ? parse_file(text) : parse_inline(text);
}

std::string to_string(const Preprocess& preprocess) {
  const Preprocess plain;
  const bool as_bytes = preprocess.values == PixelValues::kBytes;
  std::string text = as_bytes ? "values=" + name_of(kValues, preprocess.values) : "scale=" + number(preprocess.scale);
  if (preprocess.mean != plain.mean) text += ",mean=" + channels(preprocess.mean);
  if (preprocess.std != plain.std) text += ",std=" + channels(preprocess.std);
  text += ",round=" + name_of(kRoundings, preprocess.rounding);
  if (preprocess.order != plain.order) text += ",order=" + name_of(kOrders, preprocess.order);
  if (preprocess.layout) text += ",layout=" + name_of(kLayouts, *preprocess.layout);
  if (preprocess.alpha != plain.alpha) text += ",alpha=" + name_of(kAlphas, preprocess.alpha);
  if (preprocess.orientation != plain.orientation) {
    text += ",orientation=" + name_of(kOrientations, preprocess.orientation);
  }
  text += ",fit=" + fit_text(preprocess);
  if (preprocess.resize != plain.resize) text += ",resize=" + number(preprocess.resize);
  if (preprocess.crop_fraction != plain.crop_fraction) text += ",crop=" + number(preprocess.crop_fraction);
  text += ",filter=" + name_of(kFilters, preprocess.filter);
  return text;
}

Preprocess parse_recorded_preprocess(std::string_view text) {
  Preprocess preprocess = parse_preprocess(text);
  if (text.find("fit=") == std::string_view::npos) {
    preprocess.fit = Fit::kEarlierCrop;
    preprocess.orientation = Orientation::kStored;
  }
  if (text.find("round=") == std::string_view::npos) preprocess.rounding = Rounding::kEven;
  return preprocess;
}

std::string short_name(const Preprocess& preprocess) {
  for (const auto& [name, known] : presets()) {
    Preprocess amended = known;  // by all that is not about values
    amended.rounding = preprocess.rounding;
    amended.order = preprocess.order;
    amended.layout = preprocess.layout;
    amended.alpha = preprocess.alpha;
    amended.orientation = preprocess.orientation;
    amended.fit = preprocess.fit;
    amended.pad = preprocess.pad;
    amended.resize = preprocess.resize;
    amended.crop_fraction = preprocess.crop_fraction;
    amended.filter = preprocess.filter;
    if (amended == preprocess) return name + amendments(known, preprocess);
  }
  return to_string(preprocess);
}

}  // namespace dflare
