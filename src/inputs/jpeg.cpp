// JPEG by libjpeg-turbo, CMYK and YCCK included, to 8-bit grey or RGB.
#include <cstdio>  // jpeglib.h needs it and does not say so

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "inputs/codecs.h"

namespace dflare {
namespace {

// A file with more scans than this was made to keep a decoder busy.
constexpr int kMaxScans = 200;
constexpr int kExifMarker = JPEG_APP0 + 1;

// What libjpeg's callbacks reach. Everything with a destructor lives here, outside the frame that longjmp leaves.
struct JpegReader {
  JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&jpeg); }

  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf give_up{};
  std::array<char, JMSG_LENGTH_MAX> reason{};
  Input decoded;
  std::vector<std::uint8_t> cmyk_row;
};

[[noreturn]] void on_error(j_common_ptr jpeg) {
  auto& reader = *static_cast<JpegReader*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, reader.reason.data());
  std::longjmp(reader.give_up, 1);  // NOLINT(cert-err52-cpp): libjpeg's way of failing
}

// libjpeg fills what is missing or damaged with grey and merely warns; an image with holes is no seed.
void on_message(j_common_ptr jpeg, int level) {
  constexpr std::array kHarmless{static_cast<int>(JWRN_EXTRANEOUS_DATA), static_cast<int>(JWRN_ADOBE_XFORM),
                                 static_cast<int>(JWRN_JFIF_MAJOR), static_cast<int>(JWRN_TOO_MUCH_DATA)};
  const bool harmless = std::find(kHarmless.begin(), kHarmless.end(), jpeg->err->msg_code) != kHarmless.end();
  if (level < 0 && !harmless) on_error(jpeg);
}

void on_progress(j_common_ptr jpeg) {
  if (!jpeg->is_decompressor) return;
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMaxScans) ERREXIT(jpeg, JERR_BAD_PROGRESSION);
}

JpegReader::JpegReader() {
  jpeg.err = jpeg_std_error(&errors);
  errors.error_exit = on_error;
  errors.emit_message = on_message;
  errors.output_message = [](j_common_ptr) {};
  progress.progress_monitor = on_progress;
}

// Runs `step`, which calls libjpeg and owns nothing; false when libjpeg gave up.
template <class Step>
bool guarded(JpegReader& reader, Step step) {
  if (setjmp(reader.give_up) != 0) return false;  // NOLINT(cert-err52-cpp)
  step(reader.jpeg);
  return true;
}

// Adobe writes CMYK upside down: 255 is no ink.
void cmyk_to_rgb(const std::vector<std::uint8_t>& row, bool inverted, std::uint8_t* rgb) {
  const auto light = [inverted](std::uint8_t ink) { return inverted ? ink : 255 - ink; };
  for (std::size_t x = 0; x + 3 < row.size(); x += 4) {
    for (std::size_t c = 0; c < 3; ++c) {
      *rgb++ = static_cast<std::uint8_t>((light(row[x + c]) * light(row[x + 3]) + 127) / 255);
    }
  }
}

void read_rows(jpeg_decompress_struct& jpeg, JpegReader& reader) {
  std::uint8_t* row = reader.decoded.pixels.data();
  const std::size_t row_size = reader.decoded.pixels.size() / jpeg.output_height;
  for (; jpeg.output_scanline < jpeg.output_height; row += row_size) {
    std::uint8_t* target = reader.cmyk_row.empty() ? row : reader.cmyk_row.data();
    jpeg_read_scanlines(&jpeg, &target, 1);
    if (!reader.cmyk_row.empty()) cmyk_to_rgb(reader.cmyk_row, jpeg.saw_Adobe_marker != 0, row);
  }
}

// Other things than EXIF live behind the same marker.
int orientation_of(const jpeg_decompress_struct& jpeg) {
  for (auto marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
    const std::span<const std::uint8_t> data(marker->data, marker->data_length);
    if (data.size() > 6 && std::memcmp(data.data(), "Exif", 5) == 0) return exif_orientation(data);
  }
  return 1;
}

J_COLOR_SPACE wanted_colours(J_COLOR_SPACE stored) {
  if (stored == JCS_GRAYSCALE) return JCS_GRAYSCALE;
  return stored == JCS_CMYK || stored == JCS_YCCK ? JCS_CMYK : JCS_RGB;
}

}  // namespace

DecodedImage decode_jpeg(const EncodedImage& image) {
  JpegReader reader;
  const auto read_header = [&](auto& jpeg) {
    jpeg_create_decompress(&jpeg);
    jpeg.client_data = &reader;
    jpeg.progress = &reader.progress;
    jpeg_mem_src(&jpeg, image.bytes.data(), static_cast<unsigned long>(image.bytes.size()));
    jpeg_save_markers(&jpeg, kExifMarker, 0xffff);
    jpeg_read_header(&jpeg, TRUE);
  };
  reader.jpeg.client_data = &reader;
  if (!guarded(reader, read_header)) throw_corrupt(image, "JPEG", reader.reason.data());
  check_pixel_count(image, reader.jpeg.image_width, reader.jpeg.image_height);
  const int orientation = orientation_of(reader.jpeg);  // libjpeg forgets the markers when the pixels are done

  const auto start = [](auto& jpeg) {
    jpeg.out_color_space = wanted_colours(jpeg.jpeg_color_space);
    jpeg_start_decompress(&jpeg);
  };
  if (!guarded(reader, start)) throw_corrupt(image, "JPEG", reader.reason.data());

  const bool grey = reader.jpeg.out_color_space == JCS_GRAYSCALE;
  reader.decoded = Input(
      Shape{static_cast<int>(reader.jpeg.output_height), static_cast<int>(reader.jpeg.output_width), grey ? 1 : 3});
  if (reader.jpeg.out_color_space == JCS_CMYK) reader.cmyk_row.resize(4 * std::size_t{reader.jpeg.output_width});
  const auto read_pixels = [&](auto& jpeg) {
    read_rows(jpeg, reader);
    jpeg_finish_decompress(&jpeg);
  };
  if (!guarded(reader, read_pixels)) throw_corrupt(image, "JPEG", reader.reason.data());
  return {std::move(reader.decoded), orientation};
}

}  // namespace dflare
