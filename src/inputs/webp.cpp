// WebP by libwebp, to RGB with alpha where the file has it. The canvas is asked for as Pillow does, so that still
// images and first frames are one case.
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "inputs/codecs.h"

namespace dflare {
namespace {

template <auto function>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using AnimDecoder = std::unique_ptr<WebPAnimDecoder, Deleter<WebPAnimDecoderDelete>>;

int orientation_of(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk{};
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) == 0) return 1;
  const int orientation = exif_orientation({chunk.chunk.bytes, chunk.chunk.size});
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

// Pixels of the canvas, which are R, G, B, A; the alpha is left out of opaque files.
Input from_canvas(const std::uint8_t* canvas, const Shape& shape) {
  Input out(shape);
  const auto channels = static_cast<std::size_t>(shape.channels);
  for (std::size_t at = 0; at < out.pixels.size(); at += channels, canvas += 4) {
    std::copy_n(canvas, channels, out.pixels.data() + at);
  }
  return out;
}

}  // namespace

DecodedImage decode_webp(const EncodedImage& image) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(image.bytes.data(), image.bytes.size(), &features) != VP8_STATUS_OK) {
    throw_corrupt(image, "WebP", "no readable header");
  }
  check_pixel_count(image, static_cast<std::size_t>(features.width), static_cast<std::size_t>(features.height));
  WebPAnimDecoderOptions options{};
  WebPAnimDecoderOptionsInit(&options);
  const WebPData data{image.bytes.data(), image.bytes.size()};
  const AnimDecoder decoder(WebPAnimDecoderNew(&data, &options));
  if (decoder == nullptr) throw_corrupt(image, "WebP", "it ends early or its parts do not fit");
  WebPAnimInfo info{};
  WebPAnimDecoderGetInfo(decoder.get(), &info);
  check_pixel_count(image, info.canvas_width, info.canvas_height);
  std::uint8_t* canvas = nullptr;
  int time = 0;
  if (WebPAnimDecoderGetNext(decoder.get(), &canvas, &time) == 0) throw_corrupt(image, "WebP", "damaged pixels");
  const Shape shape{static_cast<int>(info.canvas_height), static_cast<int>(info.canvas_width),
                    features.has_alpha != 0 ? 4 : 3};
  return {from_canvas(canvas, shape), orientation_of(WebPAnimDecoderGetDemuxer(decoder.get()))};
}

}  // namespace dflare
