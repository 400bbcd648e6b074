// A corpus: findings as files to commit, and asked again of models as they are now.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dflare/finding.h"
#include "dflare/input.h"
#include "dflare/model.h"
#include "dflare/natural.h"
#include "dflare/progress.h"
#include "dflare/search.h"
#include "dflare/seeds.h"
#include "dflare/store.h"

namespace dflare {

// What the findings of a run say of where they come from.
struct CorpusOrigin {
  std::string original, compressed;                // names of the model files, without folders
  std::string original_sha256, compressed_sha256;  // of these files
  std::map<std::string, std::string> asked;        // options by name that say how the models were fed and read
};

struct CorpusAddition {
  std::int64_t added = 0, there = 0;  // findings written, and those that were there already
};

// Adds the confirmed findings of a run to the corpus in the folder, which is made where it is missing. `seeds` are the
// run's inputs, unchanged. Names are made of contents (findings/*.json, images/*.png, seeds/*.png; of arrays
// arrays/*.npy, seeds/*.npy): the same finding is the same file, no other file is touched, and nothing in it tells of
// this machine. Throws kBadArgument for a folder that holds anything else, kBadInput for a corpus of a later version,
// kCannotWrite.
CorpusAddition add_to_corpus(const FindingStore& store, const CorpusOrigin& origin, const SeedSet& seeds,
                             const std::filesystem::path& folder);

// A finding to ask again.
struct KnownFinding {
  std::string name;    // of its file in the corpus, or of what is stored of it in the run
  std::string source;  // of its seed
  Input input;
  FindingKind kind = FindingKind::kNatural;
  int seed_label = -1, label_original = -1, label_compressed = -1;  // as they were, among the classes of both models
  double severity = 0;
};

struct KnownFindings {
  std::filesystem::path path;
  std::vector<KnownFinding> findings;
  std::map<std::string, std::string> asked;  // of a corpus: options that all its findings were found with
  std::shared_ptr<const ArrayForm> form;     // of arrays, which borrow it; null: images
};

bool is_corpus(const std::filesystem::path& folder);

// Of a corpus, all of it checked: throws kBadInput naming the first file that is missing, is not what its name or its
// finding says, or was written by a later version; for a corpus without findings; and for one whose findings were
// found with models fed differently.
KnownFindings read_corpus(const std::filesystem::path& folder);
// The confirmed findings of a run. Throws kBadInput where there is none.
KnownFindings known_findings(const FindingStore& store);

enum class ReplayOutcome {
  kStillDeviates,  // the models differ, by first index; an answer that is not finite differs from every other
  kFixed,          // they agree, on the seed's label or on what the original said
  kGone,           // they agree on another label: beyond recognition
  kFlaky,          // asked alone they say otherwise than in a batch, or than asked alone before
  kNotAsked,       // it ended before
};
std::string_view to_string(ReplayOutcome outcome);

struct ReplayedFinding {
  std::string name, source;
  int seed_label = -1, was_original = -1, was_compressed = -1;  // labels then
  int original = -1, compressed = -1;                           // and now; -1: not finite, or not asked
  ReplayOutcome outcome = ReplayOutcome::kNotAsked;
};

struct Replay {
  std::vector<ReplayedFinding> findings;  // in the order of their names
  SearchEnd end = SearchEnd::kComplete;

  [[nodiscard]] std::int64_t count(ReplayOutcome outcome) const;
};

// Leading outputs of each model that the other has not.
struct ReplaySkips {
  int original = 0, compressed = 0;
};

// Asks both models all findings once, in batches; alone once more those whose answers are nearly tied, and all of them
// where a few that are tried answer with other bits alone. Where options.stop is set it returns soon, with what was
// asked by then. Throws kBadInput where an image is not of the models' shape, kModelFailed.
Replay replay(const Model& original, const Model& compressed, const ReplaySkips& skips, const KnownFindings& known,
              const AskOptions& options, const Tell& tell);

}  // namespace dflare
