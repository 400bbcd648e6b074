// The options that say what is asked: arguments, inputs, their labels, and what is done to pixels.
#include "options/flags.h"

namespace dflare {
namespace {

std::vector<Flag> seed_flags() {
  return {
      {.name = "seeds",
       .metavar = "SEEDS",
       .verbs = kInspect,
       .group = kInputGroup,
       .slot = &Options::seeds,
       .brief = "Ask the models these inputs: a folder of images or a .npy array",
       .details = "Shows what their outputs were taken for, accuracy where labels are known, and for two models how "
                  "often they agree.",
       .saved = false,
       .is_path = true},
      {.name = "audit",
       .verbs = kInspect,
       .group = kInputGroup,
       .slot = &Options::audit,
       .brief = "Try the common mistakes of preprocessing on up to 200 labelled inputs, and say what fits",
       .details = "Pixel values (0..255, 0..1, -1..1, the presets' means, bytes), RGB or BGR, layout where it is open, "
                  "resizing of files, labels off by one. Ends with the option to use.",
       .saved = false},
      {.name = "labels",
       .metavar = "FILE",
       .verbs = kModels | kRank,
       .group = kInputGroup,
       .slot = &Options::labels,
       .brief = "True labels: a CSV of `file,label`, or a .npy of integers",
       .details =
           "Without it, the names of the folders that hold the images are the labels, where they are integers or "
           "names listed by --classes. Needed with an array of inputs if accuracy matters.",
       .is_path = true},
      {.name = "classes",
       .metavar = "FILE",
       .verbs = kModels | kRank,
       .group = kInputGroup,
       .slot = &Options::classes,
       .brief = "Names of the classes, one a line, in the order of the outputs",
       .details = "Use it when folders or labels are names, not class indices.",
       .is_path = true},
      {.name = "seed-filter",
       .metavar = "RULE",
       .verbs = kSearch | kRank | kCheck,
       .group = kInputGroup,
       .slot = &Options::seed_filter,
       .brief = "Which inputs are searched from: auto, correct or agree",
       .details = "`correct`: both models give the true label. `agree`: both give the same label, true or not (the "
                  "experiments of the paper). `auto`: correct where there are labels, agree where not. Inputs on which "
                  "the two already differ are findings of kind `natural` whatever the rule.",
       .choices = {"auto", "correct", "agree"}},
      {.name = "max-seeds",
       .metavar = "N",
       .verbs = kSearch,
       .group = kInputGroup,
       .slot = &Options::max_seeds,
       .brief = "Search from the first N usable inputs only",
       .default_words = "all",
       .least = 0},
      {.name = "shard",
       .metavar = "I/N",
       .verbs = kSearch,
       .group = kInputGroup,
       .slot = &Options::shard,
       .brief = "Search every N-th usable input, beginning with the I-th (from 0)",
       .details = "Splits a run over machines: 0/4, 1/4, 2/4 and 3/4 together find what one run finds.",
       .default_words = "all"},
  };
}

std::vector<Flag> kind_flags() {
  return {
      {.name = "kind",
       .metavar = "KIND",
       .verbs = kModels | kRank | kReplay,
       .group = kInputGroup,
       .slot = &Options::kind,
       .brief = "What inputs are: image, array, text or audio",
       .details =
           "`array`: numbers of any shape in an .npy file: features, sensors, key points, tables, images of other "
           "than 1 or 3 channels. `text`: a .txt file of one text a line, or a folder of .txt files, for models that "
           "are "
           "commands. `audio`: a folder of .wav or .flac files, for commands too. `auto`: arrays where the shape of "
           "the "
           ".npy is none of images, texts where a file is named .txt, audio where a folder holds sounds and no images.",
       .choices = {"auto", "image", "array", "text", "audio"}},
      {.name = "range",
       .metavar = "LOW:HIGH",
       .verbs = kModels | kRank,
       .group = kInputGroup,
       .slot = &Options::range,
       .brief = "The least and the largest that a number of an array may become",
       .details = "Changes are measured in shares of it. Without it each column has the range that the inputs span.",
       .default_words = "by column"},
  };
}

std::vector<Flag> preprocess_flags() {
  return {
      {.name = "preprocess",
       .metavar = "HOW",
       .verbs = kModels | kRank | kReplay,
       .group = kInputGroup,
       .slot = &Options::preprocess,
       .brief = "What the models want done to pixels: a preset, key=value list or .toml file",
       .details =
           "Presets: raw (pixels as they are), unit (x/255), mnist, cifar10, imagenet, tf (-1..1), bytes (what an "
           "8-bit "
           "input stores, past its scale and zero point). Inline: "
           "scale=255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225, where a value is (x / scale - mean) / std; "
           "further keys order (rgb|bgr), layout (nchw|nhwc); for images of another size fit "
           "(crop|squash|letterbox:GREY), resize, crop, filter; for files alpha (white|drop), orientation "
           "(exif|stored). "
           "8-bit model inputs use their own scale and zero point after it. `dflare inspect MODEL... --seeds SEEDS "
           "--audit` finds out from labelled inputs what fits.",
       .default_words = "raw"},
      {.name = "original-preprocess",
       .metavar = "HOW",
       .verbs = kModels | kRank | kReplay,
       .group = kInputGroup,
       .slot = &Options::original_preprocess,
       .brief = "The same, for the original only",
       .default_words = "--preprocess"},
      {.name = "compressed-preprocess",
       .metavar = "HOW",
       .verbs = kModels | kRank | kReplay,
       .group = kInputGroup,
       .slot = &Options::compressed_preprocess,
       .brief = "The same, for the compressed model only",
       .details = "Resizing and cropping of images follow the original's: both models see the same image.",
       .default_words = "--preprocess"},
  };
}

}  // namespace

std::vector<Flag> argument_flags() {
  return {
      {.name = "original",
       .metavar = "ORIGINAL",
       .verbs = kSearch | kRank | kGates,
       .slot = &Options::original,
       .brief = "The model before compression: .onnx, .tflite or exec:COMMAND",
       .is_path = true},
      {.name = "compressed",
       .metavar = "COMPRESSED",
       .verbs = kSearch | kGates,
       .slot = &Options::compressed,
       .brief = "The same model after compression: .onnx, .tflite or exec:COMMAND",
       .is_path = true},
      {.name = "seeds",
       .metavar = "SEEDS",
       .verbs = kSearch | kRank | kGates,
       .slot = &Options::seeds,
       .brief = "Real inputs: a folder of images (PNG, JPEG, WebP, BMP, PNM), or a .npy array",
       .details = "Folders named by integers are class indices; see --labels and --classes for other ways. An array is "
                  "u8, N x H x W x C or N x H x W; see --kind for others. Images of another size are resized and "
                  "cropped once, on loading.",
       .is_path = true},
      {.name = "run",
       .metavar = "RUN",
       .verbs = kResume | kExport | kShow | kRepair | kGuard,
       .slot = &Options::run,
       .brief = "The folder of a run",
       .saved = false},
      {.name = "runs",
       .metavar = "RUN...",
       .verbs = kReport,
       .slot = &Options::runs,
       .brief = "The folders of runs",
       .saved = false},
      {.name = "runs",
       .metavar = "RUN...",
       .verbs = kMerge,
       .slot = &Options::runs,
       .brief = "The folders of runs that are parts of one search, or copies of it",
       .saved = false},
      {.name = "id",
       .metavar = "ID",
       .verbs = kShow,
       .slot = &Options::id,
       .brief = "The finding: its seed's number, or SEED:ORDINAL, or the name of its image",
       .saved = false},
      {.name = "models",
       .metavar = "MODEL...",
       .verbs = kInspect,
       .slot = &Options::models,
       .brief = "Models: .onnx, .tflite or exec:COMMAND",
       .saved = false},
  };
}

std::vector<Flag> input_flags() { return joined({seed_flags(), kind_flags(), preprocess_flags()}); }

}  // namespace dflare
