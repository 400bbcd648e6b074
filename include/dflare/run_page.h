// Runs as one page: an HTML file that a browser shows offline, without asking anybody for anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dflare/finding.h"
#include "dflare/run.h"
#include "dflare/run_summary.h"
#include "dflare/store.h"
#include "dflare/top_answers.h"

namespace dflare {

// What a run means, for someone who has a minute.
struct PageVerdict {
  enum class Tone { kUnsound, kHurt, kClose, kUnknown };  // unsound: what was found says nothing of the compression
  Tone tone = Tone::kUnknown;
  std::string headline;           // how often the models differ on real inputs as they are
  std::vector<std::string> more;  // how decisively, near which inputs, what is left to do; a sentence each
  std::string next;               // what to do about it; may be empty
};

// What a model makes of the other model's label. It is not stored, and follows from the margins that are.
struct OtherLabel {
  double p = 0;        // its probability, 0 to 1
  bool exact = false;  // or at most that
};

struct PageFinding {
  Finding finding;                    // without its png
  std::optional<TopAnswers> answers;  // runs of earlier versions have none
  OtherLabel original, compressed;    // for where there are none
  std::string way;                    // what changed the input, for grouping: "rotate", "as it is"
  std::string words;                  // the same with its strength: "Rotated by 9.1 degrees"
  std::int64_t picture = -1;          // among the page's pictures; negative: it has none
};

// An input that findings came from.
struct PageSeed {
  SeedIndex seed;
  std::string source;
  int label = -1;                  // the true one, counted as the models' labels are; negative where it is not known
  TopLabels original, compressed;  // what the models made of it; may be empty
  std::int64_t picture = -1;
};

// Pictures of one shape, many to a lossless WebP image: row by row, `columns` of them beside each other.
struct PagePictures {
  Shape shape;  // of a picture; grey ones are RGB here
  std::size_t count = 0, columns = 1, per_atlas = 1;
  std::vector<std::vector<std::uint8_t>> atlases;
};

// Searched inputs that had a finding after so many queries.
struct FoundBy {
  std::int64_t queries = 0, inputs = 0;
};

// A model's file as it is now, if it is the one that the run had.
using FileSize = std::optional<std::uintmax_t>;

struct RunPage {
  RecordedRun run;
  RunSummary summary;
  PageVerdict verdict;
  FileSize original_size, compressed_size;
  int label_shift = 0;                // the models' labels count from this one, --label-offset
  std::vector<std::string> classes;   // names by index; those beyond its end have none
  std::vector<PageFinding> findings;  // where they have pictures, those of one kind beside each other
  std::vector<PageSeed> seeds;        // by number
  std::vector<FoundBy> found_by;      // rising
  PagePictures pictures;
  std::vector<std::string> notes;  // what is missing from the page, and why
};

// A run, read from its folder alone: models are not opened. The inputs are shown where they are still what the run
// began with. It takes up to `page_bytes` of a page, or what it needs without pictures: where those are more, the most
// decisive findings of each kind have theirs. Throws what read_run() and the readers of a store throw.
RunPage run_page(const FindingStore& store, std::size_t page_bytes);

// What `dflare profile` or `dflare compare` measured.
struct MeasuredPage {
  enum class Kind { kProfile, kComparison } kind = Kind::kProfile;
  std::string name;                  // of its file
  std::string original, compressed;  // a profile's models, as given
  std::string data;                  // JSON for the page
};

// Reads the JSON that one of the two wrote. Throws kBadInput for another file, and where it does not say all it should.
MeasuredPage measured_page(const std::filesystem::path& file);

// One page of it all. A profile stands beside the runs of the same models. Nothing in names or messages can become
// markup or script.
std::string to_html(std::span<const RunPage> runs, std::span<const MeasuredPage> measured = {});

// Writes it, whole or not at all. Throws kBadArgument for a file that is there and is no earlier page, kCannotWrite.
void write_page(const std::string& html, const std::filesystem::path& target);

}  // namespace dflare
