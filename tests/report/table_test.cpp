// Tables that fit into so many columns.
#include "report/table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/text.h"

namespace dflare {
namespace {

const Table kTable{.rows = {{"rank", "variant", "size", "boundary", "", "right"},
                            {"", "", "", "queries", "ms", "%"},
                            {"1", "a.onnx", "12 KB", "8.5", "12.0", "97.0"},
                            {"2", "longer.onnx", "7 KB", "10", "3", "96.1"}},
                   .headings = 2,
                   .named_by = 2,
                   .words = {1}};

std::string joined(const Table& table, std::size_t width) {
  std::string all;
  for (const TableLine& line : lines_of(table, width)) all += line.text + "\n";
  return all;
}

TEST(Table, FiguresStandRightAndWordsLeft) {
  EXPECT_EQ(joined(kTable, 100),
            "  rank  variant       size  boundary        right\n"
            "                             queries    ms      %\n"
            "     1  a.onnx       12 KB       8.5  12.0   97.0\n"
            "     2  longer.onnx   7 KB        10     3   96.1\n");
}

TEST(Table, WhatDoesNotFitStandsBelowWithTheNamesOfItsRows) {
  EXPECT_EQ(joined(kTable, 44),
            "  rank  variant       size  boundary\n"
            "                             queries    ms\n"
            "     1  a.onnx       12 KB       8.5  12.0\n"
            "     2  longer.onnx   7 KB        10     3\n"
            "\n"
            "  rank  variant      right\n"
            "                         %\n"
            "     1  a.onnx        97.0\n"
            "     2  longer.onnx   96.1\n");
}

TEST(Table, EveryCellIsThereAtEveryWidthAndNoLineIsTooWideWhereItNeedNotBe) {
  for (std::size_t width = 1; width < 60; ++width) {
    const std::string all = joined(kTable, width);
    for (const auto& row : kTable.rows) {
      for (const std::string& cell : row) EXPECT_NE(all.find(cell), std::string::npos) << cell << " at " << width;
    }
    for (const TableLine& line : lines_of(kTable, width)) {
      EXPECT_LE(columns(line.text), std::max<std::size_t>(width, 35)) << line.text;
    }
  }
}

TEST(Table, HeadingsAreMarkedInEveryBlock) {
  int headings = 0;
  for (const TableLine& line : lines_of(kTable, 44)) headings += line.heading ? 1 : 0;
  EXPECT_EQ(headings, 4);
}

}  // namespace
}  // namespace dflare
