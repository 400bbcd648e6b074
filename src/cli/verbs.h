// The verbs of the command. Each prints what its user asked for and returns the exit code; failures are thrown.
#pragma once

#include <string>
#include <vector>

#include "dflare/options.h"

namespace dflare::cli {

int search(const Givens& givens);
int resume(const Givens& givens);
int inspect(const Givens& givens);
int export_findings(const Givens& givens);
int show(const Givens& givens);
int rank(const Givens& givens);
int repair(const Givens& givens);
int guard(const Givens& givens);

struct Verb {
  unsigned set;  // its bit of VerbSet
  std::string name;
  std::string brief;  // one line
  std::string about;  // a paragraph for the long help
  std::vector<std::string> examples;
  int (*run)(const Givens&);
};

const std::vector<Verb>& verbs();

}  // namespace dflare::cli
