// One finding, for a person: what it is, where it is from, how it was reached.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dflare/finding.h"

namespace dflare {

struct FindingReport {
  Finding finding;
  std::filesystem::path image;       // where its image lies
  std::string inputs;                // the folder or file of the run's inputs
  std::vector<std::string> sources;  // of every input of the run
  std::string strategy, refine;      // by which it was found and refined
  bool odds = true;                  // severity is in natural log units, not in units of what an oracle tolerates
  std::vector<std::string> classes;  // names by index; those beyond its end have none
  int label_shift = 0;               // the label that the first is of
};

// "Gaussian blur, sigma 1.30 pixels", from what the strategy told.
std::string way_in_words(const FindingReport& report);

}  // namespace dflare
