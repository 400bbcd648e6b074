// A compressed model with its repair head or its guard inside, as an ONNX file that any ONNX runtime runs.
#pragma once

#include <filesystem>
#include <string>

#include "dflare/answers.h"
#include "dflare/guard.h"
#include "dflare/repair_head.h"

namespace dflare {

// What is put behind a model's output. Either may be null; the guard judges the model's own answer, not the head's.
struct OnnxAddition {
  const RepairHead* head = nullptr;
  const Guard* guard = nullptr;
};

// What an exported file gives besides, or instead of, the model's own outputs. Names get a number where the model has
// them already (dflare2_defer).
//   with a head, in place of the model's output:
//     dflare_repaired  float [N, classes]: the head's scores where it speaks, else the model's own: its logits, or log
//     p
//                      of its probabilities (repaired_scores() in repair_head.h). The largest, at its first index, is
//                      repaired_label(). Leading outputs that the reading skips are left out.
//   with a guard, beside the model's outputs:
//     dflare_score     float [N]: guard_score(); NaN where the answer is not finite
//     dflare_defer     bool [N]: defers()
struct OnnxNames {
  std::string repaired, score, defer;  // empty: not there
};

// Writes the ONNX model `host` with the addition behind its output `output_name` (float, float16, u8 or i8; N x outputs
// or with further dimensions of 1), which `reading` tells how to read: the reading that the addition was learnt with.
// Replaces `target`, whole or not at all. Weights and everything else of the host are kept as they are.
// Throws kBadInput for a host that is no ONNX file in one piece or older than opset 11, kBadArgument for an output that
// is not there and an addition of other classes, kCannotWrite.
OnnxNames export_onnx(const std::filesystem::path& host, const std::string& output_name, const OutputReading& reading,
                      const OnnxAddition& addition, const std::filesystem::path& target);

// The addition alone, for models that are no ONNX files: its input is `answer`, float [N, outputs], the model's output
// vectors, dequantised. Throws kBadArgument and kCannotWrite as above.
OnnxNames export_onnx_alone(std::size_t outputs, const OutputReading& reading, const OnnxAddition& addition,
                            const std::filesystem::path& target);

// Whether the file is one that export_onnx can add to, by its ending: .onnx. A command is none.
bool is_onnx_file(const std::filesystem::path& file);

}  // namespace dflare
