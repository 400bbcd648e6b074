// fit_folder FOLDER HxWxC OUT.npy PREPROCESS...: the folder's images as dflare feeds them, K x N x H x W x C for K
// preprocessings and N files in order of their names, for tests that compare them with other programs' pixels.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>

#include "dflare/seeds.h"

namespace {

using namespace dflare;

std::vector<std::filesystem::path> files_in(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void fit_all(const char* folder, const Shape& shape, const char* out, std::span<char*> words) {
  const auto files = files_in(folder);
  std::vector<Preprocess> ways;
  for (const char* word : words) ways.push_back(parse_preprocess(word));
  std::vector<std::uint8_t> pixels(ways.size() * files.size() * shape.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto bytes = bytes_of(files[i]);
    Input image;
    for (std::size_t k = 0; k < ways.size(); ++k) {
      const bool same = k > 0 && ways[k].alpha == ways[k - 1].alpha && ways[k].orientation == ways[k - 1].orientation;
      if (!same) image = decode_image(bytes, files[i].string(), {ways[k].alpha, ways[k].orientation});
      const Input fitted = fit_image(image.view(), shape, ways[k]);
      std::ranges::copy(fitted.pixels,
                        pixels.begin() + static_cast<std::ptrdiff_t>((k * files.size() + i) * shape.size()));
    }
  }
  const auto side = [](int n) { return static_cast<std::size_t>(n); };
  const std::vector<std::size_t> axes{ways.size(), files.size(), side(shape.height), side(shape.width),
                                      side(shape.channels)};
  write_npy(out, "u1", axes, pixels);
}

}  // namespace

int main(int argc, char** argv) {
  Shape shape;
  if (argc < 5 || std::sscanf(argv[2], "%dx%dx%d", &shape.height, &shape.width, &shape.channels) != 3) {
    std::fputs("usage: fit_folder FOLDER HxWxC OUT.npy PREPROCESS...\n", stderr);
    return 2;
  }
  try {
    fit_all(argv[1], shape, argv[3], {argv + 4, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
  return 0;
}
