// The user's inputs: folders of images, arrays or texts, with labels.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dflare/ids.h"
#include "dflare/input.h"
#include "dflare/preprocess.h"

namespace dflare {

// One input as loaded, or the reason why it could not be.
struct Seed {
  Input input;          // at the models' size; empty when problem is set
  int label = -1;       // class index, -1 when unknown
  std::string source;   // file relative to the folder, "row 12" of an array, or "line 12" of a text file, from 1
  std::string problem;  // why it cannot be used ("empty file"); empty when it can
};

struct SeedOptions {
  InputKind kind = InputKind::kImage;
  Shape shape;                    // what both models take; other sizes are resized and cropped, grey <-> RGB converted
  int rate = 16000;               // of sounds: samples a second that both models take
  std::string range;              // of arrays: "LOW:HIGH" of every number; empty: by column, what the inputs span
  Preprocess preprocess;          // resize, crop_fraction and filter are used here
  std::filesystem::path labels;   // CSV `file,label` (header optional) or .npy of integers; empty: folder names
  std::filesystem::path classes;  // one class name a line, for folders or labels that are not integers; empty: none
  int class_count = 0;            // labels from here on are refused: the models' classes; 0: unknown
  int threads = 0;  // that decode files; 0: as many as the machine has. What is loaded does not depend on it
  std::size_t max_pixels = 64ULL << 20U;  // larger images are refused unread
};

// Files beside the images that are of a kind which is not read.
struct LeftOut {
  std::string extension;  // lower case, with its dot; empty for files without
  std::size_t files = 0;
  std::string first;  // one of them, relative to the folder
};

// The seeds of a run, in a fixed order: files sorted by path, rows as they stand.
struct SeedSet {
  std::filesystem::path path;
  std::vector<Seed> seeds;
  bool labelled = false;                  // labels were given (some may be missing: -1)
  std::shared_ptr<const ArrayForm> form;  // of arrays and texts, which borrow it; null: images
  std::vector<LeftOut> left_out;          // sorted by extension
  // Names of folders that nothing says the classes of, sorted. Where `labelled`, they are the classes 0, 1, ... in this
  // order, as torchvision takes them; otherwise there are not as many as the models have classes.
  std::vector<std::string> folder_names;
};

// What a person should know of how the set was read, a line each: inputs that cannot be used, files of other kinds,
// what folder names were taken for. Empty where there is nothing to say.
std::vector<std::string> notes_on(const SeedSet& seeds);

// A folder of image files, or an .npy of u8 N x H x W x C or N x H x W; of arrays an .npy of N x anything, as many
// numbers each as the models take; of texts a file with one a line, or a folder of .txt files that are one each.
// Without `labels` an image's label is said by the name of the folder that holds it: a class index or one of `classes`;
// without `classes` also any names, in sorted order, where there are as many as `class_count`. Names of files that are
// not UTF-8 have such bytes written as \xNN. Single bad images become seeds with a problem. Throws kBadInput when
// nothing can be read at all, a labels file does not fit, a label is no class, or the array has another type, order or
// shape; kBadArgument for options that contradict.
SeedSet load_seeds(const std::filesystem::path& path, const SeedOptions& options);

// What to do with transparent and turned images; larger ones than `max_pixels` are refused unread.
struct DecodeOptions {
  Alpha alpha = Alpha::kWhite;
  Orientation orientation = Orientation::kExif;
  std::size_t max_pixels = 64ULL << 20U;
};

// Decoding and encoding of single images, lossless for PNG. Reads PNG, JPEG, WebP, BMP and PNM (P1 to P6), told apart
// by their first bytes, to 8-bit grey or RGB. Both throw kBadInput naming `name`.
Input decode_image(std::span<const std::uint8_t> bytes, const std::string& name, const DecodeOptions& options = {});
// Replaces the contents of `png`; 8-bit grey or RGB.
void encode_png(InputView input, std::vector<std::uint8_t>& png);

// What a run stores of an input, and reads again: lossless. Images as encode_png() and decode_image(), arrays as .npy
// of their form, which is `like`'s, texts as their bytes, sounds as FLAC. decode_input throws kBadInput naming `name`.
void encode_input(InputView input, std::vector<std::uint8_t>& bytes);
Input decode_input(std::span<const std::uint8_t> bytes, const std::string& name, const Shape& like);

// The form that texts have, all of them; and sounds of so many samples a second.
std::shared_ptr<const ArrayForm> text_form();
std::shared_ptr<const ArrayForm> sound_form(int rate);

// Texts where a file is named .txt. Arrays where an .npy has a shape that no images have, told without reading it. Of
// images' shape with sides of 8 or more and another type than u8 they are taken for images, which loading refuses: they
// may have been scaled already.
InputKind kind_of_seeds(const std::filesystem::path& path);

// Resizes and crops as the preprocessing says, and converts between grey and RGB, to `shape`.
Input fit_image(InputView image, const Shape& shape, const Preprocess& preprocess);

// NumPy arrays of the kinds that dflare reads and writes (format 1.0 and 2.0, C order, little-endian).
struct NpyArray {
  std::string dtype;  // "u1", "i8", "f4", ...
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> bytes;
};
// Throws kBadInput: not an .npy, Fortran order, big-endian, object arrays, fewer or more bytes than the shape says.
NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& name);
NpyArray read_npy(const std::filesystem::path& path);
// What stands before the elements in an .npy file: for those who write them one by one.
std::string npy_header(std::string_view dtype, std::span<const std::size_t> shape);
// Throws kCannotWrite.
void write_npy(const std::filesystem::path& path, std::string_view dtype, std::span<const std::size_t> shape,
               std::span<const std::uint8_t> bytes);

}  // namespace dflare
