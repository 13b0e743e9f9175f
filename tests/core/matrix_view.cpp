// SPDX-License-Identifier: MIT
// Halftone tests: strided views, their validity, and overlap.
#include <halftone/core/matrix_view.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

using halftone::matrix_shape;
using halftone::matrix_view;

TEST_CASE("a view addresses rows by its stride") {
  std::vector<float> data(3 * 7);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<float>(i);
  }
  const matrix_view<float> view(data.data(), 3, 5, 7);
  CHECK(view.shape() == matrix_shape{3, 5});
  CHECK(view.rows() == 3);
  CHECK(view.cols() == 5);
  CHECK(view.stride() == 7);
  CHECK(view.data() == data.data());
  CHECK(view(2, 4) == 18.0f);
  CHECK(view.row(1).size() == 5);
  CHECK(view.row(1)[0] == 7.0f);
  CHECK(view.row_data(2) == data.data() + 14);
  view(0, 0) = -1.0f;
  CHECK(data[0] == -1.0f);
}

TEST_CASE("without a stride rows are adjacent") {
  std::array<int, 6> data{};
  CHECK(matrix_view<int>(data.data(), 2, 3).stride() == 3);
}

TEST_CASE("a mutable view converts to a constant one, and not back") {
  static_assert(std::is_convertible_v<matrix_view<float>, matrix_view<const float>>);
  static_assert(!std::is_convertible_v<matrix_view<const float>, matrix_view<float>>);
  std::array<float, 4> data{1, 2, 3, 4};
  const matrix_view<const float> view = matrix_view<float>(data.data(), 1, 2, 4);
  CHECK(view.stride() == 4);
  CHECK(view(0, 1) == 2.0f);
}

TEST_CASE("a view without rows or columns is empty") {
  CHECK(matrix_view<float>().empty());
  CHECK(matrix_view<float>(nullptr, 0, 5).empty());
  CHECK(matrix_view<float>(nullptr, 5, 0).empty());
  std::array<float, 1> one{};
  CHECK_FALSE(matrix_view<float>(one.data(), 1, 1).empty());
}

TEST_CASE("a valid view has a pointer where it has elements, and a stride of a row") {
  std::array<float, 12> data{};
  const auto check = [](matrix_view<const float> v) { halftone::expects_valid(v, "test", "w"); };
  CHECK_NOTHROW(check({data.data(), 3, 4}));
  CHECK_NOTHROW(check({nullptr, 0, 4}));
  CHECK_NOTHROW(check({nullptr, 3, 0}));
  CHECK_NOTHROW(check({data.data(), 1, 12, 0}));  // the stride of a single row is never used
  CHECK_THROWS_WITH_AS(check({nullptr, 3, 4}), "test: w is null but has shape [3, 4]", halftone::error);
  CHECK_THROWS_WITH_AS(check({data.data(), 2, 4, 3}), "test: w has stride 3, less than its 4 columns", halftone::error);
}

TEST_CASE("views of different strides, and spans, overlap where their byte extents share a byte") {
  std::array<float, 24> data{};
  float* p = data.data();
  const auto view = [](float* at, std::size_t rows, std::size_t cols, std::size_t stride) {
    return matrix_view<const float>(at, rows, cols, stride);
  };
  CHECK(halftone::overlap(view(p, 2, 4, 4), view(p, 2, 4, 4)));
  CHECK(halftone::overlap(view(p, 2, 4, 4), view(p + 7, 1, 4, 4)));
  CHECK_FALSE(halftone::overlap(view(p, 2, 4, 4), view(p + 8, 1, 4, 4)));
  CHECK_FALSE(halftone::overlap(view(p + 8, 1, 4, 4), view(p, 2, 4, 4)));
  CHECK(halftone::overlap(view(p, 2, 4, 8), view(p + 4, 1, 4, 4)));  // between the rows: within first and last byte
  CHECK_FALSE(halftone::overlap(view(p, 2, 4, 8), view(p + 12, 1, 4, 4)));  // the last row ends after its columns
  CHECK_FALSE(halftone::overlap(view(p, 0, 4, 4), view(p, 2, 4, 4)));  // nothing shares nothing
  CHECK(halftone::overlap(view(p, 1, 4, 4), std::span<const float>(p + 3, 2)));
  CHECK_FALSE(halftone::overlap(view(p, 1, 4, 4), std::span<const float>(p + 4, 2)));
}

TEST_CASE("column slices of one buffer overlap where their columns do") {
  std::array<float, 40> data{};
  float* p = data.data();
  const auto slice = [&](std::size_t column, std::size_t cols) { return matrix_view<float>(p + column, 4, cols, 10); };
  CHECK_FALSE(halftone::overlap(slice(0, 4), slice(4, 6)));
  CHECK_FALSE(halftone::overlap(slice(4, 6), slice(0, 4)));
  CHECK_FALSE(halftone::overlap(slice(2, 3), slice(8, 1)));
  CHECK(halftone::overlap(slice(0, 5), slice(4, 6)));
  CHECK(halftone::overlap(slice(4, 6), slice(0, 5)));
  CHECK(halftone::overlap(slice(0, 10), slice(5, 1)));
  // Strides are compared in bytes: bytes beside floats are slices of the same buffer.
  auto* bytes = reinterpret_cast<std::uint8_t*>(p);
  CHECK_FALSE(halftone::overlap(slice(0, 4), matrix_view<std::uint8_t>(bytes + 16, 4, 24, 40)));
  CHECK(halftone::overlap(slice(0, 4), matrix_view<std::uint8_t>(bytes + 15, 4, 24, 40)));
  CHECK(halftone::overlap(slice(0, 4), matrix_view<std::uint8_t>(bytes + 16, 4, 24, 30)));  // another stride: in doubt, yes
}

TEST_CASE("views of one stride overlap exactly where they share a byte") {
  using bytes = matrix_view<const std::uint8_t>;
  const std::array<std::uint8_t, 64> data{};
  const auto holds = [&](const bytes& v, std::size_t byte) {
    for (std::size_t row = 0; row < v.rows(); ++row) {
      const auto first = static_cast<std::size_t>(v.row_data(row) - data.data());
      if (byte >= first && byte < first + v.cols()) {
        return true;
      }
    }
    return false;
  };
  std::size_t wrong = 0;
  std::size_t apart = 0;
  for (const std::size_t stride : {1, 2, 5}) {
    std::vector<bytes> views;
    for (std::size_t begin = 0; begin < 2 * stride + 2; ++begin) {
      for (std::size_t rows = 1; rows <= 4; ++rows) {
        for (std::size_t cols = 1; cols <= stride; ++cols) {
          views.emplace_back(data.data() + begin, rows, cols, stride);
        }
      }
    }
    for (const bytes& a : views) {
      for (const bytes& b : views) {
        bool shared = false;
        for (std::size_t byte = 0; byte < data.size() && !shared; ++byte) {
          shared = holds(a, byte) && holds(b, byte);
        }
        wrong += halftone::overlap(a, b) != shared ? 1u : 0u;
        apart += shared ? 0u : 1u;
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(apart > 0);
}
