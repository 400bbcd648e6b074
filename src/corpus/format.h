// The files of a corpus.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "dflare/input.h"

namespace dflare::corpus {

inline constexpr int kVersion = 1;
inline const char* const kMarker = "dflare-corpus.json";
inline const char* const kFindings = "findings";
inline const char* const kImages = "images";
inline const char* const kArrays = "arrays";
inline const char* const kSeeds = "seeds";

// Where the findings' inputs lie, and how such files end.
inline const char* folder_of(InputKind kind) { return kind == InputKind::kArray ? kArrays : kImages; }
inline const char* ending_of(InputKind kind) { return kind == InputKind::kArray ? ".npy" : ".png"; }

// The beginning of a SHA-256, which names a file.
inline std::string short_name(const std::string& sha256) { return sha256.substr(0, 16); }

// A finding as its file has it; its name is made of this text.
inline std::string text_of(const nlohmann::ordered_json& finding) { return finding.dump(2) + "\n"; }

std::string sha256_of_text(const std::string& text);

// Throws kBadInput for a corpus of a later version or a damaged marker.
void check_marker(const std::filesystem::path& folder);

}  // namespace dflare::corpus
