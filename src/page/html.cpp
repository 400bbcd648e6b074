// Runs and their pictures, put into the page that report/ builds.
#include <fmt/format.h>
#include <zlib.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/files.h"
#include "core/json_text.h"
#include "core/printable.h"
#include "dflare/error.h"
#include "dflare/model_files.h"
#include "dflare/run_page.h"
#include "page/page_data.h"
#include "page/seven_bits.h"
#include "page/template.h"

namespace dflare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kDataPlace = "<!--data-->";
constexpr std::string_view kPicturesPlace = "<!--pictures-->";
constexpr std::string_view kFirstLine = "<!doctype html><!-- dflare report -->";

constexpr int kDeflateLevel = 3;  // of 1 to 9: beyond it a tenth of the size costs twice the time

std::vector<std::uint8_t> deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::vector<std::uint8_t> bytes(size);
  if (compress2(bytes.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), kDeflateLevel) != Z_OK)
    throw std::bad_alloc();
  bytes.resize(size);
  return bytes;
}

// Binary data of the page: in their text nothing ends a script or begins a comment.
void add_bytes(const std::string& id, std::span<const std::uint8_t> bytes, std::string& html) {
  html += fmt::format(R"(<script type="text/plain" id="{}" data-bytes="{}">)", id, bytes.size());
  add_seven_bits(bytes, html);
  html += "</script>";
}

// Whether both are of the same files; of functions and commands, of the same texts.
bool is_of_the_models(const MeasuredPage& profile, const RunPage& run) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code failed;
    return a == b || fs::weakly_canonical(a, failed) == fs::weakly_canonical(b, failed);
  };
  return same(profile.original, run.run.options.original) && same(profile.compressed, run.run.options.compressed);
}

Json measured_json(const MeasuredPage& page, std::span<const RunPage> runs) {
  Json json = Json::parse(page.data);
  json["name"] = printable(page.name);
  if (page.kind != MeasuredPage::Kind::kProfile) return json;
  json["original"] = printable(name_of_model(page.original));
  json["compressed"] = printable(name_of_model(page.compressed));
  json["beside"] = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (is_of_the_models(page, runs[i])) json["beside"].push_back(i);
  }
  return json;
}

void add_pictures(const RunPage& run, std::size_t number, std::string& html) {
  for (std::size_t i = 0; i < run.pictures.atlases.size(); ++i) {
    add_bytes(fmt::format("p{}-{}", number, i), run.pictures.atlases[i], html);
    html += '\n';
  }
}

}  // namespace

std::string to_html(std::span<const RunPage> runs, std::span<const MeasuredPage> measured) {
  Json data = {{"format", 2}, {"runs", Json::array()}, {"profiles", Json::array()}, {"comparisons", Json::array()}};
  for (const RunPage& run : runs) data["runs"].push_back(page_data(run));
  for (const MeasuredPage& page : measured) {
    const bool profile = page.kind == MeasuredPage::Kind::kProfile;
    data[profile ? "profiles" : "comparisons"].push_back(measured_json(page, runs));
  }
  const std::size_t data_at = kPageTemplate.find(kDataPlace);
  const std::size_t pictures_at = kPageTemplate.find(kPicturesPlace);
  std::string html(kPageTemplate.substr(0, data_at));
  add_bytes("data", deflated(json_text(data)), html);
  const std::size_t after_data = data_at + kDataPlace.size();
  html += kPageTemplate.substr(after_data, pictures_at - after_data);
  for (std::size_t i = 0; i < runs.size(); ++i) add_pictures(runs[i], i, html);
  html += kPageTemplate.substr(pictures_at + kPicturesPlace.size());
  return html;
}

void write_page(const std::string& html, const fs::path& target) {
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(target, failed);
  if (fs::exists(status) && (fs::is_directory(target, failed) || fs::is_symlink(status))) {
    throw Error(ErrorCode::kBadArgument, target.string() + ": a folder or a link, expected a file to write",
                "name a file by -o, as in -o report.html; -o - is standard output");
  }
  if (fs::is_regular_file(status) && fs::file_size(target, failed) > 0) {
    std::ifstream file(target);
    std::string first;
    std::getline(file, first);
    if (!first.starts_with(kFirstLine))
      throw Error(ErrorCode::kBadArgument, target.string() + ": exists, and is no earlier report",
                  "choose another file by -o, or take it away");
  }
  FileInTheMaking out(target);
  out.write(html);
  out.finish();
}

}  // namespace dflare
