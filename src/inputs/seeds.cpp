// Loads the user's inputs: folders of image files, or arrays.
#include "dflare/seeds.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "core/files.h"
#include "core/shape_text.h"
#include "dflare/error.h"
#include "inputs/arrays.h"
#include "inputs/folder.h"
#include "inputs/labels.h"
#include "inputs/npy.h"
#include "inputs/parallel.h"
#include "inputs/sounds.h"
#include "inputs/texts.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;

// Room for 16-bit RGBA without any compression, and for metadata.
std::size_t file_limit(const SeedOptions& options) { return 8 * options.max_pixels + (64U << 20U); }

// Fills in the pixels of a seed, or why there are none.
void load_file(const fs::path& file, const SeedOptions& options, Seed& seed) {
  const Preprocess& how = options.preprocess;
  try {
    const std::vector<std::uint8_t> bytes = read_file(file, file_limit(options));
    seed.input = decode_image(bytes, seed.source, {how.alpha, how.orientation, options.max_pixels});
    if (seed.input.shape != options.shape) seed.input = fit_image(seed.input.view(), options.shape, how);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kBadInput) throw;
    seed.problem = as_utf8(e.what());
    if (seed.problem.starts_with(seed.source + ": ")) seed.problem.erase(0, seed.source.size() + 2);
  }
}

// ---- labels of files

std::string holder_of(const Seed& seed) { return fs::path(seed.source).parent_path().filename().string(); }

// Names that are neither indices nor listed: sorted, they are the classes, if there is one for each.
void label_by_sorted_folders(SeedSet& set, int class_count) {
  std::set<std::string> names;
  for (const Seed& seed : set.seeds) names.insert(holder_of(seed));
  if (names.size() < 2 || names.contains("")) return;
  set.folder_names.assign(names.begin(), names.end());
  if (class_count > 0 && std::cmp_not_equal(names.size(), class_count)) return;
  set.labelled = true;
  for (Seed& seed : set.seeds) {
    seed.label =
        static_cast<int>(std::ranges::lower_bound(set.folder_names, holder_of(seed)) - set.folder_names.begin());
  }
}

void label_by_folders(SeedSet& set, const ClassNames& classes, int class_count) {
  for (Seed& seed : set.seeds) {
    const std::string holder = holder_of(seed);
    seed.label = holder.empty() ? -1 : classes.find(holder).value_or(-1);
    set.labelled = set.labelled || seed.label >= 0;
  }
  if (!classes.empty() && !set.labelled) {
    throw Error(ErrorCode::kBadInput, set.path.string() + ": no folder has the name of a class",
                "--classes lists other names than the folders have");
  }
  if (!set.labelled) label_by_sorted_folders(set, class_count);
}

// `files` are the seeds' names as the file system has them.
void label_by_csv(SeedSet& set, const std::vector<std::string>& files, const fs::path& path,
                  const ClassNames& classes) {
  const std::map<std::string, int> labels = read_csv_labels(path, set.path, classes);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto found = labels.find(files[i]);
    if (found == labels.end()) continue;
    set.seeds[i].label = found->second;
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

void check_labels(const SeedSet& set, const SeedOptions& options) {
  if (options.class_count <= 0) return;
  for (const Seed& seed : set.seeds) {
    if (seed.label < options.class_count) continue;
    const fs::path& said_by = options.labels.empty() ? set.path : options.labels;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: label {} of {}, but the models have {} classes, 0 to {}", said_by.string(), seed.label,
                            seed.source, options.class_count, options.class_count - 1),
                "labels count from 0; see --labels, --classes and --label-offset");
  }
}

// What the files of a folder are, by the kind of inputs.
struct WordsOfKind {
  const char *several, *files;
  void (*load)(const fs::path&, const SeedOptions&, Seed&);
};

WordsOfKind words_of(InputKind kind) {
  if (kind == InputKind::kText) return {"texts", ".txt", read_text_file};
  if (kind == InputKind::kAudio) return {"sounds", ".wav or .flac", read_sound_file};
  return {"images", ".png, .jpg, .webp, .bmp, .pgm or .ppm", load_file};
}

SeedSet load_folder(const fs::path& folder, const SeedOptions& options) {
  const WordsOfKind words = words_of(options.kind);
  FolderFiles files = list_folder(folder, options.kind);
  SeedSet set;
  set.path = folder;
  if (options.kind == InputKind::kText) set.form = text_form();
  if (options.kind == InputKind::kAudio) set.form = sound_form(options.rate);
  set.left_out = std::move(files.left_out);
  for (const std::string& file : files.images) set.seeds.push_back(Seed{{}, -1, as_utf8(file), {}});
  if (set.seeds.empty()) {
    const std::vector<std::string> others = notes_on(set);
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds no {}: no {} file", folder.string(), to_text(options.kind), words.files) +
                    (others.empty() ? "" : "; " + others[0]),
                "arrays are given as an .npy file, texts as a .txt file or by --kind text, sounds by --kind audio");
  }
  const ClassNames classes = ClassNames::read(options.classes);
  if (options.labels.empty()) {
    label_by_folders(set, classes, options.class_count);
  } else if (lower_extension(options.labels) == ".npy") {
    label_by_rows(set, options.labels, classes);
  } else {
    label_by_csv(set, files.images, options.labels, classes);
  }
  check_labels(set, options);
  for_each_index(set.seeds.size(), options.threads,
                 [&](std::size_t i) { words.load(folder / files.images[i], options, set.seeds[i]); });
  const auto readable = std::ranges::find(set.seeds, std::string(), &Seed::problem);
  if (readable == set.seeds.end()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: none of its {} {} can be read; the first: {}: {}", folder.string(), set.seeds.size(),
                            words.several, set.seeds[0].source, set.seeds[0].problem));
  }
  return set;
}

// ---- arrays

// Shape of one image of an N x H x W x C or N x H x W array.
Shape row_shape(const NpyHeader& header, const SeedOptions& options, const std::string& name) {
  const std::string shape = fmt::format("{}", fmt::join(header.shape, " x "));
  if (header.dtype != "u1") {
    throw Error(
        ErrorCode::kBadInput, fmt::format("{}: elements of type '{}', expected uint8 pixels", name, header.dtype),
        "save pixels from 0 to 255 as numpy.uint8; scaling belongs to --preprocess. Numbers that are no pixels: "
        "--kind array");
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

NpyHeader read_header(std::ifstream& in, const fs::path& path) {
  std::error_code failed;
  const std::size_t size = fs::file_size(path, failed);
  std::vector<std::uint8_t> start(failed ? 0 : std::min(size, kNpyHeaderLimit));
  in.read(reinterpret_cast<char*>(start.data()), std::ssize(start));
  if (failed || !in) throw Error(ErrorCode::kBadInput, path.string() + ": cannot be read");
  return parse_npy_header(start, size, path.string());
}

SeedSet load_images(std::ifstream& in, const NpyHeader& header, const fs::path& path, const SeedOptions& options) {
  const std::string name = path.string();
  Input row(row_shape(header, options, name));

  SeedSet set;
  set.path = path;
  set.seeds.resize(header.shape[0]);
  for (std::size_t i = 0; i < set.seeds.size(); ++i) {
    if (!in.read(reinterpret_cast<char*>(row.pixels.data()), std::ssize(row.pixels))) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}: row {} cannot be read", name, i));
    }
    set.seeds[i].source = fmt::format("row {}", i);
    set.seeds[i].input = fit_image(row.view(), options.shape, options.preprocess);
  }
  return set;
}

// Reads row after row, so that the array is never in memory as a whole beside the seeds.
SeedSet load_array(const fs::path& path, const SeedOptions& options) {
  std::ifstream in(path, std::ios::binary);
  const NpyHeader header = read_header(in, path);
  in.seekg(static_cast<std::streamoff>(header.data_offset));
  SeedSet set = options.kind == InputKind::kArray ? load_numbers(in, header, path, options)
                                                  : load_images(in, header, path, options);
  if (!options.labels.empty()) label_by_rows(set, options.labels, ClassNames::read(options.classes));
  check_labels(set, options);
  return set;
}

SeedSet load_labelled_lines(const fs::path& path, const SeedOptions& options) {
  SeedSet set = load_lines(path, options);
  if (!options.labels.empty()) label_by_rows(set, options.labels, ClassNames::read(options.classes));
  check_labels(set, options);
  return set;
}

}  // namespace

namespace {

// Of another type than uint8 they would be images that somebody scaled already: not to be taken for anything else
// without a word.
bool may_be_images(const NpyHeader& header) {
  constexpr std::size_t kLeastSide = 8;
  const std::vector<std::size_t>& n = header.shape;
  const auto is_channels = [](std::size_t axis) { return axis == 1 || axis == 3; };
  if (header.dtype == "u1") return n.size() == 3 || (n.size() == 4 && is_channels(n[3]));
  if (n.size() == 3) return n[1] >= kLeastSide && n[2] >= kLeastSide;
  if (n.size() != 4) return false;
  const bool first = is_channels(n[1]) && n[2] >= kLeastSide && n[3] >= kLeastSide;
  const bool last = is_channels(n[3]) && n[1] >= kLeastSide && n[2] >= kLeastSide;
  return first || last;
}

}  // namespace

InputKind kind_of_seeds(const fs::path& path) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    const bool images = !list_folder(path, InputKind::kImage).images.empty();
    return !images && !list_folder(path, InputKind::kAudio).images.empty() ? InputKind::kAudio : InputKind::kImage;
  }
  if (lower_extension(path) == ".txt" && fs::is_regular_file(path, failed)) return InputKind::kText;
  if (lower_extension(path) != ".npy" || !fs::is_regular_file(path, failed)) return InputKind::kImage;
  try {
    std::ifstream in(path, std::ios::binary);
    const NpyHeader header = read_header(in, path);
    return may_be_images(header) ? InputKind::kImage : InputKind::kArray;
  } catch (const Error&) {
    return InputKind::kImage;  // loading it will say what is wrong
  }
}

SeedSet load_seeds(const fs::path& path, const SeedOptions& options) {
  std::error_code failed;
  if (options.kind == InputKind::kArray && fs::is_directory(path, failed)) {
    throw Error(ErrorCode::kBadInput, path.string() + ": a folder, and arrays are read from one .npy file",
                "save them by numpy.save, the inputs along the first axis; leave --kind array away for images");
  }
  if (fs::is_directory(path, failed)) return load_folder(path, options);
  if (!fs::exists(path, failed)) throw Error(ErrorCode::kBadInput, path.string() + ": no such file or folder");
  if (options.kind == InputKind::kAudio) {
    throw Error(ErrorCode::kBadInput, path.string() + ": expected a folder of .wav and .flac files",
                "put the sounds into a folder of their own");
  }
  const bool texts = options.kind == InputKind::kText;
  if ((lower_extension(path) == ".npy") == texts || !fs::is_regular_file(path, failed)) {
    throw Error(ErrorCode::kBadInput, path.string() + (texts ? ": expected a folder of .txt files or a file of lines"
                                                             : ": expected a folder of images or an .npy array"));
  }
  if (!options.labels.empty() && lower_extension(options.labels) != ".npy") {
    throw Error(ErrorCode::kBadArgument, fmt::format("{}: labels of {} must be an .npy of integers",
                                                     options.labels.string(), texts ? "lines" : "an array"));
  }
  return texts ? load_labelled_lines(path, options) : load_array(path, options);
}

}  // namespace dflare
