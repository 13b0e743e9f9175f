// SPDX-License-Identifier: MIT
// Halftone: one parameter (scale or offset) for each group, kept as the scheme's storage says.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/element/bit_packing.hpp>
#include <halftone/scheme/storage.hpp>

#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace halftone::inline v0_1 {

template <class Scheme>
class quantized_matrix;

/// How the bytes of a plane are to be read by whoever saves them.
enum class plane_type { bytes, fp32, fp16, bf16, int32, int64 };

/// A plane of parameters, row-major in the granularity's parameter shape.
template <storage_policy Storage>
class parameter_plane;

template <class Element>
class parameter_plane<stored_as<Element>> {
 public:
  parameter_plane() = default;
  explicit parameter_plane(matrix_shape shape) : shape_(shape) {
    expects_memory(shape, saturated_product(shape.cols, bytes), "parameter_plane");
    codes_.resize(shape.rows * shape.cols * bytes);
  }

  [[nodiscard]] matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t size() const noexcept { return shape_.rows * shape_.cols; }
  /// Bytes that this plane takes in a file.
  [[nodiscard]] std::size_t byte_count() const noexcept { return codes_.size(); }

  [[nodiscard]] HALFTONE_INLINE float at(std::size_t group) const noexcept {
    return Element{}.decode(read_code<8 * bytes>(codes_.data(), group));
  }
  /// Encodes and stores one parameter. Returns what was stored: `at(group)` from now on.
  HALFTONE_INLINE float set(std::size_t group, float value) noexcept {
    const std::uint32_t code = Element{}.encode(value);
    write_code<8 * bytes>(codes_.data(), group, code);
    return Element{}.decode(code);
  }
  /// The same for parameters that follow each other: what was stored takes the place of `values`. Sixteen are encoded in lanes.
  HALFTONE_INLINE void set_all(std::size_t group, std::span<float> values) noexcept {
    constexpr std::size_t lanes = 16;
    std::size_t first = 0;
    for (; first + lanes <= values.size(); first += lanes) {
      set_lanes<lanes>(group + first, values.data() + first);
    }
    for (; first < values.size(); ++first) {
      values[first] = set(group + first, values[first]);
    }
  }

  /// Parameters that follow each other: `at(group)`, `at(group + 1)`, ... Sixteen are decoded in lanes.
  HALFTONE_INLINE void get_all(std::size_t group, std::span<float> values) const noexcept {
    constexpr std::size_t lanes = 16;
    std::size_t first = 0;
    for (; first + lanes <= values.size(); first += lanes) {
      get_lanes<lanes>(group + first, values.data() + first);
    }
    for (; first < values.size(); ++first) {
      values[first] = at(group + first);
    }
  }

  /// Visits (name, type, rows, cols, bytes) of what a file has to hold.
  template <class Visitor>
  void for_each_plane(const std::string& name, Visitor&& visit) {
    visit(name, type(), shape_.rows, type() == plane_type::bytes ? shape_.cols * bytes : shape_.cols,
          std::span<std::uint8_t>(codes_));
  }

 private:
  static constexpr std::size_t bytes = stored_as<Element>::bytes;
  using word = std::conditional_t<bytes == 4, std::uint32_t, std::conditional_t<bytes == 2, std::uint16_t, std::uint8_t>>;

  template <std::size_t Lanes>
  HALFTONE_INLINE void get_lanes(std::size_t group, float* values) const noexcept {
    word words[Lanes];
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(words, codes_.data() + group * bytes, sizeof words);
    } else {
      for (std::size_t i = 0; i < Lanes; ++i) {
        words[i] = static_cast<word>(read_code<8 * bytes>(codes_.data(), group + i));
      }
    }
#pragma GCC unroll 1  // unrolled loops are not computed in lanes
    for (std::size_t i = 0; i < Lanes; ++i) {
      values[i] = Element{}.decode(words[i]);
    }
  }
  template <std::size_t Lanes>
  HALFTONE_INLINE void set_lanes(std::size_t group, float* values) noexcept {
    std::uint32_t codes[Lanes];
#pragma GCC unroll 1  // unrolled loops are not computed in lanes
    for (std::size_t i = 0; i < Lanes; ++i) {
      codes[i] = Element{}.encode(values[i]);
    }
#pragma GCC unroll 1
    for (std::size_t i = 0; i < Lanes; ++i) {
      values[i] = Element{}.decode(codes[i]);
    }
    if constexpr (std::endian::native == std::endian::little) {
      word words[Lanes];
#pragma GCC unroll 1
      for (std::size_t i = 0; i < Lanes; ++i) {
        words[i] = static_cast<word>(codes[i]);
      }
      std::memcpy(codes_.data() + group * bytes, words, sizeof words);
    } else {
      for (std::size_t i = 0; i < Lanes; ++i) {
        write_code<8 * bytes>(codes_.data(), group + i, codes[i]);
      }
    }
  }
  [[nodiscard]] static constexpr plane_type type() noexcept {
    return std::is_same_v<Element, fp32>   ? plane_type::fp32
           : std::is_same_v<Element, fp16> ? plane_type::fp16
           : std::is_same_v<Element, bf16> ? plane_type::bf16
                                           : plane_type::bytes;
  }

  matrix_shape shape_{};
  std::vector<std::uint8_t> codes_;  // little-endian codes, so that files need no conversion on any host
};

template <class Scheme>
class parameter_plane<quantized_again<Scheme>> {
 public:
  parameter_plane() = default;
  explicit parameter_plane(matrix_shape shape) : matrix_(shape) {}

  [[nodiscard]] matrix_shape shape() const noexcept { return matrix_.shape(); }
  [[nodiscard]] std::size_t size() const noexcept { return shape().rows * shape().cols; }
  [[nodiscard]] std::size_t byte_count() const noexcept { return matrix_.byte_count(); }

  [[nodiscard]] float at(std::size_t group) const {
    return matrix_.value_at(group / shape().cols, group % shape().cols);
  }
  /// The quantized matrix that holds the parameters.
  [[nodiscard]] const quantized_matrix<Scheme>& matrix() const noexcept { return matrix_; }
  [[nodiscard]] quantized_matrix<Scheme>& matrix() noexcept { return matrix_; }

  template <class Visitor>
  void for_each_plane(const std::string& name, Visitor&& visit) {
    matrix_.for_each_plane(name, visit);
  }

 private:
  quantized_matrix<Scheme> matrix_{};
};

}  // namespace halftone::inline v0_1
