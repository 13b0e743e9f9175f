// SPDX-License-Identifier: MIT
// Halftone: how much scratch memory a multiplication needs, and where it comes from.
#pragma once

#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/executor.hpp>
#include <halftone/gemm/float_gemm.hpp>
#include <halftone/gemm/integer_gemm.hpp>
#include <halftone/tensor/weight_operand.hpp>

namespace halftone::inline v0_1 {

/// An operand whose 8-bit multiplications are integer dot products: a packed matrix of codes that are integers.
template <class Operand>
concept integer_operand = requires { typename Operand::scheme_type; Operand::kind; } &&
                          (Operand::kind == packing::codes) && has_integer_path<typename Operand::scheme_type>;

/// What the activations of a call are before the kernel sees them.
enum class activation_kind {
  floats,
  codes,
  dynamic,
  bfloat16s,
  dynamic_bfloat16s,
  grouped_codes,              ///< with a scale a group
  dynamic_groups,             ///< with a scale a group, quantized inside the call
  dynamic_groups_bfloat16s,   ///< the same, from bfloat16
};

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Sizes of the pieces of a call's workspace, in bytes.
struct gemm_pieces {
  std::size_t block_rows = 0;   ///< rows of activations at a time
  std::size_t widened = 0;      ///< bfloat16 activations as floats
  std::size_t codes = 0;        ///< activations quantized inside the call
  std::size_t groups = 0;       ///< scales of groups of activations
  std::size_t prepared = 0;     ///< activations in kernel order
  std::size_t task = 0;         ///< sums and strips of one task
  std::size_t tasks = 1;
  [[nodiscard]] constexpr std::size_t total() const noexcept {
    return saturated_sum(saturated_sum(saturated_sum(64, widened), saturated_sum(codes, groups)),
                         saturated_sum(prepared, saturated_product(task, tasks)));
  }
};

template <class Operand>
[[nodiscard]] constexpr gemm_pieces pieces_of(activation_kind kind, std::size_t m, const Operand& w,
                                              std::size_t concurrency) noexcept {
  using Arch = default_arch;
  const matrix_shape shape = w.shape();
  gemm_pieces p{.block_rows = std::min(m, kernel_constants<Arch>::block_rows)};
  p.tasks = std::max<std::size_t>(std::min(concurrency, panel_count(shape.rows)), 1);
  const std::size_t rows = p.block_rows;
  const std::size_t values = saturated_product(rows, shape.cols);
  if (kind == activation_kind::grouped_codes || kind == activation_kind::dynamic_groups ||
      kind == activation_kind::dynamic_groups_bfloat16s) {
    std::size_t groups = shape.cols;  // no more than there are values
    if constexpr (integer_operand<Operand>) {
      groups = w.geometry().groups;  // those of activations are whole groups of weights
    }
    p.groups = saturated_product(2, scratch::bytes_of<float>(saturated_product(rows, groups)));
    kind = kind == activation_kind::grouped_codes    ? activation_kind::codes
           : kind == activation_kind::dynamic_groups ? activation_kind::dynamic
                                                     : activation_kind::dynamic_bfloat16s;
  }
  if (kind == activation_kind::bfloat16s || kind == activation_kind::dynamic_bfloat16s) {
    p.widened = scratch::bytes_of<float>(values);
    kind = kind == activation_kind::bfloat16s ? activation_kind::floats : activation_kind::dynamic;
  }
  if (kind == activation_kind::dynamic) {
    p.codes = saturated_sum(scratch::bytes_of<std::uint8_t>(values), 2 * scratch::bytes_of<float>(rows));
  }
  if constexpr (integer_operand<Operand>) {
    if (kind != activation_kind::floats) {
      using block = integer_block<Arch, Operand>;
      p.prepared = prepared_activations<dot_of<Arch, Operand>::format>::workspace_bytes(rows, w.geometry());
      p.task = block::workspace_bytes(rows, w.geometry());
      return p;
    }
  }
  if (kind != activation_kind::floats) {
    p.prepared = saturated_sum(scratch::bytes_of<float>(values), scratch::bytes_of<float>(rows));
  }
  p.task = float_block<Arch, Operand>::workspace_bytes(rows);
  return p;
}

/// Bytes that `context::workspace` needs for a multiplication of m rows; any alignment.
/// @param kind         activation_kind::floats for float activations, dynamic for `dynamic<...>(x)`, bfloat16s and
///                     dynamic_bfloat16s where x is bfloat16, codes for the others; with a scale a group grouped_codes,
///                     dynamic_groups and dynamic_groups_bfloat16s
/// @return             a constant where w is one, such as a constexpr `packed_view`; a size that no memory has where it
///                     does not fit std::size_t
/// @param concurrency  that of the context's executor; 1 without one
template <weight_operand Operand>
[[nodiscard]] constexpr std::size_t gemm_workspace_bytes(activation_kind kind, std::size_t m, const Operand& w,
                                                         std::size_t concurrency = 1) noexcept {
  return pieces_of(kind, m, w, concurrency).total();
}

/// The caller's workspace if there is one (large enough, or an error), else memory of this call's own.
class call_workspace {
 public:
  call_workspace(const context& use, std::size_t bytes) : span_(use.workspace) {
    if (use.workspace.empty()) {
      own_ = aligned_buffer<std::byte>(bytes);
      span_ = own_.span();
    }
    expects(span_.size() >= bytes, "gemm: the workspace has ", span_.size(), " bytes, this call needs ", bytes);
  }
  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return span_; }

 private:
  aligned_buffer<std::byte> own_;
  std::span<std::byte> span_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
