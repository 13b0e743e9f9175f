// SPDX-License-Identifier: MIT
// Halftone example: the schemes that the program knows by name. To add one: a line here, and a file in schemes/.
#pragma once

#include "language_model.hpp"
#include "linear.hpp"
#include "weights.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace halftone::inline v0_1 {
class safetensors_file;
class safetensors_writer;
}  // namespace halftone::inline v0_1

namespace llama {

/// A string as a template argument.
template <std::size_t Size>
struct literal {
  char text[Size];
  consteval literal(const char (&s)[Size]) { std::copy_n(s, Size, text); }  // NOLINT: implicit on purpose
};

/// One row of the table: a name, how weights are kept, and how activations meet them.
template <literal Name, class Scheme, class Activations>
struct entry {
  using scheme = Scheme;
  using activations = Activations;
  static constexpr std::string_view name = Name.text;
};

template <class... Entries>
struct list {};

using scheme_list = list<
    entry<"fp32", halftone::float32, float_activations>,
    entry<"bf16", halftone::brain_float16, float_activations>,
    entry<"int8_per_channel", halftone::int8_per_channel, int8_activations>,
    entry<"int8_per_tensor", halftone::int8_per_tensor, int8_activations>,
    entry<"int6_g32", halftone::int6_g32, int8_activations>,
    entry<"int4_g128", halftone::int4_g128, int8_activations>,
    entry<"int4_g32", halftone::int4_g32, int8_activations>,
    entry<"uint4_g32", halftone::uint4_g32, int8_activations>,
    entry<"offset4_g32", halftone::offset4_g32, int8_activations>,
    entry<"int3_g32", halftone::int3_g32, int8_activations>,
    entry<"int2_g32", halftone::int2_g32, int8_activations>>;

/// What the list says of one scheme, for use at run time.
struct known_scheme {
  std::string_view name;
  /// Quantizes and packs a model.
  std::unique_ptr<language_model> (*make)(const config&, const weight_source&);
  /// Loads a model that `save` wrote; adds a model that `make` or `load` returned to a file.
  std::unique_ptr<language_model> (*load)(const config&, const halftone::safetensors_file&);
  void (*save)(const language_model&, halftone::safetensors_writer&);
};

/// All schemes, in the order of the list.
[[nodiscard]] std::span<const known_scheme> known_schemes();

/// The scheme of that name. @throws halftone::error with all names if there is none
[[nodiscard]] const known_scheme& find_scheme(std::string_view name);

}  // namespace llama
