// The verbs of the command. Each prints what its user asked for and returns the exit code; failures are thrown.
#pragma once

#include <string>
#include <vector>

#include "dflare/options.h"
#include "dflare/search.h"

namespace dflare::cli {

int search(const Givens& givens);
int resume(const Givens& givens);
int inspect(const Givens& givens);
int export_findings(const Givens& givens);
int show(const Givens& givens);
int merge(const Givens& givens);
int report(const Givens& givens);
int rank(const Givens& givens);
int repair(const Givens& givens);
int guard(const Givens& givens);
int profile(const Givens& givens);
int check(const Givens& givens);
int replay(const Givens& givens);
int compare(const Givens& givens);

inline constexpr int kInterrupted = 130;  // the exit code after Ctrl-C
inline int exit_code(SearchEnd end) { return end == SearchEnd::kStopped ? kInterrupted : 0; }

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
