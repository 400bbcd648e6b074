// The run folder: run.sqlite (the truth), findings/*.png (derived), summary.json.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dflare/finding.h"

namespace dflare {

// What a run was asked to do and with what; stored as JSON text under these keys so that resume can do it again.
struct RunRecord {
  std::string settings;  // JSON: every option of the command
  std::string facts;     // JSON: models with their hashes, runtimes, machine, readings, batch
  std::string seeds;     // JSON: one object a seed: source, label, status
};

// Append-only events in SQLite (WAL, synchronous=NORMAL): survives kill -9 at any moment. One transaction a write().
class FindingStore : public EventSink {
 public:
  // Makes the folder. Throws kBadArgument if it exists and is not empty, kCannotWrite if it cannot be made.
  static std::unique_ptr<FindingStore> create(const std::filesystem::path& folder);
  // Opens an existing run for reading, and for writing if `writable`. Throws kBadInput if there is none.
  static std::unique_ptr<FindingStore> open(const std::filesystem::path& folder, bool writable);

  // Once, before the first event.
  virtual void record(const RunRecord& record) = 0;
  [[nodiscard]] virtual RunRecord record() const = 0;

  // Replaces whatever an interrupted chain of the same seed had written, then appends; PNG files follow.
  void write(const Events& events) override = 0;

  // In order of seed, then ordinal. The callback sees each finding once; without_png leaves its png empty.
  virtual void for_each_finding(bool with_png, const std::function<void(const Finding&)>& visit) const = 0;
  [[nodiscard]] virtual std::vector<SeedDone> done() const = 0;  // sorted by seed
  [[nodiscard]] virtual std::vector<NotFinite> not_finite() const = 0;

  // Writes the PNGs that a crash left unwritten.
  virtual void derive_pngs() = 0;
  // Replaces summary.json, atomically.
  virtual void write_summary(const std::string& json) = 0;
  [[nodiscard]] virtual const std::filesystem::path& folder() const = 0;
};

// File name of a finding's image inside findings/: "000012_cat_0.png"-like, unique, stable:
// <seed>_<ordinal>_<kind>.png.
std::string png_name(const Finding& finding);

enum class ExportFormat { kJsonLines, kCsv, kNpy, kPng };
// Writes the confirmed findings to `target`: jsonl and csv a file, npy and png a folder (inputs.npy, seeds.npy,
// labels.npy). Throws kCannotWrite.
void export_run(const FindingStore& store, ExportFormat format, const std::filesystem::path& target);

}  // namespace dflare
