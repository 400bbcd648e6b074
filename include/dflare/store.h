// The run folder: run.sqlite (the truth), findings/*.png (derived), summary.json.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  // Makes the folder, or takes an empty one, or one with a run that never began. Throws kBadArgument if it holds
  // anything else, kCannotWrite if it cannot be made or another process writes it.
  static std::unique_ptr<FindingStore> create(const std::filesystem::path& folder);
  // Opens an existing run for reading, and for writing if `writable`. Throws kBadInput if there is none.
  static std::unique_ptr<FindingStore> open(const std::filesystem::path& folder, bool writable);
  // Takes away the files of a run that was stopped before record(); the folder stays. False, with nothing changed,
  // where there is anything else. Throws kCannotWrite if another process writes it.
  static bool remove_unbegun(const std::filesystem::path& folder);

  // What a run that is about to begin was asked, for whoever begins it after a crash. Until record().
  virtual void intend(const std::string& settings) = 0;
  // Of a run that has not begun; nothing where it has, or where nobody said.
  [[nodiscard]] virtual std::optional<std::string> intended() const = 0;

  // Once, before the first event.
  virtual void record(const RunRecord& record) = 0;
  [[nodiscard]] virtual RunRecord record() const = 0;

  // Appends; PNG files follow. What an interrupted chain of the same seed had written is replaced piece by piece, and
  // what is left of it goes with the seed's done.
  void write(const Events& events) override = 0;

  // What is read is what was written: each of the readers below, and record(), throws kBadInput naming a row that is
  // not what its checksum says. Rows of runs that an earlier dflare wrote may have none. In order of seed, then
  // ordinal. The callback sees each finding once; without_png leaves its png empty.
  virtual void for_each_finding(bool with_png, const std::function<void(const Finding&)>& visit) const = 0;
  [[nodiscard]] virtual std::vector<SeedDone> done() const = 0;  // sorted by seed
  [[nodiscard]] virtual std::vector<NotFinite> not_finite() const = 0;
  [[nodiscard]] virtual std::vector<FailedInput> failed() const = 0;

  // Writes the PNGs that a crash left unwritten, and takes away those of findings that a rerun replaced. Files that
  // this run did not write are left alone, and no link is followed. Throws kCannotWrite.
  virtual void derive_pngs() = 0;
  // Replaces summary.json, atomically.
  virtual void write_summary(const std::string& json) = 0;
  [[nodiscard]] virtual const std::filesystem::path& folder() const = 0;
};

// File name of a finding's input inside findings/, unique, stable: <seed>_<ordinal>_<kind>.png, of an array .npy, of a
// text .txt, of a sound .flac.
std::string png_name(const Finding& finding);

// Where it lies in the run folder: findings/<png_name>, or flaky/<png_name>.
std::string image_path(const Finding& finding);

enum class ExportFormat { kJsonLines, kCsv, kNpy, kPng, kFiles };
// Writes the confirmed findings to `target`: jsonl and csv a file, npy, png and files a folder (inputs.npy, seeds.npy,
// labels.npy; what is stored of each input, png of images alone). Texts and sounds are no arrays: npy is refused. A
// file takes its place when it is complete. Throws kCannotWrite, and kBadArgument, with nothing changed, for a target
// that is there and is no earlier export of this format.
void export_run(const FindingStore& store, ExportFormat format, const std::filesystem::path& target);

// The same for jsonl and csv, text by text, to wherever `write` puts it. Throws kBadArgument for the other formats.
using TextSink = std::function<void(std::string_view)>;
void export_text(const FindingStore& store, ExportFormat format, const TextSink& write);

}  // namespace dflare
