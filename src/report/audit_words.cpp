// An audit in words.
#include "report/audit_words.h"

#include <fmt/format.h>

#include "dflare/model_files.h"

namespace dflare {
namespace {

// "--original-preprocess" where the two of a pair want different ones.
const char* option_of(std::size_t model, std::size_t models, bool different) {
  if (!different || models == 1) return "--preprocess";
  return model == 0 ? "--original-preprocess" : "--compressed-preprocess";
}

std::string in_quotes(const Preprocess& preprocess) { return fmt::format("'{}'", short_name(preprocess)); }

}  // namespace

std::vector<std::string> findings_of(const Audit& audit) {
  const std::vector<AuditedModel>& models = audit.models;
  std::vector<std::string> sentences;
  for (std::size_t m = 0; m < models.size(); ++m) {
    std::string equals;
    for (std::size_t r = 0; r < audit.rows.size(); ++r) {
      if (r != audit.best[m] && audit.rows[r].models[m].fits_best) {
        equals += (equals.empty() ? "" : ", ") + short_name(audit.rows[r].preprocess);
      }
    }
    const Feeding& best = audit.rows[audit.best[m]].models[m];
    sentences.push_back(fmt::format("{}: {} fits{} (right on {} of {})", name_of_model(models[m].path),
                                    short_name(audit.rows[audit.best[m]].preprocess),
                                    equals.empty() ? " best" : ", and by these inputs no worse: " + equals,
                                    best.right.part, best.right.whole));
    if (audit.label_shift[m] != 0) {
      sentences.push_back(
          fmt::format("{}: its labels are off by {}", name_of_model(models[m].path), audit.label_shift[m]));
    }
  }
  if (models.size() > 1) {
    sentences.emplace_back(audit.want_different() ? "the models want different preprocessing"
                                                  : "one preprocessing fits all models");
  }
  return sentences;
}

std::string options_to_use(const Audit& audit) {
  const std::vector<AuditedModel>& models = audit.models;
  std::string use;
  const auto add = [&use](const std::string& option) { use += (use.empty() ? "" : " ") + option; };
  const bool different = audit.want_different();
  for (std::size_t m = 0; m < (different ? models.size() : 1); ++m) {
    const std::size_t row = different ? audit.best[m] : audit.common.front();
    add(fmt::format("{} {}", option_of(m, models.size(), different), in_quotes(audit.rows[row].preprocess)));
  }
  for (std::size_t m = 0; m < models.size(); ++m) {
    if (audit.label_shift[m] == 0) continue;
    const int offset = models[m].label_offset + audit.label_shift[m];
    if (offset < 0) {
      add("and labels that count from 0: these count from 1");
      break;
    }
    add(fmt::format("{}label-offset {}", models.size() == 1 ? "--" : m == 0 ? "--original-" : "--compressed-", offset));
  }
  return use;
}

}  // namespace dflare
