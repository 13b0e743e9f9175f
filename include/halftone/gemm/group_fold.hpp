// SPDX-License-Identifier: MIT
// Halftone: the end of a group: zero points folded into its integer sums, then one fused step on each output's float chain.
#pragma once

#include <halftone/gemm/dot_weights.hpp>
#include <halftone/gemm/prepared_activations.hpp>
#include <halftone/simd/parameter_columns.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// The bias of weights that goes into prepared sums: where nothing else needs the sums, otherwise 0 for "as they are".
template <class Arch, class Packed>
inline constexpr std::int32_t folded_bias =
    Packed::scheme_type::has_zero_point || Packed::scheme_type::has_offset ? 0 : dot_weights_of<Arch, Packed>::bias;

/// What prepared sums and scales are multiplied by.
template <class Arch, class Packed>
inline constexpr weight_fold folded{.sums = folded_bias<Arch, Packed> == 0 ? 1 : folded_bias<Arch, Packed>,
                                    .unit = level_unit<typename Packed::scheme_type>};

/// Weights of the group at hand: counted only where sums of levels must become sums of weights.
template <bool Counts>
class group_weights {
 public:
  HALFTONE_INLINE group_weights(const panel_geometry& g, std::size_t group) noexcept
      : run_(g.run), left_(g.k - g.group_begin(group)) {}
  HALFTONE_INLINE void next() noexcept { left_ -= std::min(run_, left_); }
  [[nodiscard]] HALFTONE_INLINE std::int32_t count() const noexcept { return static_cast<std::int32_t>(std::min(run_, left_)); }

 private:
  std::size_t run_;
  std::size_t left_;
};
template <>
class group_weights<false> {
 public:
  HALFTONE_INLINE group_weights(const panel_geometry&, std::size_t) noexcept {}
  HALFTONE_INLINE void next() noexcept {}
};

/// Where a tile keeps what it sums.
struct fold_memory {
  float* chains;         ///< [rows][panels][16]: the float chains of the tile
  std::int32_t* blocks;  ///< likewise: integers of the super-block at hand
};

/// The scale of a token where it is one number, and waits for the end of the multiplication.
template <class Arch, class Activations>
struct whole_token {
  HALFTONE_INLINE whole_token(const Activations&, std::size_t, std::size_t) noexcept {}
  HALFTONE_INLINE void next() noexcept {}
  [[nodiscard]] HALFTONE_INLINE float_columns<Arch> scaled(float_columns<Arch> parameter, std::size_t) const noexcept {
    return parameter;
  }
};

/// Scales of groups of a token: multiplied by the parameters of the weights.
template <class Arch, class Activations>
class groups_of_token {
 public:
  HALFTONE_INLINE groups_of_token(const Activations& a, std::size_t row, std::size_t group) noexcept
      : scales_(a.group_scales + row * a.groups + group), groups_(a.groups) {}
  HALFTONE_INLINE void next() noexcept { ++scales_; }
  [[nodiscard]] HALFTONE_INLINE float_columns<Arch> scaled(float_columns<Arch> parameter, std::size_t row) const noexcept {
    return product(parameter, float_columns<Arch>::broadcast(scales_[row * groups_]));
  }

 private:
  const float* scales_;  // of the tile's first row; rows follow at groups_
  std::size_t groups_;
};

/// What a scheme has not.
struct no_parameters {
  HALFTONE_INLINE explicit no_parameters(const void*) noexcept {}
};

/// Zero points of a panel and group.
template <class Arch, bool Signed>
struct shared_zero_points {
  int_columns<Arch> columns;
  HALFTONE_INLINE explicit shared_zero_points(const std::uint8_t* codes) noexcept : columns(load_levels<Arch, Signed>(codes)) {}
};

/// Of a panel and group, what all rows of a tile need.
template <class Arch, class Scheme>
struct panel_parameters {
  using zero_points = std::conditional_t<Scheme::has_zero_point,
                                         shared_zero_points<Arch, packs_signed_bytes<typename Scheme::element_type>>, no_parameters>;
  using offsets = std::conditional_t<Scheme::has_offset, shared_parameters<Arch, packed_offset<Scheme>>, no_parameters>;
  shared_parameters<Arch, packed_scale<Scheme>> scale;
  [[no_unique_address]] zero_points zero_point;
  [[no_unique_address]] offsets offset;
};

/// Walks from group to group beside a tile of `Panels` panels; called with the finished sums of (row of the tile, panel).
/// @tparam Token  `whole_token` or `groups_of_token`
template <class Arch, class Packed, std::size_t Panels, template <class, class> class Token>
class group_fold {
 protected:
  using Scheme = typename Packed::scheme_type;
  using activations = prepared_activations<dot_of<Arch, Packed>::format>;
  using weights = dot_weights_of<Arch, Packed>;
  using floats = float_columns<Arch>;
  using ints = int_columns<Arch>;

 public:
  /// @param group  the first group
  /// @param row    row of the block that is row 0 of the tile
  HALFTONE_INLINE group_fold(const Packed& w, const activations& a, std::size_t panel, std::size_t group, std::size_t row,
                             const fold_memory& memory) noexcept
      : token_(a, row, group),
        weights_(w.geometry(), group),
        scales_(w.scales(panel, group)),
        zero_points_(Scheme::has_zero_point ? w.zero_points(panel, group) : nullptr),
        offsets_(Scheme::has_offset ? w.offsets(panel, group) : nullptr),
        code_sums_(w.code_sums(panel, group)),
        panel_stride_(w.geometry().groups * panel_columns),
        zeros_(a.has_zeros ? a.zeros + row : nullptr),
        sums_(a.sums + row * a.groups + group),
        groups_(a.groups),
        chains_(memory.chains) {}

  HALFTONE_INLINE void next() noexcept {
    token_.next();
    weights_.next();
    scales_ += panel_columns;
    zero_points_ += Scheme::has_zero_point ? panel_columns : 0;
    offsets_ += Scheme::has_offset ? panel_columns : 0;
    code_sums_ += panel_columns;
    ++sums_;
  }

  [[nodiscard]] HALFTONE_INLINE panel_parameters<Arch, Scheme> of_panel(std::size_t p) const noexcept {
    using parameters = panel_parameters<Arch, Scheme>;
    const std::size_t at = p * panel_stride_;
    return {decltype(parameters::scale)(scales_ + at), zero_point_of(p), decltype(parameters::offset)(offsets_ + at)};
  }

  HALFTONE_INLINE void operator()(std::size_t row, std::size_t p, const panel_parameters<Arch, Scheme>& parameters,
                                  ints sum) const noexcept {
    const std::int32_t of_activations = activation_sum(row);
    sum = centred(row, p, sum, parameters.zero_point, of_activations);
    float* chain = fresh(chains_) + (row * Panels + p) * panel_columns;
    floats acc = fused(to_float(sum), token_.scaled(parameters.scale.columns(), row), floats::load(chain));
    if constexpr (Scheme::has_offset) {
      acc = fused(floats::broadcast(static_cast<float>(of_activations)), token_.scaled(parameters.offset.columns(), row), acc);
    }
    acc.store(chain);
  }

  /// The sums of all rows and panels of the tile were taken.
  template <std::size_t Rows>
  HALFTONE_INLINE void ended() const noexcept {}

 protected:
  [[nodiscard]] HALFTONE_INLINE auto zero_point_of(std::size_t p) const noexcept {
    return typename panel_parameters<Arch, Scheme>::zero_points(zero_points_ + p * panel_stride_);
  }
  [[nodiscard]] HALFTONE_INLINE std::int32_t activation_sum(std::size_t row) const noexcept { return sums_[row * groups_]; }
  /// The sum with all zero points folded in: sum of (level - zero point) * (a - a's zero point), modulo 2^32.
  template <class ZeroPoint>
  [[nodiscard]] HALFTONE_INLINE ints centred(std::size_t row, std::size_t p, ints sum, const ZeroPoint& zero_point,
                                             std::int32_t of_activations) const noexcept {
    if constexpr (Scheme::has_zero_point) {
      sum = sum - zero_point.columns * ints::broadcast(of_activations);
    } else if constexpr (folded_bias<Arch, Packed> != 0) {
      sum = sum - ints::broadcast(of_activations);
    } else if constexpr (weights::bias != 0) {
      sum = sum - ints::broadcast(static_cast<std::int32_t>(static_cast<std::uint32_t>(weights::bias) *
                                                           static_cast<std::uint32_t>(of_activations)));  // modulo 2^32
    }
    if (zeros_ != nullptr) [[unlikely]] {
      ints of_weights = ints::load(code_sums_ + p * panel_stride_);
      if constexpr (!weights::are_codes && weights::bias != 0) {
        of_weights = of_weights + ints::broadcast(weights::bias * weights_.count());
      }
      sum = sum - of_weights * ints::broadcast(zeros_[row]);
    }
    return sum;
  }

  [[no_unique_address]] Token<Arch, activations> token_;
  [[no_unique_address]] group_weights<!weights::are_codes && weights::bias != 0> weights_;
  const packed_scale<Scheme>* scales_;  // of the tile's first panel; panels follow at panel_stride_
  const std::uint8_t* zero_points_;
  const packed_offset<Scheme>* offsets_;
  const std::int32_t* code_sums_;
  std::size_t panel_stride_;
  const std::int32_t* zeros_;  // prepared codes of real zero, or null where all are 0
  const std::int32_t* sums_;   // of the tile's first row; rows follow at groups_
  std::size_t groups_;
  float* chains_;
};

/// The same for results that stay integers: keeps the centred sums of the only group instead of a float chain.
template <class Arch, class Packed, std::size_t Panels>
class integer_fold : public group_fold<Arch, Packed, Panels, whole_token> {
 public:
  using group_fold<Arch, Packed, Panels, whole_token>::group_fold;

  HALFTONE_INLINE void operator()(std::size_t row, std::size_t p,
                                  const panel_parameters<Arch, typename Packed::scheme_type>& parameters,
                                  int_columns<Arch> sum) const noexcept {
    auto* kept = reinterpret_cast<std::int32_t*>(this->chains_) + (row * Panels + p) * panel_columns;
    this->centred(row, p, sum, parameters.zero_point, this->activation_sum(row)).store(kept);
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
