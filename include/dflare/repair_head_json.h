// A repair head as a file: head.json, for the command and for whoever runs the head without this library.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "dflare/answers.h"
#include "dflare/repair_head.h"

namespace dflare {

// A head, and how the outputs of the model that it belongs to are read.
struct StoredHead {
  RepairHead head;
  OutputReading reading;
};

// Keys: schema_version, method, features ("p" or "log_p"), below_margin (null: no limit), reading {kind ("logits" or
// "probs"), step, skip_classes}, layers: [{inputs, outputs, activation ("none", "relu", "tanh"), weights (rows of
// `inputs` numbers, one an output), bias}].
std::string to_json(const StoredHead& stored);

// The reverse, exactly. Throws kBadInput naming `name`: no JSON, a key missing or of another kind, layers that do not
// fit one behind the other, numbers that are not finite.
StoredHead stored_head_from_json(std::string_view text, const std::string& name);

// Throws kBadInput for a file that cannot be read, and what stored_head_from_json throws.
StoredHead read_head(const std::filesystem::path& file);
// Replaces the file, whole or not at all. Throws kCannotWrite.
void write_head(const std::filesystem::path& file, const StoredHead& stored);

}  // namespace dflare
