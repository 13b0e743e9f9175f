// SPDX-License-Identifier: MIT
// Halftone: a quantized matrix: a shape, a scheme, a plane of canonical codes and planes of parameters.
#pragma once

#include <halftone/scheme/scheme.hpp>
#include <halftone/tensor/parameter_plane.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace halftone::inline v0_1 {

/// A matrix [rows, cols] of codes with the parameters of their groups, in canonical order: what files hold and what
/// algorithms edit. Kernels multiply with `pack(q)`.
///
///   codes        rows of `row_bytes()` bytes: a little-endian bit stream a row (`bit_packing.hpp`), or units
///   scales       where the mapping has a scale:  one a group, in the scheme's scale storage
///   offsets      where the mapping has an offset: one a group, in the scheme's offset storage
///   zero points  where the mapping has one: levels of the element, packed like codes, a row of the parameter shape a row
///
/// Cost: value semantics; copies copy all planes.
template <class Scheme>
class quantized_matrix {
 public:
  using scheme_type = Scheme;
  using element_type = typename Scheme::element_type;
  static constexpr unsigned bits = element_type::bits;

  quantized_matrix() = default;

  /// All codes and parameters zero.
  explicit quantized_matrix(matrix_shape shape, Scheme s = {})
      : shape_(expects_size(shape)),
        scheme_(std::move(s)),
        row_bytes_(row_bytes_of<element_type>(shape.cols)),
        codes_(shape.rows * row_bytes_) {
    const matrix_shape parameters = scheme_.granularity.parameter_shape(shape);
    group_count_ = parameters.rows * parameters.cols;
    if constexpr (Scheme::has_scale) {
      scales_ = scale_plane_type(parameters);
    }
    if constexpr (Scheme::has_offset) {
      offsets_ = offset_plane_type(parameters);
    }
    if constexpr (Scheme::has_zero_point) {
      zero_point_row_bytes_ = ceil_div(parameters.cols * bits, 8);
      zero_points_.resize(parameters.rows * zero_point_row_bytes_);
    }
    parameter_shape_ = parameters;
  }

  [[nodiscard]] matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t rows() const noexcept { return shape_.rows; }
  [[nodiscard]] std::size_t cols() const noexcept { return shape_.cols; }
  [[nodiscard]] const Scheme& scheme() const noexcept { return scheme_; }
  [[nodiscard]] Scheme& scheme() noexcept { return scheme_; }

  /// Number of groups, and their arrangement in the parameter planes.
  [[nodiscard]] std::size_t group_count() const noexcept { return group_count_; }
  [[nodiscard]] matrix_shape parameter_shape() const noexcept { return parameter_shape_; }
  [[nodiscard]] std::size_t group_of(std::size_t row, std::size_t k) const noexcept {
    return scheme_.granularity.group_of(row, k, shape_);
  }

  /// Canonical codes: all rows, one row.
  [[nodiscard]] std::size_t row_bytes() const noexcept { return row_bytes_; }
  [[nodiscard]] std::span<std::uint8_t> codes() noexcept { return codes_; }
  [[nodiscard]] std::span<const std::uint8_t> codes() const noexcept { return codes_; }
  [[nodiscard]] std::span<std::uint8_t> row_codes(std::size_t row) noexcept {
    return {codes_.data() + row * row_bytes_, row_bytes_};
  }
  [[nodiscard]] std::span<const std::uint8_t> row_codes(std::size_t row) const noexcept {
    return {codes_.data() + row * row_bytes_, row_bytes_};
  }
  /// Gives up the code plane (a packed matrix holds the codes elsewhere), and takes it back, all zero.
  void drop_codes() noexcept { std::vector<std::uint8_t>().swap(codes_); }
  void restore_codes() { codes_.assign(shape_.rows * row_bytes_, 0); }
  /// The code of one weight.
  [[nodiscard]] HALFTONE_INLINE std::uint32_t code_at(std::size_t row, std::size_t k) const noexcept
    requires scalar_element<element_type>
  {
    return read_code<bits>(codes_.data() + row * row_bytes_, k);
  }

  /// Parameters of one group. Members that the mapping does not use have their neutral value.
  [[nodiscard]] HALFTONE_INLINE float scale_at(std::size_t group) const {
    if constexpr (Scheme::has_scale) {
      return scales_.at(group);
    } else {
      return 1.0f;
    }
  }
  [[nodiscard]] HALFTONE_INLINE float offset_at(std::size_t group) const {
    if constexpr (Scheme::has_offset) {
      return offsets_.at(group);
    } else {
      return 0.0f;
    }
  }
  [[nodiscard]] HALFTONE_INLINE std::int32_t zero_point_at(std::size_t group) const noexcept {
    if constexpr (Scheme::has_zero_point) {
      const std::uint8_t* row = zero_points_.data() + group / parameter_shape_.cols * zero_point_row_bytes_;
      return element_type::level_of(read_code<bits>(row, group % parameter_shape_.cols));
    } else {
      return 0;
    }
  }
  [[nodiscard]] HALFTONE_INLINE group_parameters parameters_at(std::size_t group) const {
    return {.scale = scale_at(group), .zero_point = zero_point_at(group), .offset = offset_at(group)};
  }

  /// Stores the zero point of a group whose bits are still zero.
  HALFTONE_INLINE void set_zero_point(std::size_t group, std::int32_t level) noexcept {
    if constexpr (Scheme::has_zero_point) {
      std::uint8_t* row = zero_points_.data() + group / parameter_shape_.cols * zero_point_row_bytes_;
      write_code<bits>(row, group % parameter_shape_.cols, element_type::code_of(level));
    }
  }

  /// Stores the zero points of groups that follow each other in a row of the parameter shape, whatever was there before.
  /// @param group   the first; its place in the row is a multiple of 8, or the only one
  /// @param codes   the element's code of each, in a byte
  HALFTONE_INLINE void set_zero_points(std::size_t group, std::span<const std::uint8_t> codes) noexcept {
    if constexpr (Scheme::has_zero_point) {
      std::uint8_t* row = zero_points_.data() + group / parameter_shape_.cols * zero_point_row_bytes_;
      pack_codes<bits>(codes.data(), codes.size(), row + group % parameter_shape_.cols * bits / 8);
    }
  }
  /// Clears all zero points, so that `set_zero_point` may store new ones.
  HALFTONE_INLINE void clear_zero_points() noexcept { std::fill(zero_points_.begin(), zero_points_.end(), std::uint8_t{0}); }

  /// The planes themselves, for code that fills them.
  [[nodiscard]] auto& scale_plane() noexcept { return scales_; }
  [[nodiscard]] const auto& scale_plane() const noexcept { return scales_; }
  [[nodiscard]] auto& offset_plane() noexcept { return offsets_; }
  [[nodiscard]] const auto& offset_plane() const noexcept { return offsets_; }

  /// The real number of one weight. Cost: decodes a whole unit where the element has units.
  [[nodiscard]] float value_at(std::size_t row, std::size_t k) const {
    const group_parameters p = parameters_at(group_of(row, k));
    if constexpr (unit_element<element_type>) {
      constexpr std::size_t dimension = element_type::dimension;
      const std::size_t unit = k / dimension;
      const std::size_t count = std::min(dimension, shape_.cols - unit * dimension);
      std::array<float, dimension> values{};
      scheme_.element.decode_unit(
          row_codes(row).subspan(unit * element_type::unit_bytes(dimension), element_type::unit_bytes(count)),
          std::span<float>(values.data(), count), unit_position{row, unit * dimension});
      return scheme_.real(values[k % dimension], p);
    } else {
      return scheme_.real(scheme_.element.decode(code_at(row, k)), p);
    }
  }

  /// Bytes of all planes as files hold them, tables and permutations included.
  [[nodiscard]] std::size_t byte_count() const {
    std::size_t sum = 0;
    const_cast<quantized_matrix*>(this)->for_each_plane(
        "", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
          sum += bytes.size();
        });
    return sum;
  }
  /// 8 * byte_count() / (rows * cols); everything stored is counted.
  [[nodiscard]] double bits_per_weight() const {
    return shape_.rows * shape_.cols == 0
               ? 0.0
               : 8.0 * static_cast<double>(byte_count()) / static_cast<double>(shape_.rows * shape_.cols);
  }

  /// Visits (name, type, rows, cols, bytes) of every plane, in a fixed order. Names are `prefix` + ".codes", ".scale",
  /// ".zero_point", ".offset"; planes quantized again have a second suffix. Policies that hold run-time data contribute
  /// through a member `for_each_plane(visit)` that calls visit(name, span of float, std::int32_t or std::uint8_t).
  template <class Visitor>
  void for_each_plane(const std::string& prefix, Visitor&& visit) {
    visit(prefix + ".codes", plane_type::bytes, shape_.rows, row_bytes_, std::span<std::uint8_t>(codes_));
    if constexpr (Scheme::has_scale) {
      scales_.for_each_plane(prefix + ".scale", visit);
    }
    if constexpr (Scheme::has_zero_point) {
      visit(prefix + ".zero_point", plane_type::bytes, parameter_shape_.rows, zero_point_row_bytes_,
            std::span<std::uint8_t>(zero_points_));
    }
    if constexpr (Scheme::has_offset) {
      offsets_.for_each_plane(prefix + ".offset", visit);
    }
    visit_policy(scheme_.element, prefix, visit);
    visit_policy(scheme_.granularity, prefix, visit);
  }

 private:
  /// A row's bits can be counted, and the rows fit into memory. (Units of more than 8 bits a weight are checked by vector.)
  static matrix_shape expects_size(matrix_shape shape) {
    expects(shape.cols <= largest_size / 64, "quantized_matrix: a row of ", shape.cols, " weights is too long");
    expects_memory(shape, row_bytes_of<element_type>(shape.cols), "quantized_matrix");
    return shape;
  }

  struct none {};
  using scale_plane_type =
      typename std::conditional_t<Scheme::has_scale, std::type_identity<parameter_plane<typename Scheme::scale_storage>>,
                                  std::type_identity<none>>::type;
  using offset_plane_type =
      typename std::conditional_t<Scheme::has_offset,
                                  std::type_identity<parameter_plane<typename Scheme::offset_storage>>,
                                  std::type_identity<none>>::type;

  template <class Policy, class Visitor>
  static void visit_policy(Policy& policy, const std::string& prefix, Visitor& visit) {
    auto one = [&](const std::string& name, auto values) {
      using Value = typename decltype(values)::element_type;
      static_assert(std::is_same_v<Value, float> || std::is_same_v<Value, std::int32_t> ||
                        std::is_same_v<Value, std::uint8_t>,
                    "for_each_plane: a policy's plane is a span of float, std::int32_t or std::uint8_t");
      constexpr plane_type type = std::is_same_v<Value, float>          ? plane_type::fp32
                                  : std::is_same_v<Value, std::int32_t> ? plane_type::int32
                                                                        : plane_type::bytes;
      visit(prefix + "." + name, type, std::size_t{1}, values.size(),
            std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(values.data()), values.size_bytes()));
    };
    if constexpr (requires { policy.for_each_plane(one); }) {
      policy.for_each_plane(one);
    }
  }

  matrix_shape shape_{};
  matrix_shape parameter_shape_{};
  [[no_unique_address]] Scheme scheme_{};
  std::size_t row_bytes_ = 0;
  std::size_t zero_point_row_bytes_ = 0;
  std::size_t group_count_ = 0;
  std::vector<std::uint8_t> codes_;
  std::vector<std::uint8_t> zero_points_;
  [[no_unique_address]] scale_plane_type scales_{};
  [[no_unique_address]] offset_plane_type offsets_{};
};

}  // namespace halftone::inline v0_1
