// SPDX-License-Identifier: MIT
// Halftone: a view of a row-major matrix, shaped so that std::mdspan can take its place.
#pragma once

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

/// Checks that a view can be read: a pointer where there are elements, and a stride of at least a row.
/// @param entry_point,argument  named in the message
template <class T>
void expects_valid(const matrix_view<T>& view, std::string_view entry_point, std::string_view argument) {
  expects(view.empty() || view.data() != nullptr, entry_point, ": ", argument, " is null but has shape [", view.rows(),
          ", ", view.cols(), "]");
  expects(view.rows() <= 1 || view.stride() >= view.cols(), entry_point, ": ", argument, " has stride ", view.stride(),
          ", less than its ", view.cols(), " columns");
}

namespace detail {

struct byte_extent {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

template <class T>
[[nodiscard]] byte_extent extent_of(const matrix_view<T>& view) noexcept {
  if (view.empty()) {
    return {};
  }
  return {reinterpret_cast<std::uintptr_t>(view.data()),
          reinterpret_cast<std::uintptr_t>(view.row_data(view.rows() - 1) + view.cols())};
}

template <class T>
[[nodiscard]] byte_extent extent_of(std::span<T> values) noexcept {
  return {reinterpret_cast<std::uintptr_t>(values.data()),
          reinterpret_cast<std::uintptr_t>(values.data() + values.size())};
}

}  // namespace detail

/// Whether two views or spans share any byte between their first and their last.
template <class A, class B>
[[nodiscard]] bool overlap(const A& a, const B& b) noexcept {
  const auto x = detail::extent_of(a);
  const auto y = detail::extent_of(b);
  return x.begin < y.end && y.begin < x.end;
}

}  // namespace halftone::inline v0_1
