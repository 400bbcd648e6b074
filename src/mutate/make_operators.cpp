// Operators by name.
#include <algorithm>
#include <array>

#include "core/nearest.h"
#include "dflare/error.h"
#include "dflare/operators.h"
#include "mutate/array_operators.h"
#include "mutate/flavour.h"
#include "mutate/sound_operators.h"
#include "mutate/text_operators.h"

namespace dflare {
namespace {

struct Entry {
  const char* name;
  std::unique_ptr<Operator> (*make)(std::string, Flavour);
};

constexpr std::array<Entry, 7> kEntries{{
    {"pixel-change", make_pixel_change},
    {"gaussian-noise", make_gaussian_noise},
    {"multiplicative-noise", make_multiplicative_noise},
    {"salt-and-pepper", make_salt_and_pepper},
    {"average-blur", make_average_blur},
    {"gaussian-blur", make_gaussian_blur},
    {"median-blur", make_median_blur},
}};

constexpr std::string_view kReferencePrefix = "reference:";
constexpr std::string_view kOwnPrefix = "own:";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? std::string_view{} : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

const char* of_kind(InputKind kind) {
  switch (kind) {
    case InputKind::kArray:
      return "' of arrays";
    case InputKind::kText:
      return "' of texts";
    case InputKind::kAudio:
      return "' of sounds";
    case InputKind::kImage:
      break;
  }
  return "'";
}

[[noreturn]] void refuse_unknown(std::string_view item, std::string_view bare, InputKind kind) {
  std::vector<std::string> known = {"paper"};
  if (kind == InputKind::kImage) known.emplace_back("reference");
  known.insert(known.end(), operator_names(kind).begin(), operator_names(kind).end());
  throw Error(ErrorCode::kBadArgument, "unknown operator '" + std::string(item) + of_kind(kind),
              std::string("--operators takes paper, ") + (kind == InputKind::kImage ? "reference " : "") +
                  "or a list of names; " + known_names_hint(bare, known));
}

std::unique_ptr<Operator> make_one(std::string_view item, InputKind kind) {
  if (kind != InputKind::kImage) {
    auto made = kind == InputKind::kArray   ? make_array_operator(item)
                : kind == InputKind::kAudio ? make_sound_operator(item)
                                            : make_text_operator(item);
    if (made == nullptr) refuse_unknown(item, item, kind);
    return made;
  }
  const bool reference = item.starts_with(kReferencePrefix);
  const std::string_view bare = reference ? item.substr(kReferencePrefix.size()) : item;
  const auto entry = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& e) { return e.name == bare; });
  if (entry == kEntries.end()) refuse_unknown(item, bare, kind);
  return entry->make(std::string(item), reference ? Flavour::kReference : Flavour::kPaper);
}

OperatorSet make_all(std::string_view prefix, InputKind kind) {
  OperatorSet set;
  for (const std::string& name : operator_names(kind)) set.push_back(make_one(std::string(prefix) + name, kind));
  return set;
}

std::unique_ptr<Operator> make_own(const std::string& item, InputKind kind, const OperatorMaker& own) {
  if (kind != InputKind::kImage) {
    throw Error(ErrorCode::kBadArgument,
                "operators of one's own are for images, and inputs are arrays, texts or sounds",
                "use --operators paper");
  }
  auto made = own ? own(item) : nullptr;
  if (made != nullptr) return made;
  throw Error(ErrorCode::kBadArgument, "the operator " + item + " is code of the program that began the run",
              "only there can it go on: dflare.resume(run, operators=[...])");
}

// One item of a list; all of them of "paper" and "reference".
OperatorSet make_item(std::string_view item, InputKind kind, const OperatorMaker& own) {
  if (item == "paper") return make_all("", kind);
  if (item == "reference" && kind == InputKind::kImage) return make_all(kReferencePrefix, kind);
  OperatorSet one;
  one.push_back(item.starts_with(kOwnPrefix) ? make_own(std::string(item), kind, own) : make_one(item, kind));
  return one;
}

void add_to(OperatorSet& set, std::unique_ptr<Operator> made) {
  if (std::any_of(set.begin(), set.end(), [&](const auto& other) { return other->name() == made->name(); })) {
    throw Error(ErrorCode::kBadArgument, "operator '" + std::string(made->name()) + "' is named twice",
                "name each operator once in --operators");
  }
  set.push_back(std::move(made));
}

}  // namespace

const std::vector<std::string>& operator_names(InputKind kind) {
  static const std::vector<std::string> of_images = [] {
    std::vector<std::string> all;
    for (const Entry& entry : kEntries) all.emplace_back(entry.name);
    return all;
  }();
  static const std::vector<std::string> of_arrays = array_operator_names();
  static const std::vector<std::string> of_texts = text_operator_names();
  static const std::vector<std::string> of_sounds = sound_operator_names();
  if (kind == InputKind::kAudio) return of_sounds;
  return kind == InputKind::kArray ? of_arrays : kind == InputKind::kText ? of_texts : of_images;
}

bool names_own_operators(std::string_view spec) {
  return spec.starts_with(kOwnPrefix) || spec.find("," + std::string(kOwnPrefix)) != spec.npos;
}

OperatorSet make_operators(std::string_view spec, InputKind kind, const OperatorMaker& own) {
  OperatorSet set;
  for (std::size_t begin = 0; begin <= spec.size();) {
    const std::size_t end = std::min(spec.find(',', begin), spec.size());
    for (auto& made : make_item(trim(spec.substr(begin, end - begin)), kind, own)) add_to(set, std::move(made));
    begin = end + 1;
  }
  return set;
}

}  // namespace dflare
