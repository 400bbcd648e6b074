// The options that say how models are opened and their outputs read.
#include "cli/flags.h"

namespace dflare::cli {
namespace {

std::vector<Flag> output_vector_flags() {
  return {
      {.name = "input-size",
       .metavar = "HxW",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::input_size,
       .brief = "Height and width for models that leave them open",
       .default_words = "the model's own"},
      {.name = "output",
       .metavar = "KIND",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::output,
       .brief = "What the outputs are: auto, probs or logits",
       .details = "`auto` looks at the answers to the inputs: values in 0..1 that sum to about 1 are probabilities.",
       .choices = {"auto", "probs", "logits"}},
      {.name = "output-name",
       .metavar = "NAME",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::output_name,
       .brief = "The output to use, for models with several",
       .details = "`dflare inspect MODEL` lists them.",
       .default_words = "the only one"},
      {.name = "original-output-name",
       .metavar = "NAME",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::original_output_name,
       .brief = "The same, for the original only",
       .default_words = "--output-name"},
      {.name = "compressed-output-name",
       .metavar = "NAME",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::compressed_output_name,
       .brief = "The same, for the compressed model only",
       .default_words = "--output-name"},
      {.name = "label-offset",
       .metavar = "N",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::label_offset,
       .brief = "Position among the outputs of the class that labels call 0",
       .details = "1 for ImageNet models with 1001 outputs, whose first is «background».",
       .least = 0},
      {.name = "original-label-offset",
       .metavar = "N",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::original_label_offset,
       .brief = "The same, for the original only",
       .default_words = "--label-offset",
       .least = 0},
      {.name = "compressed-label-offset",
       .metavar = "N",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::compressed_label_offset,
       .brief = "The same, for the compressed model only",
       .default_words = "--label-offset",
       .least = 0},
  };
}

std::vector<Flag> runtime_flags() {
  return {
      {.name = "tflite-kernels",
       .metavar = "KERNELS",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::tflite_kernels,
       .brief = "How TensorFlow Lite computes: xnnpack or builtin",
       .details = "Python and most phones use XNNPACK. The two give different answers on some inputs: choose what you "
                  "ship.",
       .choices = {"xnnpack", "builtin"}},
      {.name = "onnxruntime",
       .metavar = "LIBRARY",
       .verbs = kModels | kResume | kShow | kRepair | kGuard | kRank,
       .group = kModelGroup,
       .slot = &Options::onnxruntime,
       .brief = "The ONNX Runtime library to load",
       .details = "A libonnxruntime.so of version 1.14 or newer. Otherwise $DFLARE_ONNXRUNTIME, then what the build "
                  "found, then the installed Python package.",
       .default_words = "searched for",
       .is_path = true},
      {.name = "tflite",
       .metavar = "LIBRARY",
       .verbs = kModels | kResume | kShow | kRepair | kGuard | kRank,
       .group = kModelGroup,
       .slot = &Options::tflite,
       .brief = "The TensorFlow Lite library to load",
       .details = "Any library with TensorFlow Lite's C API, such as libtensorflowlite_c.so. Otherwise $DFLARE_TFLITE, "
                  "then what the build found.",
       .default_words = "searched for",
       .is_path = true},
  };
}

}  // namespace

std::vector<Flag> model_flags() { return joined({output_vector_flags(), runtime_flags()}); }

}  // namespace dflare::cli
