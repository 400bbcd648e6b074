// A pair and its inputs, opened for what is measured in the field.
#pragma once

#include "core/deadline.h"
#include "dflare/gate_as_asked.h"

namespace dflare {

// Throws kBadArgument, saying that `verb` is about labels, for another oracle than top1.
void refuse_other_oracles(const Options& options, const char* verb);

struct FieldPair {
  OpenPair pair;
  SeedSet seeds;
  std::vector<std::string> notes;
};

// Opened, read, and looked at for a fifth of the time limit at most; the hooks have heard of it.
FieldPair open_field(const Options& options, LiveProgress& live, const Elapsed& began, const FieldHooks& hooks,
                     const Opener& open);

// `tell`, which is then told how long there is until the deadline. Both must outlive it.
Tell with_limit(const Tell& tell, const Deadline& deadline);

// From a true label to its place among the classes that both models tell apart.
int label_shift(const Options& options);

}  // namespace dflare
