// What there is to say of a profile: its figures, and which files they are of.
#pragma once

#include <string>
#include <vector>

#include "dflare/profile.h"

namespace dflare {

struct ProfileReport {
  Profile profile;
  std::string original, compressed, seeds;  // as given
  std::vector<std::string> classes;         // names by label; may be empty
  std::uint64_t rng_seed = 0;
  std::vector<std::string> notes;  // what looks wrong with how the models are fed
};

}  // namespace dflare
