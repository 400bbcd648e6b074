// A run as the data of its page.
#include "page/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/printable.h"
#include "core/record_json.h"
#include "dflare/model_files.h"
#include "dflare/run_report.h"
#include "dflare/run_words.h"

namespace dflare {
namespace {

using Json = nlohmann::ordered_json;

// Three digits are as many as anybody reads.
Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  const std::string text = fmt::format("{:.3g}", value);
  double short_value = 0;
  std::from_chars(text.data(), text.data() + text.size(), short_value);
  if (short_value == std::round(short_value) && std::abs(short_value) < 1e15)
    return static_cast<std::int64_t>(short_value);
  return short_value;
}

// In whole parts of 10 000, or of 1000 for the SSIM.
Json parts(double value, double of) { return std::isfinite(value) ? Json(std::llround(of * value)) : Json(nullptr); }

// A text of the kind that comes with numbers: "Rotated by 9.1 degrees" is number 9.1 in "Rotated by \0 degrees". Few
// such texts serve many findings.
class Phrases {
 public:
  // Gives the number of the phrase, and remembers the numbers in it.
  std::size_t add(const std::string& words) {
    std::string phrase;
    for (std::size_t at = 0; at < words.size();) {
      const std::size_t end = end_of_number(words, at);
      if (end == at) {
        phrase += words[at++];
        continue;
      }
      phrase += '\0';
      if (!numbers_.empty()) numbers_ += ' ';
      numbers_.append(words, at, end - at);
      at = end;
    }
    const auto [found, is_new] = index_.try_emplace(phrase, index_.size());
    if (is_new) phrases_.push_back(phrase);
    return found->second;
  }
  [[nodiscard]] Json json() const { return {{"phrases", phrases_}, {"numbers", numbers_}}; }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static std::size_t end_of_number(const std::string& text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == at || end + 1 >= text.size() || text[end] != '.' || !is_digit(text[end + 1])) return end;
    for (++end; end < text.size() && is_digit(text[end]);) ++end;
    return end;
  }

  std::map<std::string, std::size_t> index_;
  Json phrases_ = Json::array();
  std::string numbers_;
};

class Names {
 public:
  std::size_t add(const std::string& name) {
    const auto [found, is_new] = index_.try_emplace(name, index_.size());
    if (is_new) list_.push_back(printable(name));
    return found->second;
  }
  [[nodiscard]] const Json& json() const { return list_; }

 private:
  std::map<std::string, std::size_t> index_;
  Json list_ = Json::array();
};

// A column of the findings, or of the inputs.
template <class Rows, class Value>
Json column(const Rows& rows, Value value) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(value(row));
  return list;
}

// Which findings have pictures: "" where all have, "-" for each that has none, "+" for the others.
std::string pictured(const std::vector<PageFinding>& findings) {
  std::string marks;
  for (const PageFinding& f : findings) marks += f.picture >= 0 ? '+' : '-';
  return marks.find('-') == std::string::npos ? "" : marks;
}

void add_refining(const std::vector<PageFinding>& findings, Json& json) {
  if (std::ranges::none_of(findings, [](const PageFinding& f) { return f.finding.refine_queries > 0; })) return;
  json["severity_found"] = column(findings, [](const PageFinding& f) { return rounded(f.finding.severity_found); });
  json["refine_queries"] = column(findings, [](const PageFinding& f) { return Json(f.finding.refine_queries); });
}

// Lists of labels with their probabilities, `width` a row; what is missing is label -1.
class TopColumns {
 public:
  explicit TopColumns(std::size_t width) : width_(width) {}
  void add(const TopLabels& labels) {
    for (std::size_t i = 0; i < width_; ++i) {
      labels_.push_back(i < labels.size() ? labels[i].label : -1);
      parts_.push_back(i < labels.size() ? parts(labels[i].p, 1e4) : Json(0));
    }
  }
  [[nodiscard]] Json json() const { return {{"width", width_}, {"label", labels_}, {"part", parts_}}; }

 private:
  std::size_t width_;
  Json labels_ = Json::array(), parts_ = Json::array();
};

std::size_t answers_width(const RunPage& page) {
  std::size_t width = 0;
  for (const PageFinding& f : page.findings) {
    if (f.answers) width = std::max({width, f.answers->original.size(), f.answers->compressed.size()});
  }
  return width;
}

// Nothing where no finding has any.
void add_answers(const RunPage& page, Json& json) {
  const std::size_t width = answers_width(page);
  if (width == 0) return;
  TopColumns original(width);
  TopColumns compressed(width);
  for (const PageFinding& f : page.findings) {
    original.add(f.answers ? f.answers->original : TopLabels{});
    compressed.add(f.answers ? f.answers->compressed : TopLabels{});
  }
  json["top_original"] = original.json();
  json["top_compressed"] = compressed.json();
}

Json findings_json(const RunPage& page) {
  const auto& all = page.findings;
  const auto of = [&all](auto member) {
    return column(all, [member](const PageFinding& f) { return Json(f.finding.*member); });
  };
  const auto real = [&all](auto member) {
    return column(all, [member](const PageFinding& f) { return rounded(f.finding.*member); });
  };
  Json json = {{"count", all.size()},
               {"pictured", pictured(all)},
               {"seed", column(all, [](const PageFinding& f) { return Json(f.finding.seed.value); })},
               {"ordinal", of(&Finding::ordinal)},
               {"kind", column(all, [](const PageFinding& f) { return Json(static_cast<int>(f.finding.kind)); })},
               {"seed_label", of(&Finding::seed_label)},
               {"label_original", of(&Finding::label_original)},
               {"label_compressed", of(&Finding::label_compressed)},
               {"severity", real(&Finding::severity)},
               {"linf", column(all, [](const PageFinding& f) { return rounded(f.finding.distance.linf); })},
               {"l2", column(all, [](const PageFinding& f) { return rounded(f.finding.distance.l2); })},
               {"ssim", column(all, [](const PageFinding& f) { return parts(f.finding.distance.ssim, 1e3); })},
               {"queries", of(&Finding::queries)},
               {"tie", column(all, [](const PageFinding& f) { return Json(f.finding.tie ? 1 : 0); })}};
  add_refining(all, json);
  if (!page.summary.labels()) {
    json["measured"] =
        column(all, [](const PageFinding& f) { return Json(printable(measured_in_words(f.finding.facts))); });
    return json;
  }
  add_answers(page, json);
  if (std::ranges::all_of(all, [](const PageFinding& f) { return f.answers.has_value(); })) return json;
  json["p_original"] = column(all, [](const PageFinding& f) { return parts(f.finding.p_original, 1e4); });
  json["p_compressed"] = column(all, [](const PageFinding& f) { return parts(f.finding.p_compressed, 1e4); });
  json["other_original"] = column(all, [](const PageFinding& f) { return parts(f.original.p, 1e4); });
  json["other_compressed"] = column(all, [](const PageFinding& f) { return parts(f.compressed.p, 1e4); });
  json["exact"] =
      column(all, [](const PageFinding& f) { return Json((f.original.exact ? 1 : 0) + (f.compressed.exact ? 2 : 0)); });
  return json;
}

// How each finding was reached.
void add_ways(const RunPage& page, Json& json) {
  Phrases phrases;
  Names ways;
  json["findings"]["way"] = column(page.findings, [&](const PageFinding& f) { return Json(ways.add(f.way)); });
  json["findings"]["phrase"] =
      column(page.findings, [&](const PageFinding& f) { return Json(phrases.add(printable(f.words))); });
  json["ways"] = ways.json();
  json["words"] = phrases.json();
}

Json seeds_json(const RunPage& page) {
  TopColumns original(answers_width(page));
  TopColumns compressed(answers_width(page));
  for (const PageSeed& seed : page.seeds) {
    original.add(seed.original);
    compressed.add(seed.compressed);
  }
  return {{"top_original", original.json()},
          {"top_compressed", compressed.json()},
          {"number", column(page.seeds, [](const PageSeed& s) { return Json(s.seed.value); })},
          {"source", column(page.seeds, [](const PageSeed& s) { return Json(printable(s.source)); })},
          {"label", column(page.seeds, [](const PageSeed& s) { return Json(s.label); })},
          {"picture", column(page.seeds, [](const PageSeed& s) { return Json(s.picture); })}};
}

// Names of the labels that are met.
Json classes_json(const RunPage& page) {
  Json names = Json::object();
  const auto add = [&](int label) {
    const int named = label - page.label_shift;
    if (named < 0 || std::cmp_greater_equal(named, page.classes.size())) return;
    names[std::to_string(label)] = printable(page.classes[static_cast<std::size_t>(named)]);
  };
  const auto add_top = [&add](const TopLabels& labels) {
    for (const LabelScore& score : labels) add(score.label);
  };
  for (const PageFinding& f : page.findings) {
    for (const int label : {f.finding.seed_label, f.finding.label_original, f.finding.label_compressed}) add(label);
    if (!f.answers) continue;
    add_top(f.answers->original);
    add_top(f.answers->compressed);
  }
  for (const PageSeed& seed : page.seeds) {
    add(seed.label);
    add_top(seed.original);
    add_top(seed.compressed);
  }
  return names;
}

Json verdict_json(const PageVerdict& verdict) {
  constexpr const char* kTones[] = {"unsound", "hurt", "close", "unknown"};
  return {{"tone", kTones[static_cast<int>(verdict.tone)]},
          {"headline", printable(verdict.headline)},
          {"more", column(verdict.more, [](const std::string& text) { return Json(printable(text)); })},
          {"next", printable(verdict.next)}};
}

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Rows of a table: what, and what it is.
class Rows {
 public:
  void add(const std::string& name, const std::string& text) {
    if (!text.empty()) rows_.push_back({printable(name), printable(text)});
  }
  [[nodiscard]] const Json& json() const { return rows_; }

 private:
  Json rows_ = Json::array();
};

std::string size_text(FileSize size) {
  if (!size) return "";
  const auto bytes = static_cast<double>(*size);
  return bytes < 1e6 ? fmt::format("{:.0f} KB", std::ceil(bytes / 1e3)) : fmt::format("{:.1f} MB", bytes / 1e6);
}

Json model_json(const Json& model, FileSize size) {
  Rows rows;
  rows.add("file", model.value("path", ""));
  rows.add("size", size_text(size));
  rows.add("SHA-256", model.value("sha256", ""));
  rows.add("runtime", model.value("runtime", ""));
  for (const char* side : {"input", "output"}) {
    if (!model.contains(side)) continue;
    const Json& tensor = model.at(side);
    rows.add(side, fmt::format("{}, {}", tensor.value("name", ""), tensor.value("type", "")));
  }
  if (model.contains("reading")) rows.add("read as", model.at("reading").value("kind", ""));
  if (model.contains("head")) rows.add("head", model.at("head").value("path", ""));
  return rows.json();
}

Json about_json(const RunPage& page, const Json& facts) {
  Rows rows;
  const Options& options = page.run.options;
  rows.add("run", std::filesystem::absolute(page.run.folder).lexically_normal().string());
  rows.add("inputs", options.seeds);
  rows.add("labels", options.labels);
  rows.add("preprocessing", options.preprocess);
  rows.add("of the original", options.original_preprocess);
  rows.add("of the compressed", options.compressed_preprocess);
  if (facts.contains("shape")) rows.add("shape", fmt::format("{} (height, width, channels)", facts.at("shape").dump()));
  const Json machine = facts.value("machine", Json::object());
  rows.add("machine", fmt::format("{}, {} cores", machine.value("cpu", "unknown"), machine.value("cores", 0)));
  rows.add("dflare", facts.value("dflare", ""));
  rows.add("rows exact", page.summary.rows_exact ? "yes: a batch gives the bits that single inputs get"
                                                 : "no: findings were asked again alone");
  return rows.json();
}

Json settings_json_rows(const Json& settings) {
  Rows rows;
  for (const auto& [name, value] : settings.items()) rows.add(name, plain(value));
  return rows.json();
}

Json lines_json(const RunSummary& summary) {
  return column(lines_of(summary), [](const SummaryLine& line) {
    return Json{printable(line.name), printable(line.text)};
  });
}

Json pictures_json(const PagePictures& pictures) {
  return {{"width", pictures.shape.width},
          {"height", pictures.shape.height},
          {"columns", pictures.columns},
          {"per_atlas", pictures.per_atlas},
          {"atlases", pictures.atlases.size()}};
}

}  // namespace

Json page_data(const RunPage& page) {
  const RunSummary& s = page.summary;
  const Json facts = parse_record(s.facts, page.run.folder);
  Json json = {
      {"name", printable(std::filesystem::absolute(page.run.folder).lexically_normal().filename().string())},
      {"original", printable(name_of_model(s.original.path))},
      {"compressed", printable(name_of_model(s.compressed.path))},
      {"oracle", s.oracle},
      {"labels", s.labels()},
      {"verdict", verdict_json(page.verdict)},
      {"lines", lines_json(s)},
      {"doubts", column(page.run.notes, [](const std::string& note) { return Json(printable(note)); })},
      {"notes", column(page.notes, [](const std::string& note) { return Json(printable(note)); })},
      {"asked", s.figures ? s.figures->asked : 0},
      {"differ", s.figures ? s.figures->asked - s.figures->agree : 0},
      {"searched", s.searched},
      {"found_by", column(page.found_by,
                          [](const FoundBy& f) {
                            return Json{f.queries, f.inputs};
                          })},
      {"models",
       {{"original", model_json(facts.at("models").at("original"), page.original_size)},
        {"compressed", model_json(facts.at("models").at("compressed"), page.compressed_size)}}},
      {"about", about_json(page, facts)},
      {"settings", settings_json_rows(parse_record(s.settings, page.run.folder))},
      {"classes", classes_json(page)},
      {"seeds", seeds_json(page)},
      {"pictures", pictures_json(page.pictures)},
      {"findings", findings_json(page)},
  };
  add_ways(page, json);
  return json;
}

}  // namespace dflare
