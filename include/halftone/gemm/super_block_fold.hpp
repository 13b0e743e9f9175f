// SPDX-License-Identifier: MIT
// Halftone: the end of a group whose scale is an integer under the float of its super-block: sums stay integers until the
// super-block ends.
#pragma once

#include <halftone/gemm/group_fold.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <class Arch, class Packed, std::size_t Panels, template <class, class> class Token>
class super_block_fold : public group_fold<Arch, Packed, Panels, Token> {
  using base = group_fold<Arch, Packed, Panels, Token>;
  using typename base::activations;
  using typename base::floats;
  using typename base::ints;
  using typename base::Scheme;
  static constexpr std::size_t groups_of_block = super_block_groups<Scheme>;

 public:
  HALFTONE_INLINE super_block_fold(const Packed& w, const activations& a, std::size_t panel, std::size_t group, std::size_t row,
                                   const fold_memory& memory) noexcept
      : base(w, a, panel, group, row, memory),
        planes_(w.super_blocks()),
        at_group_((panel * w.geometry().groups + group) * panel_columns),
        at_block_((panel * planes_.blocks + group / groups_of_block) * panel_columns),
        in_block_(group % groups_of_block),
        left_(w.geometry().groups - group),
        blocks_(memory.blocks) {}

  HALFTONE_INLINE void next() noexcept {
    base::next();
    at_group_ += panel_columns;
    --left_;
    if (++in_block_ == groups_of_block) {
      in_block_ = 0;
      at_block_ += panel_columns;
    }
  }

  /// What all rows share: the integers of the group, and the zero points beside them.
  struct integer_parameters {
    ints scale;
    [[no_unique_address]] typename panel_parameters<Arch, Scheme>::zero_points zero_point;
  };
  [[nodiscard]] HALFTONE_INLINE integer_parameters of_panel(std::size_t p) const noexcept {
    return {load_levels<Arch, packs_signed_levels<typename Scheme::scale_storage>>(planes_.scales.data() + at_group_ +
                                                                                   p * this->panel_stride_),
            this->zero_point_of(p)};
  }

  HALFTONE_INLINE void operator()(std::size_t row, std::size_t p, const integer_parameters& parameters,
                                  ints sum) const noexcept {
    std::int32_t* block = fresh(blocks_) + (row * Panels + p) * panel_columns;
    sum = this->centred(row, p, sum, parameters.zero_point, this->activation_sum(row)) * parameters.scale;
    (sum + ints::load(block)).store(block);
  }

  /// Where the super-block ends: its integers go into the chains, and are 0 again.
  template <std::size_t Rows>
  HALFTONE_INLINE void ended() const noexcept {
    if (in_block_ + 1 == groups_of_block || left_ == 1) {
      for (std::size_t p = 0; p < Panels; ++p) {
        end_block(p, std::make_index_sequence<Rows>{});
      }
    }
  }

 private:
  template <std::size_t... Row>
  HALFTONE_INLINE void end_block(std::size_t p, std::index_sequence<Row...>) const noexcept {
    const std::size_t at = at_block_ + p * planes_.blocks * panel_columns;
    const floats scale = floats::load(planes_.float_scales.data() + at);
    if constexpr (Scheme::has_offset) {
      const floats offset = floats::load(planes_.float_offsets.data() + at);
      ints sums[sizeof...(Row)] = {((void)Row, ints::broadcast(0))...};
      for (std::size_t back = 0; back <= in_block_; ++back) {  // integer offset times sum of activations
        const ints offsets = load_levels<Arch, packs_signed_levels<typename Scheme::offset_storage>>(
            planes_.offsets.data() + at_group_ + p * this->panel_stride_ - back * panel_columns);
        ((sums[Row] = sums[Row] + offsets * ints::broadcast(*(this->sums_ + Row * this->groups_ - back))), ...);
      }
      (end_row(Row, p, scale, [&](floats acc) HALFTONE_INLINE_LAMBDA {
         return fused(to_float(sums[Row]), this->token_.scaled(offset, Row), acc);
       }), ...);
    } else {
      (end_row(Row, p, scale, [](floats acc) HALFTONE_INLINE_LAMBDA { return acc; }), ...);
    }
  }
  template <class AddOffset>
  HALFTONE_INLINE void end_row(std::size_t row, std::size_t p, floats scale, const AddOffset& add_offset) const noexcept {
    std::int32_t* block = fresh(blocks_) + (row * Panels + p) * panel_columns;
    float* chain = fresh(this->chains_) + (row * Panels + p) * panel_columns;
    const floats acc = fused(to_float(ints::load(block)), this->token_.scaled(scale, row), floats::load(chain));
    add_offset(acc).store(chain);
    ints::broadcast(0).store(block);
  }

  const super_block_planes& planes_;
  std::size_t at_group_;  // in planes of integers, of the tile's first panel
  std::size_t at_block_;  // in planes of floats
  std::size_t in_block_;  // which group of its super-block
  std::size_t left_;      // groups from here to the end of k
  std::int32_t* blocks_;
};

namespace isa_detail {
template <class Arch, class Packed, std::size_t Panels, template <class, class> class Token>
struct fold_of {
  using type = group_fold<Arch, Packed, Panels, Token>;
};
template <class Arch, class Packed, std::size_t Panels, template <class, class> class Token>
  requires(super_block_groups<typename Packed::scheme_type> != 0)
struct fold_of<Arch, Packed, Panels, Token> {
  using type = super_block_fold<Arch, Packed, Panels, Token>;
};
}  // namespace isa_detail

/// What happens at the end of a group: with one scale a token, and with a scale for each group of its values.
template <class Arch, class Packed, std::size_t Panels>
using token_fold = typename isa_detail::fold_of<Arch, Packed, Panels, whole_token>::type;
template <class Arch, class Packed, std::size_t Panels>
using token_group_fold = typename isa_detail::fold_of<Arch, Packed, Panels, groups_of_token>::type;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
