// SPDX-License-Identifier: MIT
// Halftone: the scale of every group, of several multiples of what the mapping says: for tables and block formats, whose levels are not
// evenly spaced (NF4's absmax, MXFP4's powers of two, NVFP4's e4m3 scales under one float).
// Cook et al., "Four Over Six", arXiv:2512.02010, tries two of them: the maximum at level 6 or 4.
#pragma once

#include <halftone/ptq/objective.hpp>
#include <halftone/quantize/quantize.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// NVFP4's two: the largest value is level 6, or level 4.
inline constexpr std::array<float, 2> four_or_six{1.0f, 1.5f};

/// An estimator: the mapping's parameters with their scale times 1, from, ..., to in `steps` steps; the least error as stored, on a tie
/// the first. Never worse than `min_max`. Where scales are quantized again, `sweep_scales` knows how they will be stored.
/// Cost: steps + 2 passes.
struct scale_sweep {
  float from = 0.6f;
  float to = 1.5f;
  unsigned steps = 45;
  std::span<const float> factors{};  ///< these in the place of the steps

  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const noexcept {
    return fit(values, std::span<const float>(), s);
  }
  template <scheme_type Scheme>
    requires scalar_element<typename Scheme::element_type>
  [[nodiscard]] group_parameters fit(std::span<const float> values, std::span<const float> importance, const Scheme& s) const noexcept {
    best_parameters<Scheme> tried(values, importance, s);
    const group_parameters plain = s.mapping.choose(range_of(values), s.element);
    group_parameters last = plain;
    bool usable = tried.attempt(last);
    for (std::size_t i = 0; i < count(); ++i) {
      group_parameters p = plain;
      p.scale = product(plain.scale, factor(i));
      const group_parameters stored = as_stored(p, values, s);
      usable = (stored == last ? usable : tried.attempt(p)) || usable;
      last = stored;
    }
    return usable ? tried.best() : plain;
  }

  [[nodiscard]] std::size_t count() const noexcept { return factors.empty() ? std::size_t{steps} + 1 : factors.size(); }
  [[nodiscard]] float factor(std::size_t i) const noexcept {
    return !factors.empty() ? factors[i] : steps == 0 ? from : fused(static_cast<float>(i), (to - from) / static_cast<float>(steps), from);
  }
};

namespace detail {

/// The parameter that a nested matrix keeps for this one under its own parameters, which stay; and its code.
template <class Nested>
[[nodiscard]] std::pair<float, std::uint32_t> nested_value(const quantized_matrix<Nested>& plane, std::size_t index, float value) {
  const std::size_t cols = plane.cols(), row = index / cols, k = index % cols;
  const group_parameters p = plane.parameters_at(plane.group_of(row, k));
  const std::uint32_t code = encode_value(value, p, Nested::factor_of(p), plane.scheme(), index);
  return {plane.scheme().real(plane.scheme().element.decode(code), p), code};
}

}  // namespace detail

/// `quantize` with a scale_sweep, for schemes whose scales are quantized again. The outer scales hold the largest multiple that may be
/// chosen; then every group takes the nested code with the least error.
/// @throws     what `quantize` throws
/// @par Cost   count() + 2 passes; one set of parameters a group is allocated
template <scheme_type Scheme>
  requires(Scheme::equation == equation::scaled && halftone::detail::is_quantized_again<typename Scheme::scale_storage> &&
           scalar_element<typename Scheme::element_type>)
[[nodiscard]] quantized_matrix<Scheme> sweep_scales(matrix_view<const float> w, const scale_sweep& sweep = {}, const Scheme& scheme = {},
                                                    const context& use = {}) {
  expects_valid(w, "sweep_scales", "w");
  quantized_matrix<Scheme> q(w.shape(), scheme);
  std::vector<group_parameters> plain = fit_groups(w, min_max{}, q);
  float largest = 1.0f;
  for (std::size_t i = 0; i < sweep.count(); ++i) {
    largest = maximum(sweep.factor(i), largest);
  }
  std::vector<group_parameters> raised = plain;
  for (group_parameters& p : raised) {
    const float scale = product(p.scale, largest);
    p.scale = is_finite(scale) ? scale : p.scale;
  }
  quantize_into(w, q, given_parameters{raised}, use);

  std::vector<std::vector<float>> groups(q.group_count());
  for (std::size_t row = 0; row < w.rows(); ++row) {
    for (std::size_t k = 0; k < w.cols(); ++k) {
      groups[q.group_of(row, k)].push_back(w(row, k));
    }
  }
  auto& plane = q.scale_plane().matrix();
  std::vector<std::uint32_t> codes(groups.size());
  for_each_row(groups.size(), use, [&](std::size_t g) {
    double least = 0.0;
    float last = 0.0f;
    for (std::size_t i = 0; i <= sweep.count(); ++i) {
      const float wanted = i == 0 ? plain[g].scale : product(plain[g].scale, sweep.factor(i - 1));
      const auto [scale, code] = detail::nested_value(plane, g, wanted);
      if (i == 0 || scale != last) {
        const double error = squared_error_of(std::span<const float>(groups[g]), group_parameters{.scale = scale}, q.scheme());
        if (i == 0 || error < least) {
          least = error;
          codes[g] = code;
        }
      }
      last = scale;
    }
  });
  std::fill(plane.codes().begin(), plane.codes().end(), std::uint8_t{0});
  for (std::size_t g = 0; g < groups.size(); ++g) {
    write_code<std::remove_reference_t<decltype(plane)>::bits>(plane.row_codes(g / plane.cols()).data(), g % plane.cols(), codes[g]);
  }
  for_each_row(w.rows(), use, [&](std::size_t row) { encode_row(w, row, q); });
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
