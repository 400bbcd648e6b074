// PNG: every kind is read by libpng to 8-bit grey or RGB, with alpha; findings are written by zlib alone, which is
// three times as fast on small images because its memory is kept from one image to the next.
#include <png.h>
#include <zlib.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <memory>

#include "dflare/error.h"
#include "dflare/seeds.h"
#include "inputs/codecs.h"

namespace dflare {
namespace {

// ---- reading

// What libpng's callbacks reach. Everything with a destructor lives here, outside the frame that longjmp leaves.
struct PngReader {
  explicit PngReader(const EncodedImage& i) : image(i), rest(i.bytes) {}
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  const EncodedImage& image;
  std::span<const std::uint8_t> rest;
  std::array<char, 128> reason{};
  png_structp png = nullptr;
  png_infop info = nullptr;
  Input decoded;
  std::vector<png_bytep> rows;
};

void on_error(png_structp png, png_const_charp message) {
  auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
  std::strncpy(reader.reason.data(), message, reader.reason.size() - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep data, std::size_t size) {
  auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
  if (size > reader.rest.size()) png_error(png, "the file ends early");
  std::memcpy(data, reader.rest.data(), size);
  reader.rest = reader.rest.subspan(size);
}

// Runs `step`, which calls libpng and owns nothing; false when libpng gave up.
template <class Step>
bool guarded(PngReader& reader, Step step) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;  // NOLINT(cert-err52-cpp): libpng's way of failing
  step(reader.png, reader.info);
  return true;
}

// Comments, profiles and times are not even unpacked: thousands of them would take longer than any pixels.
void skip_what_is_not_shown(png_structp png) {
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // all but pixels, palette and transparency
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, reinterpret_cast<png_const_bytep>("eXIf"), 1);
}

// Asks for 8 bits: grey or RGB, with alpha where the file has it. Values stay as they are stored, whatever gamma the
// file announces: so do Pillow, OpenCV and, when they lay transparent pixels on a page, browsers.
void request_plain_pixels(png_structp png, png_infop info) {
  png_set_scale_16(png);
  png_set_expand(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

int orientation_of(png_structp png, png_infop info) {
  png_uint_32 size = 0;
  png_bytep exif = nullptr;
  return png_get_eXIf_1(png, info, &size, &exif) == PNG_INFO_eXIf ? exif_orientation({exif, size}) : 1;
}

}  // namespace

DecodedImage decode_png(const EncodedImage& image) {
  PngReader reader(image);
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) throw std::bad_alloc();
  png_set_read_fn(reader.png, &reader, on_read);
  skip_what_is_not_shown(reader.png);
  png_set_user_limits(reader.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // ours is the cap on pixels

  if (!guarded(reader, [](auto png, auto info) { png_read_info(png, info); })) {
    throw_corrupt(image, "PNG", reader.reason.data());
  }
  check_pixel_count(image, png_get_image_width(reader.png, reader.info), png_get_image_height(reader.png, reader.info));
  if (!guarded(reader, request_plain_pixels)) throw_corrupt(image, "PNG", reader.reason.data());

  const Shape shape{static_cast<int>(png_get_image_height(reader.png, reader.info)),
                    static_cast<int>(png_get_image_width(reader.png, reader.info)),
                    static_cast<int>(png_get_channels(reader.png, reader.info))};
  const std::size_t row_bytes = png_get_rowbytes(reader.png, reader.info);
  if (row_bytes * static_cast<std::size_t>(shape.height) != shape.size()) {
    throw_corrupt(image, "PNG", "unexpected pixel format");
  }
  reader.decoded = Input(shape);
  for (std::uint8_t* row = reader.decoded.pixels.data(); std::ssize(reader.rows) < shape.height; row += row_bytes) {
    reader.rows.push_back(row);
  }
  const auto read_pixels = [rows = reader.rows.data()](auto png, auto info) {
    png_read_image(png, rows);
    png_read_end(png, info);
  };
  if (!guarded(reader, read_pixels)) throw_corrupt(image, "PNG", reader.reason.data());
  return {std::move(reader.decoded), orientation_of(reader.png, reader.info)};
}

// ---- writing

namespace {

constexpr std::size_t kSignatureAndHeader = 8 + 12 + 13;
constexpr std::size_t kChunkFrame = 12;  // length, name, checksum

// A deflate stream whose memory outlives the image: setting it up costs more than packing a small image.
struct Packer {
  // Level 1 and run-length matching: natural images hardly shrink further, and packing takes two thirds of the time.
  Packer() {
    if (deflateInit2(&stream, 1, Z_DEFLATED, 15, 8, Z_RLE) != Z_OK) throw std::bad_alloc();
  }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  ~Packer() { deflateEnd(&stream); }

  z_stream stream{};
  std::vector<std::uint8_t> filtered;
};

std::uint8_t* put32(std::uint8_t* at, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(value >> shift);
  return at;
}

// Frames the `size` bytes that already stand behind the chunk's name.
std::uint8_t* frame_chunk(std::uint8_t* chunk, const char* name, std::size_t size) {
  put32(chunk, size);
  std::memcpy(chunk + 4, name, 4);
  const auto covered = static_cast<uInt>(size + 4);
  return put32(chunk + 8 + size, crc32(crc32(0, nullptr, 0), chunk + 4, covered));
}

// Rows as PNG stores them: a filter byte, then for grey the pixels, for RGB the difference to the pixel on the left.
void filter_rows(InputView input, std::vector<std::uint8_t>& out) {
  const auto channels = static_cast<std::size_t>(input.shape.channels);
  const std::size_t row = static_cast<std::size_t>(input.shape.width) * channels;
  out.resize(input.shape.size() + static_cast<std::size_t>(input.shape.height));
  std::uint8_t* to = out.data();
  const std::uint8_t* from = input.data;
  for (int y = 0; y < input.shape.height; ++y, to += row, from += row) {
    *to++ = channels == 1 ? PNG_FILTER_VALUE_NONE : PNG_FILTER_VALUE_SUB;
    const std::size_t plain = channels == 1 ? row : channels;
    std::memcpy(to, from, plain);
    for (std::size_t x = plain; x < row; ++x) to[x] = static_cast<std::uint8_t>(from[x] - from[x - channels]);
  }
}

void check_encodable(const Shape& shape) {
  const bool known = shape.channels == 1 || shape.channels == 3;
  if (shape.height <= 0 || shape.width <= 0 || !known || shape.size() > 0x7000'0000U) {
    throw Error(ErrorCode::kBadInput, "cannot write a PNG of " + std::to_string(shape.height) + " x " +
                                          std::to_string(shape.width) + " x " + std::to_string(shape.channels) +
                                          ", expected grey or RGB below 1.75 GiB");
  }
}

}  // namespace

void encode_png(InputView input, std::vector<std::uint8_t>& png) {
  check_encodable(input.shape);
  thread_local Packer packer;
  z_stream& stream = packer.stream;
  filter_rows(input, packer.filtered);
  deflateReset(&stream);
  const auto raw_size = static_cast<uLong>(packer.filtered.size());
  const std::size_t bound = deflateBound(&stream, raw_size);
  png.resize(kSignatureAndHeader + kChunkFrame + bound + kChunkFrame);

  std::uint8_t* at = png.data();
  std::memcpy(at, "\x89PNG\r\n\x1a\n", 8);
  at += 8;
  std::uint8_t* header =
      put32(put32(at + 8, static_cast<std::size_t>(input.shape.width)), static_cast<std::size_t>(input.shape.height));
  const std::uint8_t colour = input.shape.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
  const std::array<std::uint8_t, 5> format{8, colour, 0, 0, 0};
  std::memcpy(header, format.data(), format.size());
  at = frame_chunk(at, "IHDR", 13);

  stream.next_in = packer.filtered.data();
  stream.avail_in = static_cast<uInt>(raw_size);
  stream.next_out = at + 8;
  stream.avail_out = static_cast<uInt>(bound);
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::bad_alloc();
  at = frame_chunk(at, "IDAT", bound - stream.avail_out);
  at = frame_chunk(at, "IEND", 0);
  png.resize(static_cast<std::size_t>(at - png.data()));
}

}  // namespace dflare
