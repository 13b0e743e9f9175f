// SPDX-License-Identifier: MIT
// Halftone: probe: 4-bit weights plus the 1 % of largest magnitude as sparse floats, multiplied as one operand.
#include "probe.hpp"

#include <functional>

namespace {

/// Rows of (column, value), columns ascending: row i has the entries starts[i] .. starts[i + 1] - 1.
struct sparse_part {
  halftone::matrix_shape size;
  std::vector<std::int32_t> starts;
  std::vector<std::int32_t> columns;
  std::vector<float> values;

  [[nodiscard]] halftone::matrix_shape shape() const noexcept { return size; }

  /// v[j] = fused(x_k, value, v[j]), k ascending, for the outputs (row, column + j).
  void add_correction(const halftone::activation_rows& x, std::size_t row, std::size_t column,
                      std::span<float> outputs) const noexcept {
    for (std::size_t j = 0; j < outputs.size(); ++j) {
      for (auto i = static_cast<std::size_t>(starts[column + j]); i < static_cast<std::size_t>(starts[column + j + 1]);
           ++i) {
        outputs[j] = halftone::fused(x.value(row, static_cast<std::size_t>(columns[i])), values[i], outputs[j]);
      }
    }
  }

  /// Takes the values of at least `smallest` in magnitude out of w.
  static sparse_part take(halftone::matrix_view<float> w, float smallest) {
    sparse_part s{w.shape(), {0}, {}, {}};
    for (std::size_t i = 0; i < w.rows(); ++i) {
      for (std::size_t k = 0; k < w.cols(); ++k) {
        if (halftone::magnitude(w(i, k)) >= smallest) {
          s.columns.push_back(static_cast<std::int32_t>(k));
          s.values.push_back(std::exchange(w(i, k), 0.0f));
        }
      }
      s.starts.push_back(static_cast<std::int32_t>(s.columns.size()));
    }
    return s;
  }
};

/// The activations of a call as the correction sees them, and what has to live while it does.
struct seen_activations {
  halftone::quantized_activations<halftone::int8_per_token> codes;
  halftone::activation_rows rows;
  explicit seen_activations(halftone::matrix_view<const float> x) : rows(x) {}
  explicit seen_activations(const halftone::dynamic_activations<halftone::int8_per_token>& x)
      : codes(halftone::quantize_activations<halftone::int8_per_token>(x.values)), rows(codes.view()) {}
};

/// What the operand has to give: dense products, then the correction, then the epilogue, one output at a time.
void multiply_plainly(const auto& x, const auto& dense, const sparse_part& sparse, halftone::matrix_view<float> y,
                      const auto& finish) {
  halftone::reference::gemm(x, dense, y);
  const seen_activations seen(x);
  for (std::size_t i = 0; i < y.rows(); ++i) {
    for (std::size_t j = 0; j < y.cols(); ++j) {
      sparse.add_correction(seen.rows, i, j, {&y(i, j), 1});
      y(i, j) = finish.apply(y(i, j), halftone::tile_position{i, j, 1});
    }
  }
}

std::span<const std::uint8_t> bytes_of(const auto& values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(values[0])};
}

TEST_CASE("a dense and a sparse part multiply as one operand") {
  constexpr std::size_t rows = 37, cols = 200;
  std::vector<float> w = probe::gaussian(rows * cols, 12);
  for (float& x : w) {
    x = x * x * x;  // long tails: what a sparse part is for
  }
  const std::vector<float> whole = w;
  std::vector<float> sizes(w.size());
  std::transform(w.begin(), w.end(), sizes.begin(), [](float x) { return halftone::magnitude(x); });
  std::nth_element(sizes.begin(), sizes.begin() + 73, sizes.end(), std::greater<>{});
  const sparse_part sparse = sparse_part::take({w.data(), rows, cols}, sizes[73]);
  REQUIRE(sparse.values.size() == rows * cols / 100);

  // 200 weights a row: 100 bytes of codes and 7 scales of 2 bytes
  const auto dense = probe::check<halftone::int4_g32>({w.data(), rows, cols}, 0.05, 8.0 * 114 / cols);
  double error = 0.0, error_without = 0.0;
  const std::vector<float> real = probe::dequantized(dense);
  const std::vector<float> real_without =
      probe::dequantized(halftone::quantize<halftone::int4_g32>({whole.data(), rows, cols}));
  for (std::size_t i = 0; i < w.size(); ++i) {
    error += std::pow(static_cast<double>(w[i] - real[i]), 2.0);
    error_without += std::pow(static_cast<double>(whole[i] - real_without[i]), 2.0);
  }
  CHECK(error < 0.7 * error_without);

  const auto packed = halftone::pack(dense);
  const auto operand = halftone::composite(packed, sparse);
  REQUIRE(operand.shape() == packed.shape());
  probe::check_gemm(
      rows, cols, [&](const auto& x, auto y, const auto& finish) { halftone::gemm(x, operand, y, finish); },
      [&](const auto& x, auto y, const auto& finish) { multiply_plainly(x, dense, sparse, y, finish); });
}

TEST_CASE("one file holds a dense and a sparse part") {
  std::vector<float> w = probe::gaussian(9 * 64, 13);
  const sparse_part sparse = sparse_part::take({w.data(), 9, 64}, 2.5f);
  const auto dense = halftone::quantize<halftone::int4_g32>({w.data(), 9, 64});
  const probe::temporary_file path("sparse");
  halftone::safetensors_writer writer;
  halftone::save(writer, "layer", dense);
  using type = halftone::safetensors_type;
  writer.add("layer.sparse.starts", type::I32, {sparse.starts.size()}, bytes_of(sparse.starts));
  writer.add("layer.sparse.columns", type::I32, {sparse.columns.size()}, bytes_of(sparse.columns));
  writer.add("layer.sparse.values", type::F32, {sparse.values.size()}, bytes_of(sparse.values));
  REQUIRE(writer.write(path.path()).has_value());

  const auto file = halftone::safetensors_file::open(path.path());
  REQUIRE(file.has_value());
  probe::require_same_planes(halftone::load<halftone::int4_g32>(file.value(), "layer").value(), dense, "load");
  REQUIRE(std::ranges::equal(file.value().find("layer.sparse.starts")->bytes, bytes_of(sparse.starts)));
  REQUIRE(std::ranges::equal(file.value().find("layer.sparse.columns")->bytes, bytes_of(sparse.columns)));
  REQUIRE(std::ranges::equal(file.value().find("layer.sparse.values")->bytes, bytes_of(sparse.values)));
}

}  // namespace
