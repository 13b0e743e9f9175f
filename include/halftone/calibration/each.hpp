// SPDX-License-Identifier: MIT
// Halftone: observers of rows and of columns: an observer for each.
//
// each_row: output channels of weights, tokens of activations. each_column: channels of activations. The first batch says how many
// there are, and each later one has as many. ranges() are for given_ranges, in the order of per_channel's groups.
#pragma once

#include <halftone/calibration/column_ranges.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {

/// What each_row and each_column share. Every observer starts as a copy of `first`.
template <observer O>
class observers {
 public:
  static constexpr bool order_free = O::order_free;

  explicit observers(const O& first) : first_(first) {}
  [[nodiscard]] std::size_t size() const noexcept { return each_.size(); }
  [[nodiscard]] const O& operator[](std::size_t i) const noexcept { return each_[i]; }
  [[nodiscard]] std::vector<range> ranges() const {
    std::vector<range> all(each_.size());
    std::ranges::transform(each_, all.begin(), [](const O& o) { return o.range(); });
    return all;
  }

 protected:
  void sized(std::size_t count, std::string_view entry_point, std::string_view what) {
    if (each_.empty()) {
      each_.assign(count, first_);
    }
    expects(each_.size() == count, entry_point, ": ", count, " ", what, " follow batches of ", each_.size());
  }
  void merge_each(const observers& other, std::string_view entry_point, std::string_view what) {
    if (other.each_.empty()) {
      return;
    }
    sized(other.each_.size(), entry_point, what);
    for (std::size_t i = 0; i < each_.size(); ++i) {
      each_[i].merge(other.each_[i]);
    }
  }
  O first_;
  std::vector<O> each_;
};

}  // namespace isa_detail

/// An observer for each row of batches that all have as many rows. Memory: an observer a row.
template <observer O>
class each_row : public isa_detail::observers<O> {
 public:
  explicit each_row(const O& first = O{}) : isa_detail::observers<O>(first) {}

  void observe(matrix_view<const float> x) {
    expects_valid(x, "each_row", "x");
    if (!x.empty()) {
      this->sized(x.rows(), "each_row", "rows");
      for (std::size_t row = 0; row < x.rows(); ++row) {
        this->each_[row].observe({x.row_data(row), 1, x.cols()});
      }
    }
  }
  void merge(const each_row& other) { this->merge_each(other, "each_row", "rows"); }
};

/// An observer for each column of batches that all have as many columns. Memory: an observer a column; where observers want more
/// than a range of each batch, sixteen columns of the batch besides.
template <observer O>
class each_column : public isa_detail::observers<O> {
 public:
  explicit each_column(const O& first = O{}) : isa_detail::observers<O>(first) {}

  void observe(matrix_view<const float> x) {
    if (x.empty()) {
      return;
    }
    this->sized(x.cols(), "each_column", "columns");
    if constexpr (range_observer<O>) {
      const std::vector<range> ranges = ranges_of_columns(x, "each_column");
      for (std::size_t k = 0; k < x.cols(); ++k) {
        this->each_[k].observe_range(ranges[k], x.rows());
      }
    } else {
      expects_valid(x, "each_column", "x");
      expects_finite(x, "each_column");
      std::vector<float> columns(panel_columns * x.rows());
      for (std::size_t k = 0; k < x.cols(); k += panel_columns) {
        const std::size_t count = std::min(panel_columns, x.cols() - k);
        for (std::size_t row = 0; row < x.rows(); ++row) {
          for (std::size_t j = 0; j < count; ++j) {
            columns[j * x.rows() + row] = x(row, k + j);
          }
        }
        for (std::size_t j = 0; j < count; ++j) {
          this->each_[k + j].observe({columns.data() + j * x.rows(), 1, x.rows()});
        }
      }
    }
  }
  void merge(const each_column& other) { this->merge_each(other, "each_column", "columns"); }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
