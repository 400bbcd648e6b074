// Image files made by code.
#include "inputs/image_files.h"

#include <png.h>
#include <zlib.h>

#include <cstdio>  // jpeglib.h needs it and does not say so

#include <jpeglib.h>

#include <cstdlib>
#include <stdexcept>

namespace dflare::test {
namespace {

void append(png_structp png, png_bytep data, std::size_t size) {
  auto& out = *static_cast<Bytes*>(png_get_io_ptr(png));
  out.insert(out.end(), data, data + size);
}

void fail_png(png_structp, png_const_charp message) { throw std::runtime_error(message); }

void set_palette(png_structp png, png_infop info, const PngFile& file) {
  std::vector<png_color> colours;
  for (std::size_t i = 0; i + 2 < file.palette.size(); i += 3) {
    colours.push_back({file.palette[i], file.palette[i + 1], file.palette[i + 2]});
  }
  png_set_PLTE(png, info, colours.data(), static_cast<int>(colours.size()));
  if (!file.palette_alpha.empty()) {
    png_set_tRNS(png, info, file.palette_alpha.data(), static_cast<int>(file.palette_alpha.size()), nullptr);
  }
}

void set_transparent_grey(png_structp png, png_infop info, int level) {
  png_color_16 colour{};
  colour.gray = static_cast<png_uint_16>(level);
  png_set_tRNS(png, info, nullptr, 0, &colour);
}

void put32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_chunk(Bytes& out, const std::string& name, const Bytes& data) {
  put32(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = out.size();
  out.insert(out.end(), name.begin(), name.end());
  out.insert(out.end(), data.begin(), data.end());
  put32(out, static_cast<std::uint32_t>(crc32(0, out.data() + start, static_cast<uInt>(out.size() - start))));
}

}  // namespace

Bytes make_png(const PngFile& file) {
  Bytes out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail_png, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &out, append, [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(file.width), static_cast<png_uint_32>(file.height), file.bit_depth,
               file.colour_type, file.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
               PNG_FILTER_TYPE_BASE);
  if (!file.palette.empty()) set_palette(png, info, file);
  if (file.transparent_grey >= 0) set_transparent_grey(png, info, file.transparent_grey);
  png_write_info(png, info);
  Bytes pixels = file.rows;
  const std::size_t row_size = pixels.size() / static_cast<std::size_t>(file.height);
  std::vector<png_bytep> rows;
  for (int y = 0; y < file.height; ++y) rows.push_back(pixels.data() + static_cast<std::size_t>(y) * row_size);
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return out;
}

Bytes make_jpeg(const JpegFile& file) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = static_cast<JDIMENSION>(file.width);
  jpeg.image_height = static_cast<JDIMENSION>(file.height);
  jpeg.in_color_space = static_cast<J_COLOR_SPACE>(file.colours);
  jpeg.input_components = file.colours == JCS_GRAYSCALE ? 1 : file.colours == JCS_CMYK ? 4 : 3;
  jpeg_set_defaults(&jpeg);
  if (file.stored >= 0) jpeg_set_colorspace(&jpeg, static_cast<J_COLOR_SPACE>(file.stored));
  jpeg_set_quality(&jpeg, 100, TRUE);
  if (file.progressive) jpeg_simple_progression(&jpeg);
  if (!file.adobe_marker) jpeg.write_Adobe_marker = FALSE;
  jpeg_start_compress(&jpeg, TRUE);
  Bytes pixels = file.pixels;
  const std::size_t row_size = pixels.size() / static_cast<std::size_t>(file.height);
  for (std::size_t y = 0; y < static_cast<std::size_t>(file.height); ++y) {
    unsigned char* row = pixels.data() + y * row_size;
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Bytes bytes(out, out + size);
  std::free(out);
  return bytes;
}

Bytes png_announcing(std::uint32_t width, std::uint32_t height) {
  Bytes out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes header;
  put32(header, width);
  put32(header, height);
  header.insert(header.end(), {8, PNG_COLOR_TYPE_RGB, 0, 0, 0});
  put_chunk(out, "IHDR", header);
  put_chunk(out, "IDAT", {0x78, 0x01, 0x00});
  put_chunk(out, "IEND", {});
  return out;
}

}  // namespace dflare::test
