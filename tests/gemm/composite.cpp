// SPDX-License-Identifier: MIT
// A packed matrix with corrections beside it, and an operand of the user's own.
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/gemm/composite.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;

namespace {

/// Adds amount * x[row, 0] to every output.
struct first_activation {
  float amount;
  void add_correction(const activation_rows& x, std::size_t row, std::size_t, std::span<float> values) const {
    for (float& value : values) {
      value = value + product(amount, x.value(row, 0));
    }
  }
};

/// w[n, k] = n + k, made up as it is asked for.
struct computed_weights {
  matrix_shape size;
  [[nodiscard]] matrix_shape shape() const { return size; }
  [[nodiscard]] packed_layout layout_id() const { return packed_layout::float_lines; }
  void decode_strip(std::size_t panel, std::size_t begin, std::size_t end, float* out) const {
    for (std::size_t k = begin; k < end; ++k) {
      for (std::size_t j = 0; j < panel_columns; ++j) {
        const std::size_t n = panel * panel_columns + j;
        *out++ = n < size.rows ? static_cast<float>(n + k) : 0.0f;
      }
    }
  }
};
static_assert(weight_operand<computed_weights> && !integer_operand<computed_weights>);

}  // namespace

TEST_CASE("corrections are added in order before the epilogue, for every kind of activations") {
  std::vector<float> w(20 * 40);
  std::vector<float> x(3 * 40);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(1, i) - 0.5f;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = random_unit(2, i) - 0.5f;
  }
  const matrix_view<const float> xv(x.data(), 3, 40);
  const auto packed = pack(quantize<int4_g32>({w.data(), 20, 40}));
  const composite both(packed, first_activation{2.0f}, first_activation{-0.5f});
  std::vector<float> plain(3 * 20);
  std::vector<float> corrected(3 * 20);
  const auto check = [&](const auto& activations, const activation_rows& rows) {
    gemm(activations, packed, matrix_view<float>(plain.data(), 3, 20));
    gemm(activations, both, matrix_view<float>(corrected.data(), 3, 20), epilogue{relu{}});
    for (std::size_t i = 0; i < 60; ++i) {
      float expected = plain[i] + product(2.0f, rows.value(i / 20, 0));
      expected = expected + product(-0.5f, rows.value(i / 20, 0));
      CHECK(corrected[i] == (expected > 0.0f ? expected : 0.0f));
    }
  };
  check(xv, activation_rows(xv));
  const auto codes = quantize_activations<int8_per_token>(xv);
  check(codes, activation_rows(codes.view()));
  check(dynamic<int8_per_token>(xv), activation_rows(codes.view()));
}

TEST_CASE("an operand of the user's own multiplies floats and codes") {
  const computed_weights w{{19, 33}};
  std::vector<float> x(5 * 33);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i % 7) - 3.0f;
  }
  std::vector<float> y(5 * 19);
  gemm(matrix_view<const float>(x.data(), 5, 33), w, matrix_view<float>(y.data(), 5, 19));
  for (std::size_t m = 0; m < 5; ++m) {
    for (std::size_t n = 0; n < 19; ++n) {
      float expected = 0.0f;
      for (std::size_t k = 0; k < 33; ++k) {
        expected += x[m * 33 + k] * static_cast<float>(n + k);  // small integers: exact in any order
      }
      CHECK(y[m * 19 + n] == expected);
    }
  }
  std::vector<std::int8_t> codes(5 * 33);
  for (std::size_t i = 0; i < x.size(); ++i) {
    codes[i] = static_cast<std::int8_t>(x[i]);
  }
  std::vector<float> z(5 * 19);
  const group_parameters one{.scale = 1.0f};
  gemm(static_activations(matrix_view<const std::int8_t>(codes.data(), 5, 33), one), w,
       matrix_view<float>(z.data(), 5, 19));
  CHECK(z == y);
}

TEST_CASE("a correction sees the rows of the output, beyond a block of rows, for every kind of activations") {
  struct row_number {
    void add_correction(const activation_rows& x, std::size_t row, std::size_t, std::span<float> values) const {
      for (float& v : values) {
        v += static_cast<float>(row) + x.value(row, 0);
      }
    }
  };
  const std::size_t m = 300, n = 3, k = 8;
  const std::vector<float> weights(n * k, 0.0f);
  const auto w = composite(pack(quantize<int4_g32>({weights.data(), n, k})), row_number{});
  std::vector<float> x(m * k, 0.0f);
  for (std::size_t row = 0; row < m; ++row) {
    x[row * k] = row % 2 == 0 ? 127.0f : -127.0f;  // exact as int8
  }
  const auto check = [&](const auto& activations) {
    std::vector<float> y(m * n);
    gemm(activations, w, matrix_view<float>(y.data(), m, n));
    bool good = true;
    for (std::size_t row = 0; row < m; ++row) {
      good = good && y[row * n + 2] == static_cast<float>(row) + x[row * k];
    }
    CHECK(good);
  };
  const matrix_view<const float> in(x.data(), m, k);
  check(in);
  check(dynamic<int8_per_token>(in));
  check(quantize_activations<int8_per_token>(in));
}
