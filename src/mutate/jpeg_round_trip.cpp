// JPEG in memory, there and back, by libjpeg.
#include "mutate/jpeg_round_trip.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>

#include <jpeglib.h>

namespace dflare {
namespace {

// libjpeg's default handler ends the process; an exception through its C frames is what the Debian build allows for.
[[noreturn]] void fail(j_common_ptr /*info*/) { throw std::bad_alloc(); }
void keep_quiet(j_common_ptr /*info*/) {}

jpeg_error_mgr* errors(jpeg_error_mgr& manager) {
  jpeg_error_mgr* e = jpeg_std_error(&manager);
  e->error_exit = fail;
  e->output_message = keep_quiet;
  return e;
}

struct Encoded {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  Encoded() = default;
  Encoded(const Encoded&) = delete;
  Encoded& operator=(const Encoded&) = delete;
  ~Encoded() { std::free(bytes); }
};

void encode(InputView in, int quality, Encoded& out) {
  jpeg_error_mgr manager;
  jpeg_compress_struct c{};
  c.err = errors(manager);
  jpeg_create_compress(&c);
  const std::unique_ptr<jpeg_compress_struct, void (*)(jpeg_compress_struct*)> destroy(&c, jpeg_destroy_compress);
  jpeg_mem_dest(&c, &out.bytes, &out.size);
  c.image_width = static_cast<JDIMENSION>(in.shape.width);
  c.image_height = static_cast<JDIMENSION>(in.shape.height);
  c.input_components = in.shape.channels;
  c.in_color_space = in.shape.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&c);
  jpeg_set_quality(&c, quality, TRUE);
  jpeg_start_compress(&c, TRUE);
  const std::size_t stride = static_cast<std::size_t>(in.shape.width) * static_cast<std::size_t>(in.shape.channels);
  while (c.next_scanline < c.image_height) {
    auto* row = const_cast<JSAMPROW>(in.data + c.next_scanline * stride);
    jpeg_write_scanlines(&c, &row, 1);
  }
  jpeg_finish_compress(&c);
}

void decode(const Encoded& in, std::size_t stride, std::span<std::uint8_t> out) {
  jpeg_error_mgr manager;
  jpeg_decompress_struct d{};
  d.err = errors(manager);
  jpeg_create_decompress(&d);
  const std::unique_ptr<jpeg_decompress_struct, void (*)(jpeg_decompress_struct*)> destroy(&d, jpeg_destroy_decompress);
  jpeg_mem_src(&d, in.bytes, in.size);
  jpeg_read_header(&d, TRUE);
  jpeg_start_decompress(&d);
  while (d.output_scanline < d.output_height) {
    JSAMPROW row = out.data() + d.output_scanline * stride;
    jpeg_read_scanlines(&d, &row, 1);
  }
  jpeg_finish_decompress(&d);
}

}  // namespace

void jpeg_round_trip(InputView in, int quality, std::span<std::uint8_t> out) {
  Encoded encoded;
  encode(in, quality, encoded);
  decode(encoded, static_cast<std::size_t>(in.shape.width) * static_cast<std::size_t>(in.shape.channels), out);
}

}  // namespace dflare
