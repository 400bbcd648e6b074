// dflare show: one finding in words, and rebuilt from its seed.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "cli/pair.h"
#include "cli/record.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/figures.h"
#include "dflare/error.h"
#include "dflare/run_report.h"
#include "dflare/run_words.h"
#include "dflare/settings.h"

namespace dflare::cli {
namespace {

using Json = nlohmann::ordered_json;

// "12" or "12:0".
struct FindingId {
  SeedIndex seed;
  std::optional<int> ordinal;  // not given: the seed's confirmed finding
};

// The name of a finding's image, with folders or without: its seed and ordinal. Other texts as they are.
std::string id_of_image(const std::string& text) {
  const std::string name = std::filesystem::path(text).filename().string();
  const std::size_t ordinal = name.find('_') + 1;
  const std::size_t end = name.find('_', ordinal);
  if (!name.ends_with(".png") || ordinal == 0 || end == std::string::npos) return text;
  return name.substr(0, ordinal - 1) + ":" + name.substr(ordinal, end - ordinal);
}

FindingId parse_id(const std::string& given) {
  const std::string text = id_of_image(given);
  const auto colon = std::min(text.find(':'), text.size());
  const auto number = [&](std::size_t from, std::size_t to) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, value);
    if (error != std::errc() || end != text.data() + to || value < 0) {
      throw Error(ErrorCode::kBadArgument,
                  fmt::format("ID is '{}', expected SEED, SEED:ORDINAL or the name of its image", given),
                  "use the number of an input, as in 12 or 12:0, or the name of an image in RUN/findings");
    }
    return value;
  };
  FindingId id{.seed = SeedIndex(number(0, colon))};
  if (colon < text.size()) id.ordinal = number(colon + 1, text.size());
  return id;
}

bool names(const FindingId& id, const Finding& finding) {
  return finding.seed == id.seed && (id.ordinal ? finding.ordinal == *id.ordinal : !finding.flaky);
}

Finding find(const FindingStore& store, const std::string& text) {
  const FindingId id = parse_id(text);
  std::optional<Finding> found;
  store.for_each_finding(true, [&](const Finding& finding) {
    if (!found && names(id, finding)) found = finding;
  });
  if (found) return *std::move(found);
  throw Error(ErrorCode::kBadArgument, fmt::format("the run in {} has no finding {}", store.folder().string(), text),
              "the images in its folder findings are named <seed>_<ordinal>_<kind>.png");
}

std::string source_of(const Json& seeds, std::int64_t seed) {
  return seeds.at(static_cast<std::size_t>(seed)).at("source").get<std::string>();
}

// "Gaussian blur, sigma 1.30 pixels", from what the strategy told.
std::string way_in_words(const Finding& finding, const Json& seeds, const std::string& strategy) {
  if (finding.kind == FindingKind::kNatural) return "The input as it is";
  const Json how = Json::parse(finding.how, nullptr, /*allow_exceptions=*/false);
  if (!how.is_object()) return fmt::format("Mutations chosen by `{}`", strategy);
  const std::string end_point = how.value("end_point", "");
  const double percent = 100 * how.value("t", 1.0);
  if (end_point == "corrupt") {
    std::string words = how.value("strength", "");
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
  }
  if (end_point == "blend" && how.contains("with")) {
    return fmt::format("{:.1f} % of the way to {}", percent, source_of(seeds, how.at("with").get<std::int64_t>()));
  }
  if (end_point == "mutate") return fmt::format("{:.1f} % of the way to a composition of operators", percent);
  if (end_point == "attack") return "Square-shaped changes within the budget";
  return how.dump();
}

std::string what_they_say(const Finding& finding, const std::vector<std::string>& classes) {
  const auto name_of = [&classes](int label) {
    const auto at = static_cast<std::size_t>(label);
    return label >= 0 && at < classes.size() ? classes[at] : fmt::format("{}", label);
  };
  const bool natural = finding.kind == FindingKind::kNatural;
  const auto says = [&](int label) { return !natural && label == finding.seed_label ? "still says" : "says"; };
  return fmt::format("the original {} {}, the compressed model {} {}", says(finding.label_original),
                     name_of(finding.label_original), says(finding.label_compressed),
                     name_of(finding.label_compressed));
}

void row(const std::string& name, const std::string& value) {
  say("  {}{}\n", styled(stdout, Style::kBold, fmt::format("{:<14}", name)), value);
}

void print_finding(const FindingStore& store, const Finding& finding, const Json& seeds, const Options& options) {
  const std::string then = finding.refine_queries > 0 ? fmt::format(", then --refine {}", options.refine) : "";
  say("{}{}: {}\n\n", way_in_words(finding, seeds, options.strategy), then,
      what_they_say(finding, class_names(options.classes)));
  row("image", (store.folder() / image_path(finding)).string());
  row("from",
      fmt::format("{}, input {} of {}", source_of(seeds, finding.seed.value), finding.seed.value, options.seeds));
  row("kind", fmt::format("{}{}{}", to_string(finding.kind), finding.tie ? ", a tie counted by first index" : "",
                          finding.flaky ? ", flaky: it did not repeat" : ""));
  row("probability", fmt::format("original {:.1f} % for its label, compressed {:.1f} % for its own",
                                 100 * finding.p_original, 100 * finding.p_compressed));
  row("severity", fmt::format("{}: {}", figure_text(finding.severity), severity_in_words(finding.severity)));
  row("distance", fmt::format("largest change {:g} of 255, L2 {} on [0, 1], SSIM {:.3f}", finding.distance.linf,
                              figure_text(finding.distance.l2), finding.distance.ssim));
  const std::string refined =
      finding.refine_queries == 0 ? "" : fmt::format(", and {} to refine it", finding.refine_queries);
  row("queries", fmt::format("{}{}", finding.queries, refined));
}

class MemorySink : public EventSink {
 public:
  void write(const Events& events) override {
    findings.insert(findings.end(), events.findings.begin(), events.findings.end());
  }
  std::vector<Finding> findings;
};

// Every seed of the plan but one: to the engine they are done.
std::vector<SeedIndex> all_but(SeedIndex seed, std::vector<SeedIndex> plan) {
  std::erase(plan, seed);
  return plan;
}

SearchSettings settings_of_run(const Options& options, const Json& facts) {
  SearchSettings settings = search_settings(options);
  settings.time_limit_seconds = 0;
  settings.batch = facts.at("batch").get<int>();
  settings.workers = 1;
  return settings;
}

bool rebuild(const Finding& stored, const Options& options, const Json& facts, const Json& seed_record) {
  check_models(facts);
  const OpenPair pair = open_pair(options);
  note_runtimes(facts, pair);
  const SeedSet seeds = load_seeds(options.seeds, seed_options(options, pair.original->info()));
  check_seeds(seed_record, seeds);
  Search search({pair.original.get(), pair.compressed.get()}, seeds, settings_of_run(options, facts));
  MemorySink again;
  search.run(all_but(stored.seed, search.plan()), again);
  return std::any_of(again.findings.begin(), again.findings.end(), [&stored](const Finding& f) {
    return f.seed == stored.seed && f.ordinal == stored.ordinal && f.png == stored.png &&
           f.label_original == stored.label_original && f.label_compressed == stored.label_compressed;
  });
}

}  // namespace

int show(const Givens& givens) {
  const Options given = resolve(givens);
  const auto store = FindingStore::open(given.run, /*writable=*/false);
  const RunRecord record = store->record();
  Options options = options_from(record.settings, given.run);
  for (const Given& one : givens) assign(options, one);
  const Json facts = parse_record(record.facts, given.run);
  const Json seeds = parse_record(record.seeds, given.run);

  const Finding finding = find(*store, given.id);
  print_finding(*store, finding, seeds, options);
  if (rebuild(finding, options, facts, seeds)) {
    row("rebuilt", "bit for bit from its seed");
    return 0;
  }
  row("rebuilt", styled(stdout, Style::kRed, "no: the search from its seed now ends elsewhere"));
  say(stderr, "the run was made on {}; another machine, runtime or dflare may compute other bits{}\n",
      facts.at("machine").value("cpu", "a machine not recorded"),
      facts.at("rows_exact") == true ? "" : ", and these models answer differently in batches and alone");
  return 1;
}

}  // namespace dflare::cli
