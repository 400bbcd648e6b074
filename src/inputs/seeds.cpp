// Loads the user's inputs: folders of image files, or arrays.
#include "dflare/seeds.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include "core/files.h"
#include "dflare/error.h"
#include "inputs/labels.h"
#include "inputs/npy.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 11> kExtensions{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp",
                                                       ".bmp", ".dib", ".pbm",  ".pgm", ".ppm"};

// Room for 16-bit RGBA without any compression, and for metadata.
std::size_t file_limit(const SeedOptions& options) { return 8 * options.max_pixels + (64U << 20U); }

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension;
}

bool is_image_file(const fs::directory_entry& entry) {
  std::error_code ignored;
  const std::string extension = lower_extension(entry.path());
  const bool named = std::ranges::find(kExtensions, extension) != kExtensions.end();
  return named && !entry.path().filename().string().starts_with('.') && entry.is_regular_file(ignored);
}

// Paths relative to the folder, sorted; hidden files are left out.
std::vector<std::string> image_files(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    if (is_image_file(*it)) files.push_back(it->path().lexically_relative(folder).generic_string());
  }
  if (failed) throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", folder.string(), failed.message()));
  std::ranges::sort(files);
  return files;
}

Seed load_file(const fs::path& folder, const std::string& file, const SeedOptions& options) {
  Seed seed;
  seed.source = file;
  try {
    const std::vector<std::uint8_t> bytes = read_file(folder / file, file_limit(options));
    seed.input =
        decode_image(bytes, file, {options.preprocess.alpha, options.preprocess.orientation, options.max_pixels});
    if (seed.input.shape != options.shape) seed.input = fit_image(seed.input.view(), options.shape, options.preprocess);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kBadInput) throw;
    seed.problem = e.what();
    if (seed.problem.starts_with(file + ": ")) seed.problem.erase(0, file.size() + 2);  // `source` says it
  }
  return seed;
}

// ---- labels of files

void label_by_folders(SeedSet& set, const ClassNames& classes) {
  for (Seed& seed : set.seeds) {
    const std::string holder = fs::path(seed.source).parent_path().filename().string();
    seed.label = holder.empty() ? -1 : classes.find(holder).value_or(-1);
    set.labelled = set.labelled || seed.label >= 0;
  }
  if (!classes.empty() && !set.labelled) {
    throw Error(ErrorCode::kBadInput, set.path.string() + ": no folder has the name of a class",
                "--classes lists other names than the folders have");
  }
}

void label_by_csv(SeedSet& set, const fs::path& path, const ClassNames& classes) {
  const std::map<std::string, int> labels = read_csv_labels(path, set.path, classes);
  for (Seed& seed : set.seeds) {
    const auto found = labels.find(seed.source);
    if (found == labels.end()) continue;
    seed.label = found->second;
    set.labelled = true;
  }
  if (!set.labelled) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: names none of the images in {}", path.string(), set.path.string()),
                "files must be relative to the seeds' folder");
  }
}

void label_by_rows(SeedSet& set, const fs::path& path, const ClassNames& classes) {
  const std::vector<int> labels = read_npy_labels(path);
  if (labels.size() != set.seeds.size()) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {} labels, expected {}, one for each input of {}", path.string(),
                                                  labels.size(), set.seeds.size(), set.path.string()));
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!classes.empty() && std::cmp_greater_equal(labels[i], classes.names().size())) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}: label {} at row {}, but --classes names only {}",
                                                    path.string(), labels[i], i, classes.names().size()));
    }
    set.seeds[i].label = labels[i];
  }
  set.labelled = true;
}

SeedSet load_folder(const fs::path& folder, const SeedOptions& options) {
  SeedSet set;
  set.path = folder;
  const std::vector<std::string> files = image_files(folder);
  if (files.empty()) {
    throw Error(ErrorCode::kBadInput,
                folder.string() + ": holds no image: no .png, .jpg, .webp, .bmp, .pgm or .ppm file",
                "arrays are given as an .npy file");
  }
  const ClassNames classes = ClassNames::read(options.classes);
  for (const std::string& file : files) set.seeds.push_back(Seed{{}, -1, file, {}});
  if (options.labels.empty()) {
    label_by_folders(set, classes);
  } else if (lower_extension(options.labels) == ".npy") {
    label_by_rows(set, options.labels, classes);
  } else {
    label_by_csv(set, options.labels, classes);
  }
  for (Seed& seed : set.seeds) {
    const int label = seed.label;
    seed = load_file(folder, seed.source, options);
    seed.label = label;
  }
  const auto readable = std::ranges::find(set.seeds, std::string(), &Seed::problem);
  if (readable == set.seeds.end()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: none of its {} images can be read; the first: {}: {}", folder.string(),
                            set.seeds.size(), set.seeds[0].source, set.seeds[0].problem));
  }
  return set;
}

// ---- arrays

// Shape of one image of an N x H x W x C or N x H x W array.
Shape row_shape(const NpyHeader& header, const SeedOptions& options, const std::string& name) {
  const std::string shape = fmt::format("{}", fmt::join(header.shape, " x "));
  if (header.dtype != "u1") {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: elements of type '{}', expected uint8 pixels", name, header.dtype),
                "save pixels from 0 to 255 as numpy.uint8; scaling belongs to --preprocess");
  }
  const std::size_t axes = header.shape.size();
  const std::size_t channels = axes == 4 ? header.shape[3] : 1;
  if ((axes != 3 && axes != 4) || (channels != 1 && channels != 3)) {
    const bool channels_first = axes == 4 && (header.shape[1] == 1 || header.shape[1] == 3);
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: shape {}, expected N x H x W x C (C 1 or 3) or N x H x W", name, shape),
                channels_first ? "move the channels last: x.transpose(0, 2, 3, 1)" : "");
  }
  const std::size_t height = header.shape[1], width = header.shape[2];
  if (header.elements() == 0)
    throw Error(ErrorCode::kBadInput, fmt::format("{}: shape {} holds no image", name, shape));
  if (height > options.max_pixels / width) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: images of {} x {} pixels, expected at most {} in all", name,
                                                  width, height, options.max_pixels));
  }
  return {static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels)};
}

// Reads row after row, so that the array is never in memory as a whole beside the seeds.
SeedSet load_array(const fs::path& path, const SeedOptions& options) {
  const std::string name = path.string();
  std::error_code failed;
  const std::size_t size = fs::file_size(path, failed);
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> start(failed ? 0 : std::min(size, kNpyHeaderLimit));
  in.read(reinterpret_cast<char*>(start.data()), std::ssize(start));
  if (failed || !in) throw Error(ErrorCode::kBadInput, name + ": cannot be read");
  const NpyHeader header = parse_npy_header(start, size, name);
  Input row(row_shape(header, options, name));

  SeedSet set;
  set.path = path;
  set.seeds.resize(header.shape[0]);
  in.seekg(static_cast<std::streamoff>(header.data_offset));
  for (std::size_t i = 0; i < set.seeds.size(); ++i) {
    if (!in.read(reinterpret_cast<char*>(row.pixels.data()), std::ssize(row.pixels))) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}: row {} cannot be read", name, i));
    }
    set.seeds[i].source = fmt::format("row {}", i);
    set.seeds[i].input = fit_image(row.view(), options.shape, options.preprocess);
  }
  if (!options.labels.empty()) label_by_rows(set, options.labels, ClassNames::read(options.classes));
  return set;
}

}  // namespace

SeedSet load_seeds(const fs::path& path, const SeedOptions& options) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) return load_folder(path, options);
  if (!fs::exists(path, failed)) throw Error(ErrorCode::kBadInput, path.string() + ": no such file or folder");
  if (lower_extension(path) != ".npy") {
    throw Error(ErrorCode::kBadInput, path.string() + ": expected a folder of images or an .npy array");
  }
  if (!options.labels.empty() && lower_extension(options.labels) != ".npy") {
    throw Error(ErrorCode::kBadArgument, options.labels.string() + ": labels of an array must be an .npy of integers");
  }
  return load_array(path, options);
}

}  // namespace dflare
