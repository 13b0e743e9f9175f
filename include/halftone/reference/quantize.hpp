// SPDX-License-Identifier: MIT
// Halftone: the specification of quantize and dequantize, in plain loops.
#pragma once

#include <halftone/scheme/best_of_neighbours.hpp>
#include <halftone/tensor/checks.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

template <scheme_type Scheme, class Estimator = min_max>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Estimator& estimator = {},
                                                const Scheme& scheme = {});

/// Keeps a plane of parameters as its storage says; `again` quantizes the planes that are quantized again.
template <class Element, class Again>
void store_plane(parameter_plane<stored_as<Element>>& plane, matrix_view<const float> values, const Again&) {
  for (std::size_t i = 0; i < plane.size(); ++i) {
    plane.set(i, values.data()[i]);
  }
}
template <scheme_type Nested, class Again>
void store_plane(parameter_plane<quantized_again<Nested>>& plane, matrix_view<const float> values, const Again& again) {
  plane.matrix() = again(values, plane.matrix().scheme());
}

/// Keeps the chosen parameters of every group in q's planes.
template <class Scheme, class Again>
void store_parameters(quantized_matrix<Scheme>& q, const std::vector<group_parameters>& chosen, const Again& again) {
  std::vector<float> column(chosen.size());
  const auto store = [&](auto& plane, float group_parameters::*member) {
    for (std::size_t g = 0; g < chosen.size(); ++g) {
      column[g] = chosen[g].*member;
    }
    store_plane(plane, {column.data(), q.parameter_shape().rows, q.parameter_shape().cols}, again);
  };
  if constexpr (Scheme::has_scale) {
    store(q.scale_plane(), &group_parameters::scale);
  }
  if constexpr (Scheme::has_offset) {
    store(q.offset_plane(), &group_parameters::offset);
  }
  for (std::size_t g = 0; g < chosen.size(); ++g) {
    q.set_zero_point(g, chosen[g].zero_point);
  }
}

/// The scheme that chooses parameters for w: that of the matrix, its mapping prepared.
template <scheme_type Scheme>
[[nodiscard]] Scheme scheme_for(matrix_view<const float> w, const Scheme& s) {
  Scheme prepared = s;
  if constexpr (prepared_mapping<typename Scheme::mapping_type>) {
    prepared.mapping = s.mapping.prepared(w);
  }
  return prepared;
}

/// The parameters of every group, before they are stored; scales of `best_of_neighbours` settled.
template <scheme_type Scheme, class Estimator>
[[nodiscard]] std::vector<group_parameters> fit_groups(matrix_view<const float> w, const Estimator& estimator,
                                                       const quantized_matrix<Scheme>& q) {
  std::vector<std::vector<float>> groups(q.group_count());
  for (std::size_t row = 0; row < w.rows(); ++row) {
    for (std::size_t k = 0; k < w.cols(); ++k) {
      groups[q.group_of(row, k)].push_back(w(row, k));
    }
  }
  const Scheme s = scheme_for(w, q.scheme());
  std::vector<group_parameters> parameters(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if constexpr (indexed_estimator_for<Estimator, Scheme>) {
      parameters[g] = estimator.fit(g, std::span<const float>(groups[g]), s);
    } else {
      parameters[g] = estimator.fit(std::span<const float>(groups[g]), s);
    }
    expects_parameters<Scheme>(parameters[g], g);
    parameters[g] = settled(parameters[g], std::span<const float>(groups[g]), s);
  }
  return parameters;
}

/// Quantizes weights: fits parameters group by group, stores them, then chooses codes against what was stored.
///
///   level = round(clamp((w - offset) * (1 / scale))) + zero_point       uniform elements; offset, zero point if there
///   code  = encode(w * (1 / scale))                                     table elements
///
/// The product with the reciprocal, the clamp before the rounding, and the integer addition after it are the contract. A scale
/// below the smallest normal float has reciprocal 0. A scaling policy puts a division in the place of that product; the rounding
/// `with_zero_point` adds the zero point before it clamps and rounds.
/// @throws halftone::error if w is not valid, holds NaN or infinity, or a parameter is not finite
template <scheme_type Scheme, class Estimator>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Estimator& estimator,
                                                const Scheme& scheme) {
  using Element = typename Scheme::element_type;
  expects_valid(w, "quantize", "w");
  expects_finite(w, "quantize");
  quantized_matrix<Scheme> q(w.shape(), scheme);
  expects_groups<Scheme>(estimator, q.group_count());

  store_parameters(q, reference::fit_groups(w, estimator, q), []<class Nested>(matrix_view<const float> values, const Nested& s) {
    return reference::quantize<Nested>(values, min_max{}, s);
  });

  for (std::size_t row = 0; row < w.rows(); ++row) {
    const std::span<std::uint8_t> codes = q.row_codes(row);
    if constexpr (unit_element<Element>) {
      for (std::size_t k = 0; k < w.cols(); k += Element::dimension) {
        const std::size_t count = std::min<std::size_t>(Element::dimension, w.cols() - k);
        std::vector<float> scaled(count);
        for (std::size_t i = 0; i < count; ++i) {
          const group_parameters p = q.parameters_at(q.group_of(row, k + i));
          const float factor = Scheme::factor_of(p);
          scaled[i] = Scheme::has_scale ? Scheme::scaling_type::scaled(w(row, k + i) - p.offset, factor) : w(row, k + i);
        }
        q.scheme().element.encode_unit(
            std::span<const float>(scaled),
            codes.subspan(k / Element::dimension * Element::unit_bytes(Element::dimension), Element::unit_bytes(count)),
            unit_position{row, k});
      }
    } else {
      for (std::size_t k = 0; k < w.cols(); ++k) {
        const group_parameters p = q.parameters_at(q.group_of(row, k));
        write_code<Element::bits>(codes.data(), k,
                                  encode_value(w(row, k), p, Scheme::factor_of(p), q.scheme(),
                                               static_cast<std::uint64_t>(row) * w.cols() + k));
      }
    }
  }
  return q;
}

/// y[row, k] = the real number of weight (row, k).
/// @throws halftone::error if y is not valid or its shape is not that of q
template <class Scheme>
void dequantize(const quantized_matrix<Scheme>& q, matrix_view<float> y) {
  expects_valid(y, "dequantize", "y");
  expects(y.shape() == q.shape(), "dequantize: y is [", y.rows(), ", ", y.cols(), "], the matrix [", q.rows(), ", ",
          q.cols(), "]");
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      y(row, k) = q.value_at(row, k);
    }
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
