// Tables that fit into so many columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dflare {

// Rows of cells, all of one length. Figures stand to the right of their columns, except in those named.
struct Table {
  std::vector<std::vector<std::string>> rows;
  std::size_t headings = 1;             // so many rows from the top name the columns
  std::size_t named_by = 1;             // so many columns from the left name the rows
  std::vector<std::size_t> words = {};  // columns whose cells stand left
};

// The lines of the table, two spaces between columns. Where they are wider than `width` the columns stand in several
// blocks, one below the other with an empty line between, each with those that name the rows.
struct TableLine {
  std::string text;
  bool heading = false;
};
std::vector<TableLine> lines_of(const Table& table, std::size_t width);

}  // namespace dflare
