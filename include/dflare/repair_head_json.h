// A repair head as a file: head.json, for the command and for whoever runs the head without this library.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "dflare/repair_head.h"

namespace dflare {

// Keys: schema_version, method, features ("p" or "log_p"), below_margin (null: no limit), layers: [{inputs, outputs,
// activation ("none", "relu", "tanh"), weights (rows of `inputs` numbers, one an output), bias}].
std::string to_json(const RepairHead& head);

// The reverse, exactly. Throws kBadInput naming `name`: no JSON, a key missing or of another kind, layers that do not
// fit one behind the other, numbers that are not finite.
RepairHead repair_head_from_json(std::string_view text, const std::string& name);

// Throws kBadInput for a file that cannot be read, and what repair_head_from_json throws.
RepairHead read_repair_head(const std::filesystem::path& file);
// Replaces the file, whole or not at all. Throws kCannotWrite.
void write_repair_head(const std::filesystem::path& file, const RepairHead& head);

}  // namespace dflare
