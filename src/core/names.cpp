// Words for the enumerations, as files and tables show them.
#include "dflare/finding.h"
#include "dflare/seed_status.h"
#include "dflare/verdict.h"

namespace dflare {

std::string_view to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::kCompressedLost:
      return "compressed_lost";
    case FindingKind::kOriginalLost:
      return "original_lost";
    case FindingKind::kBothChanged:
      return "both_changed";
    case FindingKind::kNatural:
      return "natural";
  }
  return "";
}

std::string_view to_string(ChainEnd end) {
  switch (end) {
    case ChainEnd::kFound:
      return "found";
    case ChainEnd::kQueriesSpent:
      return "queries_spent";
    case ChainEnd::kTimeSpent:
      return "time_spent";
    case ChainEnd::kGaveUp:
      return "gave_up";
    case ChainEnd::kModelFailed:
      return "model_failed";
  }
  return "";
}

std::string_view to_string(SeedStatus status) {
  switch (status) {
    case SeedStatus::kUsable:
      return "usable";
    case SeedStatus::kNatural:
      return "natural";
    case SeedStatus::kWrong:
      return "wrong";
    case SeedStatus::kTied:
      return "tied";
    case SeedStatus::kUnreadable:
      return "unreadable";
    case SeedStatus::kUnlabelled:
      return "unlabelled";
    case SeedStatus::kNotFinite:
      return "not_finite";
    case SeedStatus::kFailed:
      return "failed";
    case SeedStatus::kNotAsked:
      return "not_asked";
  }
  return "";
}

std::string_view in_words(SeedStatus status) {
  switch (status) {
    case SeedStatus::kUsable:
      return "that can be searched";
    case SeedStatus::kNatural:
      return "on which the models differ as they are";
    case SeedStatus::kWrong:
      return "that the models get wrong";
    case SeedStatus::kTied:
      return "with a tied answer";
    case SeedStatus::kUnreadable:
      return "unreadable";
    case SeedStatus::kUnlabelled:
      return "without a label";
    case SeedStatus::kNotFinite:
      return "answered with NaN or infinity";
    case SeedStatus::kFailed:
      return "on which a model fails";
    case SeedStatus::kNotAsked:
      return "not asked";
  }
  return "";
}

}  // namespace dflare
