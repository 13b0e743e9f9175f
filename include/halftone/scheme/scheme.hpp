// SPDX-License-Identifier: MIT
// Halftone: a scheme, the one type from which every kernel, algorithm and file follows.
#pragma once

#include <halftone/scheme/granularity.hpp>
#include <halftone/scheme/mapping.hpp>
#include <halftone/scheme/rounding.hpp>
#include <halftone/scheme/scaling.hpp>
#include <halftone/scheme/storage.hpp>

#include <tuple>

namespace halftone::inline v0_1 {

namespace detail {

template <class Default, template <class> class Is, std::size_t Nth, class... Options>
struct nth_option {
  using type = Default;
};

template <class Default, template <class> class Is, std::size_t Nth, class First, class... Rest>
struct nth_option<Default, Is, Nth, First, Rest...> {
  static constexpr bool matches = Is<First>::value;
  using type = typename std::conditional_t<
      matches && Nth == 0, std::type_identity<First>,
      nth_option<Default, Is, matches ? (Nth == 0 ? 0 : Nth - 1) : Nth, Rest...>>::type;
};

template <class T>
struct is_rounding : std::bool_constant<rounding_policy<T>> {};
template <class T>
struct is_scaling : std::bool_constant<scaling_policy<T>> {};
template <class T>
struct is_storage_option : std::bool_constant<storage_policy<T>> {};

}  // namespace detail

/// How real numbers become codes.
///
/// @tparam Element      which codes exist (`element_format`)
/// @tparam Mapping      how a range becomes parameters (`mapping_for<Element>`)
/// @tparam Granularity  which weights share parameters (`granularity`)
/// @tparam Options      in any order: a rounding policy (default nearest_even); a scaling policy (default by_reciprocal); a storage
///                      for scales (default fp32); a second storage, for offsets (default: that of the scales)
///
/// Policies are values, too: a table or a permutation known at run time is a member of the element or granularity.
template <element_format Element, class Mapping, granularity Granularity, class... Options>
  requires mapping_for<Mapping, Element>
struct scheme {
  static_assert(((rounding_policy<Options> || scaling_policy<Options> || storage_policy<Options>) && ...),
                "scheme: every option is a rounding policy, a scaling policy or a storage");
  static_assert((0 + ... + (rounding_policy<Options> ? 1 : 0)) <= 1, "scheme: at most one rounding policy");
  static_assert((0 + ... + (scaling_policy<Options> ? 1 : 0)) <= 1, "scheme: at most one scaling policy");
  static_assert((0 + ... + (storage_policy<Options> ? 1 : 0)) <= 2,
                "scheme: at most two storages, for scales and for offsets");

  using element_type = Element;
  using mapping_type = Mapping;
  using granularity_type = Granularity;
  using rounding_type = typename detail::nth_option<nearest_even, detail::is_rounding, 0, Options...>::type;
  using scaling_type = typename detail::nth_option<by_reciprocal, detail::is_scaling, 0, Options...>::type;
  using scale_storage = typename detail::nth_option<stored_as<fp32>, detail::is_storage_option, 0, Options...>::type;
  using offset_storage = typename detail::nth_option<scale_storage, detail::is_storage_option, 1, Options...>::type;

  static constexpr halftone::equation equation = Mapping::equation;
  static constexpr bool has_scale = equation != halftone::equation::level_only;
  static constexpr bool has_zero_point = equation == halftone::equation::scaled_zero_point;
  static constexpr bool has_offset = equation == halftone::equation::scaled_offset;
  static_assert(!has_zero_point || uniform_element<Element>, "scheme: a zero point is a level of a uniform element");

  static_assert(!has_scale || !detail::stores_only_positive<scale_storage> || positive_scale<Mapping>,
                "scheme: a storage without a sign keeps scales of a mapping that promises positive_scale");
  static_assert(!has_offset || !detail::stores_only_positive<offset_storage>,
                "scheme: an offset may be negative, and its storage has no sign");

  [[no_unique_address]] Element element{};
  [[no_unique_address]] Mapping mapping{};
  [[no_unique_address]] Granularity granularity{};

  /// What the values of a group are scaled by, for `encode_value`.
  [[nodiscard]] HALFTONE_INLINE static constexpr float factor_of(const group_parameters& p) noexcept {
    return scaling_type::factor_of(p.scale);
  }

  /// A mapping whose real numbers round elsewhere than its equation says has real(level, parameters); its weights are packed
  /// as floats.
  static constexpr bool has_own_real = requires(const Mapping& m, float level, const group_parameters& p) {
    { m.real(level, p) } -> std::same_as<float>;
  };

  /// The real number of a level.
  [[nodiscard]] HALFTONE_INLINE constexpr float real(float level, const group_parameters& p) const noexcept {
    if constexpr (has_own_real) {
      return mapping.real(level, p);
    } else {
      return real_of_level<equation>(level, p);
    }
  }

  /// A mapping whose codes are not found from (x - offset) by the scale has scaled(x, parameters, factor): what is clamped and
  /// rounded.
  static constexpr bool has_own_scaled = requires(const Mapping& m, float x, const group_parameters& p) {
    { m.scaled(x, p, x) } -> std::same_as<float>;
  };
  static_assert(!has_own_scaled || (uniform_element<Element> && !has_zero_point),
                "scheme: a mapping scales values itself for uniform elements without an integer zero point");

  /// The description that files carry: "scheme<int4,symmetric,per_group<32>,nearest_even,stored_as<fp32>>".
  [[nodiscard]] static std::string name() {
    std::string text = detail::message("scheme<", Element::name(), ",", Mapping::name(), ",", Granularity::name(), ",",
                                       rounding_type::name());
    if constexpr (!std::is_same_v<scaling_type, by_reciprocal>) {
      text += detail::message(",", scaling_type::name());
    }
    if constexpr (has_scale) {
      text += detail::message(",", scale_storage::name());
    }
    if constexpr (has_offset) {
      text += detail::message(",", offset_storage::name());
    }
    return text + ">";
  }
};

namespace detail {
template <class S>
inline constexpr bool is_scheme = false;
template <class E, class M, class G, class... O>
inline constexpr bool is_scheme<scheme<E, M, G, O...>> = true;
}  // namespace detail

/// A type made by `scheme<...>`.
template <class S>
concept scheme_type = detail::is_scheme<S>;

}  // namespace halftone::inline v0_1
