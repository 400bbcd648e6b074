// The options that say how models are opened and their outputs read.
#include "options/flags.h"

namespace dflare {
namespace {

Flag oracle_flag() {
  return {.name = "oracle",
          .metavar = "NAME",
          .verbs = kModels | kRank,
          .group = kModelGroup,
          .slot = &Options::oracle,
          .brief =
              "When two answers differ: top1, topk, binary, multilabel, value, cosine, mask, boxes or "
              "transcript",
          .details =
              "top1: by the class of the largest score. topk:K[:order]: by those of the K largest. "
              "binary[:THRESHOLD]: of one yes-or-no score. multilabel[:THRESHOLD]: by the labels whose score is above. "
              "value:TOLERANCE or value:PERCENT%: of numbers, where one differs by more. cosine:LEAST: of vectors, "
              "where the cosine between them is less. mask[:IOU]: of a score a pixel, where the pixels marked "
              "overlap less. boxes:DECODER[:IOU]: of detections. transcript[:RATE]: of texts, where a word "
              "differs, or more than that share of the words. docs/oracles.md says more."};
}

std::vector<Flag> input_tensor_flags() {
  return {
      {.name = "input-size",
       .metavar = "HxW",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::input_size,
       .brief = "Height and width for models that leave them open",
       .default_words = "the model's own"},
      {.name = "set-input",
       .metavar = "NAME=VALUE,...",
       .verbs = kModels | kRank,
       .group = kModelGroup,
       .slot = &Options::set_input,
       .brief = "Of models with several inputs, what all but the searched one hold",
       .details = "One number for all of a tensor: a rate, a mask of 1, a state at rest (0). Sizes that a model leaves "
                  "open follow the batch and the searched input."},
  };
}

std::vector<Flag> output_vector_flags() {
  return {
      oracle_flag(),
      {.name = "output",
       .metavar = "KIND",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::output,
       .brief = "What the outputs are: auto, probs or logits",
       .details = "`auto` looks at the answers to the inputs: values in 0..1 that sum to about 1 are probabilities.",
       .choices = {"auto", "probs", "logits"}},
      {.name = "output-name",
       .metavar = "NAME",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::output_name,
       .brief = "The output to use, for models with several",
       .details = "`dflare inspect MODEL` lists them.",
       .default_words = "the only one"},
      {.name = "original-output-name",
       .metavar = "NAME",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::original_output_name,
       .brief = "The same, for the original only",
       .default_words = "--output-name"},
      {.name = "compressed-output-name",
       .metavar = "NAME",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::compressed_output_name,
       .brief = "The same, for the compressed model only",
       .default_words = "--output-name"},
      {.name = "label-offset",
       .metavar = "N",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::label_offset,
       .brief = "Position among the outputs of the class that labels call 0",
       .details = "1 for ImageNet models with 1001 outputs, whose first is «background».",
       .least = 0},
      {.name = "original-label-offset",
       .metavar = "N",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::original_label_offset,
       .brief = "The same, for the original only",
       .default_words = "--label-offset",
       .least = 0},
      {.name = "compressed-label-offset",
       .metavar = "N",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::compressed_label_offset,
       .brief = "The same, for the compressed model only",
       .default_words = "--label-offset",
       .least = 0},
  };
}

// Kernels are recorded with a run. Libraries are not: a run's folder may be somebody else's, and opening a library
// executes it.
std::vector<Flag> kernel_flags() {
  return {
      {.name = "tflite-kernels",
       .metavar = "KERNELS",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::tflite_kernels,
       .brief = "How TensorFlow Lite computes: xnnpack or builtin",
       .details = "The two give different answers on some inputs: choose what you ship. docs/models.md says which "
                  "deployment uses which.",
       .choices = {"xnnpack", "builtin"}},
      {.name = "original-tflite-kernels",
       .metavar = "KERNELS",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::original_tflite_kernels,
       .brief = "The same, for the original only",
       .details = "With one file given as both models, runtimes are compared.",
       .default_words = "--tflite-kernels",
       .choices = {"xnnpack", "builtin"}},
      {.name = "compressed-tflite-kernels",
       .metavar = "KERNELS",
       .verbs = kModels | kRank | kReplay,
       .group = kModelGroup,
       .slot = &Options::compressed_tflite_kernels,
       .brief = "The same, for the compressed model only",
       .default_words = "--tflite-kernels",
       .choices = {"xnnpack", "builtin"}},
  };
}

constexpr unsigned kOpenModels = kModels | kResume | kShow | kRepair | kGuard | kRank | kReplay;

Flag library_flag(const char* name, std::string Options::*slot, const char* brief) {
  return {.name = name,
          .metavar = "LIBRARY",
          .verbs = kOpenModels,
          .group = kModelGroup,
          .slot = slot,
          .brief = brief,
          .saved = false,
          .is_path = true};
}

std::vector<Flag> library_flags() {
  std::vector<Flag> flags = {
      library_flag("onnxruntime", &Options::onnxruntime, "The ONNX Runtime library to load"),
      library_flag("original-onnxruntime", &Options::original_onnxruntime, "The same, for the original only"),
      library_flag("compressed-onnxruntime", &Options::compressed_onnxruntime,
                   "The same, for the compressed model only"),
      library_flag("tflite", &Options::tflite, "The TensorFlow Lite library to load"),
      library_flag("original-tflite", &Options::original_tflite, "The same, for the original only"),
      library_flag("compressed-tflite", &Options::compressed_tflite, "The same, for the compressed model only"),
  };
  flags[0].details =
      "A libonnxruntime.so of version 1.14 or newer. Otherwise $DFLARE_ONNXRUNTIME, then what the build "
      "found, then the installed Python package. A run does not keep it: give it again to resume or show.";
  flags[3].details =
      "Any library with TensorFlow Lite's C API, such as libtensorflowlite_c.so. Otherwise "
      "$DFLARE_TFLITE, then what the build found. A run does not keep it.";
  for (const std::size_t both : {0U, 3U}) {
    flags[both].default_words = "searched for";
    flags[both + 1].default_words = flags[both + 2].default_words = "--" + flags[both].name;
  }
  return flags;
}

std::vector<Flag> command_flags() {
  return {{.name = "allow-exec",
           .verbs = kResume | kShow | kRepair | kGuard | kReplay,
           .group = kModelGroup,
           .slot = &Options::allow_exec,
           .brief = "Run the command that the run records as a model (exec:)",
           .details = "A run's folder may be somebody else's, and a command may do anything.",
           .saved = false}};
}

}  // namespace

std::vector<Flag> model_flags() {
  return joined({input_tensor_flags(), output_vector_flags(), kernel_flags(), library_flags(), command_flags()});
}

}  // namespace dflare
