// SPDX-License-Identifier: MIT
// Halftone example: matrices of a GGUF file, each with the scheme of its own type.
#pragma once

#include "linear.hpp"

#include <halftone/io/gguf_type.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace llama {

/// What happens to an output of a matrix before it is stored, chosen at run time: one kernel serves all three.
struct finish {
  enum class step { store, add, gate } what = step::store;
  halftone::matrix_view<const float> other{};

  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const halftone::tile_position& at) const noexcept {
    switch (what) {
      case step::add:
        return halftone::residual{other}.apply(value, at);
      case step::gate:
        return gated_by{other}.apply(value, at);
      case step::store:
        break;
    }
    return value;
  }
  void expects_shape(halftone::matrix_shape output) const {
    halftone::expects(what == step::store || other.shape() == output, "finish: the other matrix is [", other.rows(), ", ",
                      other.cols(), "], the output [", output.rows, ", ", output.cols, "]");
  }
};
static_assert(halftone::epilogue_stage<finish>);

/// Activations as int8 with a scale for each run of values, as long a run as a type of matrices wants. Quantized when a
/// matrix asks for it, once for all that ask for the same length.
class grouped_codes {
 public:
  grouped_codes(halftone::matrix_view<const float> x, const halftone::context& context) : x_(x), context_(context) {}

  [[nodiscard]] halftone::matrix_view<const float> floats() const noexcept { return x_; }

  template <std::size_t Length>
  [[nodiscard]] const auto& of() const {
    using scheme = halftone::int8_per_token_group<Length>;
    auto& kept = std::get<std::optional<halftone::grouped_activations<scheme>>>(kept_);
    if (!kept) {
      kept = halftone::quantize_activations<scheme>(x_, context_);
    }
    return *kept;
  }

 private:
  template <std::size_t Length>
  using optional_codes = std::optional<halftone::grouped_activations<halftone::int8_per_token_group<Length>>>;

  halftone::matrix_view<const float> x_;
  const halftone::context& context_;
  mutable std::tuple<optional_codes<32>, optional_codes<64>, optional_codes<128>, optional_codes<256>> kept_;
};

/// Activations for matrices of several types: see linear.hpp.
struct grouped_activations {
  [[nodiscard]] static grouped_codes prepare(halftone::matrix_view<const float> x, const halftone::context& context) {
    return {x, context};
  }
};

/// A matrix in kernel order, whatever its scheme.
class any_matrix {
 public:
  using floats = halftone::matrix_view<const float>;
  using codes = grouped_codes;

  virtual ~any_matrix() = default;
  any_matrix(const any_matrix&) = delete;
  any_matrix& operator=(const any_matrix&) = delete;

  virtual void multiply(const floats& x, halftone::matrix_view<float> y, const finish& last,
                        const halftone::context& context) const = 0;
  virtual void multiply(const codes& x, halftone::matrix_view<float> y, const finish& last,
                        const halftone::context& context) const = 0;
  [[nodiscard]] virtual std::size_t streamed_bytes() const = 0;

 protected:
  any_matrix() = default;
};

/// What a type of GGUF tensors can do here. Compiled once for each type, in ggml/.
struct matrix_type {
  halftone::gguf_tensor_type type{};
  std::size_t block = 1;  ///< a row is a whole number of them
  std::size_t block_bytes = 0;
  std::size_t activations = 0;  ///< how many int8 activations share a scale beside it; 0: they stay floats
  /// Packs the blocks of a matrix; its stored codes are what is multiplied.
  std::unique_ptr<any_matrix> (*pack)(std::span<const std::uint8_t> blocks, halftone::matrix_shape shape);
  /// The floats of one row.
  void (*decode_row)(std::span<const std::uint8_t> blocks, std::span<float> row);
  /// Blocks of floats, by ggml's encoder.
  std::vector<std::uint8_t> (*encode)(halftone::matrix_view<const float> w);

  [[nodiscard]] std::size_t row_bytes(std::size_t cols) const noexcept { return cols / block * block_bytes; }
};

/// All types, by their numbers in files.
[[nodiscard]] std::span<const matrix_type* const> matrix_types();

/// The entry of a type; null if this program has no kernel for it.
[[nodiscard]] const matrix_type* find_matrix_type(halftone::gguf_tensor_type type);

/// "Q4_0, Q4_1, ...".
[[nodiscard]] std::string names_of_matrix_types();

/// A linear layer like `linear<Scheme>`.
class any_linear {
 public:
  any_linear() = default;
  any_linear(const matrix_type& type, std::span<const std::uint8_t> blocks, halftone::matrix_shape shape)
      : matrix_(type.pack(blocks, shape)), shape_(shape), file_bytes_(blocks.size()) {}

  template <class X>
  void operator()(const X& x, halftone::matrix_view<float> y, const halftone::epilogue<>&,
                  const halftone::context& context) const {
    matrix_->multiply(x, y, finish{}, context);
  }
  template <class X>
  void operator()(const X& x, halftone::matrix_view<float> y, const halftone::epilogue<halftone::residual>& last,
                  const halftone::context& context) const {
    matrix_->multiply(x, y, finish{finish::step::add, std::get<0>(last.stages).values}, context);
  }
  template <class X>
  void operator()(const X& x, halftone::matrix_view<float> y, const halftone::epilogue<gated_by>& last,
                  const halftone::context& context) const {
    matrix_->multiply(x, y, finish{finish::step::gate, std::get<0>(last.stages).gate}, context);
  }

  [[nodiscard]] halftone::matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t file_bytes() const noexcept { return file_bytes_; }
  [[nodiscard]] std::size_t streamed_bytes() const { return matrix_->streamed_bytes(); }

 private:
  std::unique_ptr<any_matrix> matrix_;
  halftone::matrix_shape shape_{};
  std::size_t file_bytes_ = 0;
};

}  // namespace llama
