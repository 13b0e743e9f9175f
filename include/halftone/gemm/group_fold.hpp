// SPDX-License-Identifier: MIT
// Halftone: the end of a group: zero points folded into its integer sums, then one fused step on each output's float chain.
#pragma once

#include <halftone/gemm/packed_matrix.hpp>
#include <halftone/gemm/prepared_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// What packing added to the levels of symmetric codes.
template <class Scheme>
inline constexpr std::int32_t packing_bias = packed_bias<typename Scheme::element_type>();

/// The factor of prepared sums: the bias where nothing else needs the sums, otherwise 0 for "as they are".
template <class Scheme>
inline constexpr std::int32_t folded_bias = Scheme::has_zero_point || Scheme::has_offset ? 0 : packing_bias<Scheme>;

/// What prepared sums are multiplied by.
template <class Scheme>
inline constexpr std::int32_t sums_factor = folded_bias<Scheme> == 0 ? 1 : folded_bias<Scheme>;

/// Walks from group to group beside a tile of `Panels` panels; called with the finished sums of (row of the tile, panel).
template <class Arch, class Packed, std::size_t Panels>
class group_fold {
  using Scheme = typename Packed::scheme_type;
  using activations = prepared_activations<dot<Arch, Packed::bits>::format>;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;

 public:
  /// @param group   the first group
  /// @param row     row of the block that is row 0 of the tile
  /// @param chains  [rows][Panels][16]: the float chains of the tile
  HALFTONE_INLINE group_fold(const Packed& w, const activations& a, std::size_t panel, std::size_t group, std::size_t row,
                             float* chains) noexcept
      : scales_(w.scales(panel, group)),
        zero_points_(Scheme::has_zero_point ? w.zero_points(panel, group) : nullptr),
        offsets_(Scheme::has_offset ? w.offsets(panel, group) : nullptr),
        code_sums_(w.code_sums(panel, group)),
        panel_stride_(w.geometry().groups * panel_columns),
        zeros_(a.has_zeros ? a.zeros + row : nullptr),
        sums_(a.sums + row * a.groups + group),
        groups_(a.groups),
        chains_(chains) {}

  HALFTONE_INLINE void next() noexcept {
    scales_ += panel_columns;
    zero_points_ += Scheme::has_zero_point ? panel_columns : 0;
    offsets_ += Scheme::has_offset ? panel_columns : 0;
    code_sums_ += panel_columns;
    ++sums_;
  }

  HALFTONE_INLINE void operator()(std::size_t row, std::size_t p, ints sum) const noexcept {
    const std::int32_t of_activations = activation_sum(row);
    sum = centred(row, p, sum, of_activations);
    float* chain = fresh(chains_ + (row * Panels + p) * panel_columns);
    floats acc = fused(to_float(sum), scales(p), floats::load(chain));
    if constexpr (Scheme::has_offset) {
      acc = fused(floats::broadcast(static_cast<float>(of_activations)), offsets(p), acc);
    }
    acc.store(chain);
  }

 protected:
  /// Scales and offsets of a panel's columns.
  [[nodiscard]] HALFTONE_INLINE floats scales(std::size_t p) const noexcept {
    return floats::load(fresh(scales_ + p * panel_stride_));
  }
  [[nodiscard]] HALFTONE_INLINE floats offsets(std::size_t p) const noexcept {
    return floats::load(fresh(offsets_ + p * panel_stride_));
  }
  [[nodiscard]] HALFTONE_INLINE std::int32_t activation_sum(std::size_t row) const noexcept { return sums_[row * groups_]; }
  /// The sum with all zero points folded in: sum of (level - zero point) * (a - a's zero point), modulo 2^32.
  [[nodiscard]] HALFTONE_INLINE ints centred(std::size_t row, std::size_t p, ints sum,
                                             std::int32_t of_activations) const noexcept {
    if constexpr (Scheme::has_zero_point) {
      sum = sum - ints::load(zero_points_ + p * panel_stride_) * ints::broadcast(of_activations);
    } else if constexpr (folded_bias<Scheme> != 0) {
      sum = sum - ints::broadcast(of_activations);
    } else if constexpr (packing_bias<Scheme> != 0) {
      sum = sum - ints::broadcast(packing_bias<Scheme> * of_activations);
    }
    if (zeros_ != nullptr) [[unlikely]] {
      sum = sum - ints::load(code_sums_ + p * panel_stride_) * ints::broadcast(zeros_[row]);
    }
    return sum;
  }

  /// A pointer that compilers take for another one each time: chains and scales are then read from the cache where they lie.
  /// Kept from row to row or from group to group, they would go through the stack, for the sums of a tile need the registers.
  template <class T>
  [[nodiscard]] HALFTONE_INLINE static T* fresh(T* values) noexcept {
#if defined(__GNUC__)
    asm("" : "+r"(values));
#endif
    return values;
  }

 private:
  const float* scales_;  // of the tile's first panel; panels follow at panel_stride_
  const std::int32_t* zero_points_;
  const float* offsets_;
  const std::int32_t* code_sums_;
  std::size_t panel_stride_;
  const std::int32_t* zeros_;  // prepared codes of real zero, or null where all are 0
  const std::int32_t* sums_;   // of the tile's first row; rows follow at groups_

 protected:
  std::size_t groups_;
  float* chains_;
};

/// The same for results that stay integers: keeps the centred sums of the only group instead of a float chain.
template <class Arch, class Packed, std::size_t Panels>
class integer_fold : public group_fold<Arch, Packed, Panels> {
 public:
  using group_fold<Arch, Packed, Panels>::group_fold;

  HALFTONE_INLINE void operator()(std::size_t row, std::size_t p, int_columns<Arch> sum) const noexcept {
    auto* kept = reinterpret_cast<std::int32_t*>(this->chains_) + (row * Panels + p) * panel_columns;
    this->centred(row, p, sum, this->activation_sum(row)).store(kept);
  }
};

/// The same for activations with a scale a group: both scales are multiplied before they meet the sum.
template <class Arch, class Packed, std::size_t Panels>
class token_group_fold : public group_fold<Arch, Packed, Panels> {
  using base = group_fold<Arch, Packed, Panels>;
  using activations = prepared_activations<dot<Arch, Packed::bits>::format>;
  using Scheme = typename Packed::scheme_type;
  using floats = float_columns<Arch>;

 public:
  HALFTONE_INLINE token_group_fold(const Packed& w, const activations& a, std::size_t panel, std::size_t group, std::size_t row,
                                   float* chains) noexcept
      : base(w, a, panel, group, row, chains), group_scales_(a.group_scales + row * a.groups + group) {}

  HALFTONE_INLINE void next() noexcept {
    base::next();
    ++group_scales_;
  }

  HALFTONE_INLINE void operator()(std::size_t row, std::size_t p, int_columns<Arch> sum) const noexcept {
    const std::int32_t of_activations = this->activation_sum(row);
    const floats scale = floats::broadcast(group_scales_[row * this->groups_]);
    float* chain = base::fresh(this->chains_ + (row * Panels + p) * panel_columns);
    floats acc = fused(to_float(this->centred(row, p, sum, of_activations)), product(this->scales(p), scale),
                       floats::load(chain));
    if constexpr (Scheme::has_offset) {
      acc = fused(floats::broadcast(static_cast<float>(of_activations)), product(this->offsets(p), scale), acc);
    }
    acc.store(chain);
  }

 private:
  const float* group_scales_;  // of the tile's first row; rows follow at groups_
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
