// SPDX-License-Identifier: MIT
// Halftone example: an aligned table.
#include "report.hpp"

#include <algorithm>
#include <cstdio>

namespace llama {

namespace {

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) * 1e-6; }

struct column {
  const char* first_line;
  const char* second_line;
  std::vector<std::string> cells;
};

std::string pad(const std::string& text, std::size_t width, bool left) {
  const std::string space(width - std::min(width, text.size()), ' ');
  return left ? text + space : space + text;
}

}  // namespace

std::string format_table(const std::vector<result_row>& rows) {
  std::vector<column> columns;
  const auto add = [&](const char* first, const char* second, auto&& cell) {
    columns.push_back({first, second, {}});
    for (const result_row& row : rows) {
      columns.back().cells.push_back(cell(row));
    }
  };
  add("", "scheme", [](const result_row& r) { return r.name; });
  add("bits per", "weight", [](const result_row& r) { return fixed(r.size.bits_per_weight(), 3); });
  add("size", "MB", [](const result_row& r) { return fixed(megabytes(r.size.file_bytes()), 2); });
  add("of", "fp32", [&](const result_row& r) {
    return fixed(100.0 * megabytes(r.size.file_bytes()) / megabytes(rows.front().size.file_bytes()), 1) + " %";
  });
  add("peak", "MB", [](const result_row& r) { return r.peak_bytes ? fixed(megabytes(*r.peak_bytes), 2) : "n/a"; });
  add("bits per", "byte", [](const result_row& r) { return fixed(r.scores.bits_per_byte, 4); });
  add("KL to fp32", "nats", [](const result_row& r) { return fixed(r.scores.divergence, 6); });
  add("top-1 as", "fp32", [](const result_row& r) { return fixed(100.0 * r.scores.agreement, 2) + " %"; });
  add("prefill", "tok/s", [](const result_row& r) { return fixed(r.rates.prefill, 0); });
  add("decode", "tok/s", [](const result_row& r) { return fixed(r.rates.decode, 0); });
  add("16 at once", "tok/s", [](const result_row& r) { return fixed(r.rates.parallel, 0); });
  add("MB moved", "per token", [](const result_row& r) { return fixed(r.rates.bytes_per_token * 1e-6, 2); });
  if (std::all_of(rows.begin(), rows.end(), [](const result_row& r) { return r.rates.joules_per_token.has_value(); })) {
    add("mJ per", "token", [](const result_row& r) { return fixed(1e3 * *r.rates.joules_per_token, 3); });
  }

  std::string table;
  const auto line = [&](auto&& cell) {
    std::string text;
    for (const column& c : columns) {
      std::size_t width = std::max(std::string(c.first_line).size(), std::string(c.second_line).size());
      for (const std::string& one : c.cells) {
        width = std::max(width, one.size());
      }
      text += (text.empty() ? "" : "  ") + pad(cell(c, width), width, &c == &columns.front());
    }
    table += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  line([](const column& c, std::size_t) { return std::string(c.first_line); });
  line([](const column& c, std::size_t) { return std::string(c.second_line); });
  line([](const column&, std::size_t width) { return std::string(width, '-'); });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    line([&](const column& c, std::size_t) { return c.cells[i]; });
  }
  return table;
}

}  // namespace llama
