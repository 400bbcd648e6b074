// Pictures of one shape, packed into lossless WebP images: a third smaller than as PNG files of their own. Packing well
// takes four times as long as packing quickly, and saves a tenth: it is done where room is short, and where it pays.
#include "page/pictures.h"

#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <numeric>
#include <thread>

#include "core/workers.h"
#include "dflare/error.h"

namespace dflare {
namespace {

constexpr std::size_t kAtlasPixels = 1U << 16U;  // small enough to be unpacked while somebody scrolls
constexpr int kQuick = 0, kWell = 1;    // methods of WebP, 0 to 6: beyond it the last twentieth takes far longer
constexpr std::size_t kProbeEvery = 8;  // atlases: one of so many tells what packing its neighbours well saves
constexpr std::size_t kRound = 16;      // atlases packed well before their sizes are looked at again

std::size_t side(int pixels) { return static_cast<std::size_t>(pixels); }

// Copies a picture to its place, grey as RGB.
void put(const Input& picture, const Shape& shape, std::size_t place, std::size_t columns,
         std::vector<std::uint8_t>& atlas) {
  const std::size_t stride = columns * side(shape.width) * 3;
  std::uint8_t* to =
      atlas.data() + place / columns * side(shape.height) * stride + place % columns * side(shape.width) * 3;
  const std::uint8_t* from = picture.pixels.data();
  for (int y = 0; y < shape.height; ++y, to += stride) {
    for (std::size_t x = 0; x < 3 * side(shape.width); ++x) to[x] = *(shape.channels == 1 ? from + x / 3 : from + x);
    from += side(shape.width) * side(shape.channels);
  }
}

struct Deleters {
  void operator()(WebPPicture* picture) const { WebPPictureFree(picture); }
  void operator()(WebPMemoryWriter* writer) const { WebPMemoryWriterClear(writer); }
};

std::vector<std::uint8_t> encoded(const std::uint8_t* rgb, int width, int height, int method) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  const std::unique_ptr<WebPMemoryWriter, Deleters> writer_end(&writer);
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&picture) == 0) throw std::bad_alloc();
  const std::unique_ptr<WebPPicture, Deleters> picture_end(&picture);
  config.lossless = 1;
  config.method = method;
  config.quality = 0;
  picture.use_argb = 1;
  picture.width = width;
  picture.height = height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  if (WebPPictureImportRGB(&picture, rgb, 3 * width) == 0 || WebPEncode(&config, &picture) == 0) throw std::bad_alloc();
  return {writer.mem, writer.mem + writer.size};
}

std::vector<std::uint8_t> atlas_of(const PagePictures& pictures, std::size_t first, std::size_t count,
                                   const DrawPicture& draw) {
  const std::size_t columns = std::min(pictures.columns, count);
  const std::size_t rows = (count + columns - 1) / columns;
  const std::size_t width = columns * side(pictures.shape.width);
  const std::size_t height = rows * side(pictures.shape.height);
  std::vector<std::uint8_t> rgb(width * height * 3);
  for (std::size_t i = 0; i < count; ++i) {
    const Input picture = draw(first + i);
    if (picture.shape != pictures.shape) throw Error(ErrorCode::kBadInput, "images of one run have different shapes");
    put(picture, pictures.shape, i, columns, rgb);
  }
  return encoded(rgb.data(), static_cast<int>(width), static_cast<int>(height), kQuick);
}

// The same pixels in fewer bytes, where that succeeds.
void pack_well(std::vector<std::uint8_t>& atlas) {
  int width = 0;
  int height = 0;
  const auto release = [](std::uint8_t* pixels) { WebPFree(pixels); };
  const std::unique_ptr<std::uint8_t, decltype(release)> rgb(WebPDecodeRGB(atlas.data(), atlas.size(), &width, &height),
                                                             release);
  if (!rgb) throw std::bad_alloc();
  std::vector<std::uint8_t> smaller = encoded(rgb.get(), width, height, kWell);
  if (smaller.size() < atlas.size()) atlas = std::move(smaller);
}

// Does one thing to each of `count`, on all cores.
void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& act) {
  if (count == 0) return;
  std::atomic<std::size_t> next{0};
  const std::size_t threads = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), count);
  run_workers(threads, [&](int, const std::atomic<bool>& failed) {
    for (std::size_t i = next++; i < count && !failed; i = next++) act(i);
  });
}

// Packs some atlases well, those first that gain most by it, until all take no more than `bytes`. The same ones on any
// machine.
void squeeze(std::vector<std::vector<std::uint8_t>>& atlases, std::size_t bytes) {
  const auto taken = [&atlases] {
    return std::accumulate(atlases.begin(), atlases.end(), std::size_t{0},
                           [](std::size_t sum, const auto& atlas) { return sum + atlas.size(); });
  };
  if (taken() <= bytes) return;
  const std::size_t probes = (atlases.size() + kProbeEvery - 1) / kProbeEvery;
  std::vector<double> gains(probes);  // of a byte
  on_all_cores(probes, [&](std::size_t i) {
    std::vector<std::uint8_t>& atlas = atlases[i * kProbeEvery];
    const auto before = static_cast<double>(atlas.size());
    pack_well(atlas);
    gains[i] = 1 - static_cast<double>(atlas.size()) / before;
  });
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < atlases.size(); ++i) {
    if (i % kProbeEvery != 0) rest.push_back(i);
  }
  const auto gain = [&gains](std::size_t i) {
    return gains[std::min((i + kProbeEvery / 2) / kProbeEvery, gains.size() - 1)];
  };
  std::ranges::stable_sort(rest, [&gain](std::size_t a, std::size_t b) { return gain(a) > gain(b); });
  for (std::size_t done = 0; done < rest.size() && taken() > bytes; done += kRound) {
    on_all_cores(std::min(kRound, rest.size() - done), [&](std::size_t i) { pack_well(atlases[rest[done + i]]); });
  }
}

}  // namespace

bool can_be_packed(const Shape& shape) {
  const bool colours = shape.channels == 1 || shape.channels == 3;
  return colours && std::min(shape.width, shape.height) > 0 &&
         std::max(shape.width, shape.height) <= WEBP_MAX_DIMENSION;
}

PagePictures packed(const Shape& shape, std::size_t count, const DrawPicture& draw, std::size_t bytes) {
  if (!can_be_packed(shape)) throw Error(ErrorCode::kBadInput, "images of this shape cannot be put on a page");
  const std::size_t pixels = side(shape.width) * side(shape.height);
  const auto across =
      static_cast<std::size_t>(std::sqrt(static_cast<double>(kAtlasPixels) / static_cast<double>(pixels)));
  const std::size_t most = WEBP_MAX_DIMENSION / side(std::max(shape.width, shape.height));
  PagePictures pictures{.shape = shape,
                        .count = count,
                        .columns = std::clamp<std::size_t>(across, 1, most),
                        .per_atlas = 1,
                        .atlases = {}};
  pictures.per_atlas = pictures.columns * pictures.columns;
  pictures.atlases.resize((count + pictures.per_atlas - 1) / pictures.per_atlas);
  on_all_cores(pictures.atlases.size(), [&](std::size_t i) {
    const std::size_t first = i * pictures.per_atlas;
    pictures.atlases[i] = atlas_of(pictures, first, std::min(pictures.per_atlas, count - first), draw);
  });
  squeeze(pictures.atlases, bytes);
  return pictures;
}

}  // namespace dflare
