// SPDX-License-Identifier: MIT
// Halftone: how parameters (scales and offsets) are kept.
//
// Either each is encoded by an element that holds floats, or the whole plane is quantized again by a scheme of its own
// (k-quants, double quantization, two-level scales), at most two deep. Codes are always chosen against the stored value.
// An element without a sign says `only_positive`, and keeps scales of mappings that promise `positive_scale`. One that says
// `chooses_by_values` leaves the choice between two codes to the values of the group: best_of_neighbours.hpp.
#pragma once

#include <halftone/element/float_storage.hpp>

namespace halftone::inline v0_1 {

/// Each parameter encoded on its own: fp32, fp16, bf16 or a float element of the user's (8, 16 or 32 bits).
template <class Element>
  requires table_element<Element>
struct stored_as {
  using element_type = Element;
  static constexpr std::size_t bytes = ceil_div(Element::bits, 8);
  [[nodiscard]] static std::string name() { return detail::message("stored_as<", Element::name(), ">"); }
};

/// The plane of parameters is a quantized matrix of its own. Its shape is the granularity's parameter shape.
template <class Scheme>
struct quantized_again {
  using scheme_type = Scheme;
  [[nodiscard]] static std::string name() { return detail::message("quantized_again<", Scheme::name(), ">"); }
};

namespace detail {
template <class S>
inline constexpr bool is_storage = false;
template <class E>
inline constexpr bool is_storage<stored_as<E>> = true;
template <class S>
inline constexpr bool is_storage<quantized_again<S>> = true;
template <class E>
inline constexpr bool has_no_sign = false;
template <class E>
  requires requires { E::only_positive; }
inline constexpr bool has_no_sign<E> = E::only_positive;
template <class S>
inline constexpr bool stores_only_positive = false;
template <class E>
inline constexpr bool stores_only_positive<stored_as<E>> = has_no_sign<E>;
template <class S>
inline constexpr bool is_quantized_again = false;
template <class S>
inline constexpr bool is_quantized_again<quantized_again<S>> = true;
}  // namespace detail

template <class S>
concept storage_policy = detail::is_storage<S>;

}  // namespace halftone::inline v0_1
