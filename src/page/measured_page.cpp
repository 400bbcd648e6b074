// Profiles and comparisons on a page, from the JSON that their verbs write. Nothing of it goes onto the page unread:
// numbers are numbers, and what came from outside is printable.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "core/json_text.h"
#include "core/printable.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/run_page.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBytes = 1U << 30U;
constexpr std::size_t kMostNamed = 1000;  // sources of a comparison

std::string text_at(const Json& json, const char* key) { return printable(json.at(key).get<std::string>()); }
std::int64_t count_at(const Json& json, const char* key) { return json.at(key).get<std::int64_t>(); }

// The first `most` of a list of texts.
Json texts_at(const Json& json, const char* key, std::size_t most = kMostNamed) {
  Json list = Json::array();
  for (const Json& text : json.at(key)) {
    if (list.size() < most) list.push_back(printable(text.get<std::string>()));
  }
  return list;
}

Json estimate_of(const Json& json) {
  if (json.is_null()) return nullptr;
  const Json& interval = json.at("interval");
  return {json.at("value").get<double>(), interval.at(0).get<double>(), interval.at(1).get<double>()};
}

Json figures_of(const Json& json) {
  if (json.is_null()) return nullptr;
  Json figures = {{"images", count_at(json, "images")}, {"differ", count_at(json, "differ")}};
  for (const char* name : {"disagreement", "accuracy_original", "accuracy_compressed", "regressions", "gains"})
    figures[name] = estimate_of(json.at(name));
  return figures;
}

template <class Each>
Json list_of(const Json& json, const char* key, Each each) {
  Json list = Json::array();
  for (const Json& value : json.at(key)) list.push_back(each(value));
  return list;
}

Json kind_of(const Json& json) {
  return {{"kind", text_at(json, "kind")},
          {"all", figures_of(json.at("all"))},
          {"severities", list_of(json, "severities", figures_of)}};
}

Json profile_data(const Json& json) {
  const auto label = [](const Json& loss) {
    return Json{{"name", text_at(loss, "name")},
                {"images", count_at(loss, "images")},
                {"lost", count_at(loss, "lost")},
                {"share", estimate_of(loss.at("share"))}};
  };
  const auto pair = [](const Json& loss) {
    return Json{{"names", texts_at(loss, "names", 2)}, {"images", count_at(loss, "images")}};
  };
  return {{"seeds", text_at(json, "seeds")},
          {"complete", json.at("complete").get<bool>()},
          {"inputs", count_at(json, "inputs")},
          {"as_they_are", figures_of(json.at("as_they_are"))},
          {"corrupted", figures_of(json.at("corrupted"))},
          {"kinds", list_of(json, "kinds", kind_of)},
          {"labels", list_of(json, "labels", label)},
          {"pairs", list_of(json, "pairs", pair)},
          {"notes", texts_at(json, "notes")}};
}

Json comparison_data(const Json& json) {
  const auto figure = [](const Json& f) {
    return Json{{"name", text_at(f, "name")},
                {"share", f.at("share").get<bool>()},
                {"before", f.at("before").get<double>()},
                {"after", f.at("after").get<double>()},
                {"change", estimate_of(f.at("change"))},
                {"of", count_at(f.at("change"), "of")},
                {"direction", text_at(f, "direction")}};
  };
  return {{"of", text_at(json, "of")},
          {"before", text_at(json, "before")},
          {"after", text_at(json, "after")},
          {"models_before", texts_at(json, "models_before")},
          {"models_after", texts_at(json, "models_after")},
          {"inputs", count_at(json, "inputs")},
          {"fixed_count", json.at("fixed").size()},
          {"new_count", json.at("new").size()},
          {"fixed", texts_at(json, "fixed")},
          {"new", texts_at(json, "new")},
          {"still", count_at(json, "still")},
          {"neither", count_at(json, "neither")},
          {"figures", list_of(json, "figures", figure)},
          {"notes", texts_at(json, "notes")}};
}

MeasuredPage page_of(const fs::path& file, const Json& json) {
  const bool profile = json.contains("dflare_profile");
  MeasuredPage page{.kind = profile ? MeasuredPage::Kind::kProfile : MeasuredPage::Kind::kComparison,
                    .name = file.filename().string(),
                    .original = {},
                    .compressed = {},
                    .data = {}};
  if (json.at(profile ? "dflare_profile" : "dflare_comparison").get<int>() > 1)
    throw Error(ErrorCode::kBadInput, file.string() + ": was written by a later dflare", "use that version");
  if (profile) {
    page.original = bytes_of(json.at("original").get<std::string>());
    page.compressed = bytes_of(json.at("compressed").get<std::string>());
  }
  page.data = json_text(profile ? profile_data(json) : comparison_data(json));
  return page;
}

}  // namespace

MeasuredPage measured_page(const fs::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file, kMostBytes);
  const Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  const char* const way_out =
      "`dflare profile ... -o FILE` and `dflare compare ... -o FILE` write what a report takes; a run is a folder";
  if (!json.is_object() || (!json.contains("dflare_profile") && !json.contains("dflare_comparison")))
    throw Error(ErrorCode::kBadInput, file.string() + ": is neither a profile's JSON nor a comparison's", way_out);
  try {
    return page_of(file, json);
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: does not say what it should: {}", file.string(), e.what()),
                way_out);
  }
}

}  // namespace dflare
