// Tables that fit into so many columns.
#include "report/table.h"

#include <algorithm>

#include "core/text.h"

namespace dflare {
namespace {

constexpr std::size_t kGap = 2;

using Columns = std::vector<std::size_t>;

std::vector<std::size_t> widths_of(const Table& table) {
  std::vector<std::size_t> widths(table.rows.empty() ? 0 : table.rows.front().size(), 0);
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], columns(row[c]));
  }
  return widths;
}

// Which columns stand in which block: as many as fit, at least one beside those that name the rows. A column without a
// heading of its own belongs to the one before it.
std::vector<Columns> blocks_of(const Table& table, const std::vector<std::size_t>& widths, std::size_t width) {
  Columns names;
  std::size_t of_names = 0;
  for (std::size_t c = 0; c < std::min(table.named_by, widths.size()); ++c) {
    names.push_back(c);
    of_names += kGap + widths[c];
  }
  std::vector<Columns> blocks{names};
  std::size_t used = of_names;
  for (std::size_t c = names.size(); c < widths.size(); ++c) {
    std::size_t wanted = kGap + widths[c];
    for (std::size_t next = c + 1; next < widths.size() && table.rows.front()[next].empty(); ++next) {
      wanted += kGap + widths[next];
    }
    const bool goes_on = table.headings > 0 && table.rows.front()[c].empty();
    if (!goes_on && used + wanted > width && blocks.back().size() > names.size()) {
      blocks.push_back(names);
      used = of_names;
    }
    blocks.back().push_back(c);
    used += kGap + widths[c];
  }
  return blocks;
}

std::string padded(const std::string& cell, std::size_t width, bool left) {
  const std::string space(width - columns(cell), ' ');
  return std::string(kGap, ' ') + (left ? cell + space : space + cell);
}

}  // namespace

std::vector<TableLine> lines_of(const Table& table, std::size_t width) {
  const std::vector<std::size_t> widths = widths_of(table);
  std::vector<TableLine> lines;
  for (const Columns& block : blocks_of(table, widths, width)) {
    if (!lines.empty()) lines.push_back({});
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      std::string line;
      for (const std::size_t c : block) {
        const bool left = std::ranges::find(table.words, c) != table.words.end();
        line += padded(table.rows[r][c], widths[c], left);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      lines.push_back({line, r < table.headings});
    }
  }
  return lines;
}

}  // namespace dflare
