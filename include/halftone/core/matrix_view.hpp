// SPDX-License-Identifier: MIT
// Halftone: a view of a row-major matrix, shaped so that std::mdspan can take its place.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace halftone::inline v0_1 {

/// Rows and columns, in elements.
struct matrix_shape {
  std::size_t rows = 0;
  std::size_t cols = 0;
  friend bool operator==(const matrix_shape&, const matrix_shape&) = default;
};

/// `rows` rows of `cols` elements; row i starts at data + i * stride. Strides are in elements.
template <class T>
class matrix_view {
 public:
  using element_type = T;

  constexpr matrix_view() = default;
  constexpr matrix_view(T* data, std::size_t rows, std::size_t cols) : matrix_view(data, rows, cols, cols) {}
  constexpr matrix_view(T* data, std::size_t rows, std::size_t cols, std::size_t stride)
      : data_(data), shape_{rows, cols}, stride_(stride) {}

  /// A view of mutable elements is also a view of constant ones.
  constexpr operator matrix_view<const T>() const  // NOLINT: implicit on purpose
    requires(!std::is_const_v<T>)
  {
    return {data_, shape_.rows, shape_.cols, stride_};
  }

  [[nodiscard]] constexpr T* data() const noexcept { return data_; }
  [[nodiscard]] constexpr matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] constexpr std::size_t rows() const noexcept { return shape_.rows; }
  [[nodiscard]] constexpr std::size_t cols() const noexcept { return shape_.cols; }
  [[nodiscard]] constexpr std::size_t stride() const noexcept { return stride_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return shape_.rows == 0 || shape_.cols == 0; }

  [[nodiscard]] constexpr T* row_data(std::size_t i) const noexcept { return data_ + i * stride_; }
  [[nodiscard]] constexpr std::span<T> row(std::size_t i) const noexcept { return {row_data(i), shape_.cols}; }
  [[nodiscard]] constexpr T& operator()(std::size_t i, std::size_t j) const noexcept { return row_data(i)[j]; }

 private:
  T* data_ = nullptr;
  matrix_shape shape_{};
  std::size_t stride_ = 0;
};

}  // namespace halftone::inline v0_1

// Kernels call these: in the namespace of the instruction set, no other object gets its copies.
namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Checks that a matrix fits into memory, so that no size or index of it wraps.
/// @param bytes  of a row
inline void expects_memory(matrix_shape shape, std::size_t bytes, std::string_view what) {
  expects(saturated_product(shape.rows, bytes) <= static_cast<std::size_t>(PTRDIFF_MAX), what, ": [", shape.rows, ", ",
          shape.cols, "] is more than memory can hold");
}

/// Checks that a view can be read: a pointer where there are elements, a stride of at least a row, and an end in memory.
/// @param entry_point,argument  named in the message
template <class T>
void expects_valid(const matrix_view<T>& view, std::string_view entry_point, std::string_view argument) {
  expects(view.empty() || view.data() != nullptr, entry_point, ": ", argument, " is null but has shape [", view.rows(),
          ", ", view.cols(), "]");
  expects(view.rows() <= 1 || view.stride() >= view.cols(), entry_point, ": ", argument, " has stride ", view.stride(),
          ", less than its ", view.cols(), " columns");
  const std::size_t before_last = view.empty() ? 0 : saturated_product(view.rows() - 1, view.stride());
  expects(saturated_product(saturated_sum(before_last, view.cols()), sizeof(T)) <= static_cast<std::size_t>(PTRDIFF_MAX) ||
              view.empty(),
          entry_point, ": ", argument, " has shape [", view.rows(), ", ", view.cols(), "] and stride ", view.stride(),
          ", more than memory can hold");
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA

namespace halftone::inline v0_1 {

namespace detail {

/// Where the elements of a view lie: rows of `length` bytes, `stride` bytes from one to the next.
struct byte_rows {
  std::uintptr_t begin = 0;
  std::size_t rows = 0;
  std::size_t length = 0;
  std::size_t stride = 0;

  [[nodiscard]] bool empty() const noexcept { return rows == 0 || length == 0; }
  [[nodiscard]] std::uintptr_t end() const noexcept { return begin + (rows - 1) * stride + length; }
};

template <class T>
[[nodiscard]] HALFTONE_INLINE byte_rows byte_rows_of(const matrix_view<T>& view) noexcept {
  return {reinterpret_cast<std::uintptr_t>(view.data()), view.rows(), view.cols() * sizeof(T), view.stride() * sizeof(T)};
}

template <class T>
[[nodiscard]] HALFTONE_INLINE byte_rows byte_rows_of(std::span<T> values) noexcept {
  return {reinterpret_cast<std::uintptr_t>(values.data()), 1, values.size_bytes(), 0};
}

/// Whether two sets of rows of one stride, which `length` does not pass, share a byte; `a` begins first.
[[nodiscard]] HALFTONE_INLINE bool rows_meet(const byte_rows& a, const byte_rows& b) noexcept {
  const std::size_t distance = b.begin - a.begin;
  const std::size_t row = distance / a.stride;  // of a: b's first row begins in it, or behind it and before the next
  const std::size_t column = distance % a.stride;
  return (row < a.rows && column < a.length) || (row + 1 < a.rows && a.stride - column < b.length);
}

}  // namespace detail

/// Whether two views or spans overlap. Exact for views of the same stride in bytes: column slices of one buffer do not
/// overlap where their columns do not. For all others, whether they share any byte between their first and their last.
template <class A, class B>
[[nodiscard]] HALFTONE_INLINE bool overlap(const A& a, const B& b) noexcept {
  const detail::byte_rows x = detail::byte_rows_of(a);
  const detail::byte_rows y = detail::byte_rows_of(b);
  if (x.empty() || y.empty() || x.begin >= y.end() || y.begin >= x.end()) {
    return false;
  }
  if (x.stride != y.stride || x.length > x.stride || y.length > y.stride) {
    return true;
  }
  return x.begin <= y.begin ? detail::rows_meet(x, y) : detail::rows_meet(y, x);
}

}  // namespace halftone::inline v0_1
