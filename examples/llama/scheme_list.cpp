// SPDX-License-Identifier: MIT
// Halftone example: from a name on the command line to compiled kernels.
#include "scheme_list.hpp"

#include "saved_parameters.hpp"

#include <array>

namespace llama {

namespace {

template <class Entry>
constexpr known_scheme describe() {
  using scheme = typename Entry::scheme;
  using activations = typename Entry::activations;
  return {.name = Entry::name,
          .make = make_model<scheme, activations>,
          .load =
              [](const config& sizes, const halftone::safetensors_file& file) {
                return make_model<scheme, activations>(load_parameters<scheme>(sizes, file));
              },
          .save =
              [](const language_model& model, halftone::safetensors_writer& writer) {
                save_parameters(dynamic_cast<const model_of<scheme>&>(model).weights(), writer);
              }};
}

template <class... Entries>
constexpr auto table_of(list<Entries...>) {
  return std::array{describe<Entries>()...};
}

constexpr auto table = table_of(scheme_list{});

}  // namespace

std::span<const known_scheme> known_schemes() { return table; }

const known_scheme& find_scheme(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const known_scheme& s) { return s.name == name; });
  if (found == table.end()) {
    std::string names;
    for (const known_scheme& s : table) {
      names += names.empty() ? "" : ", ";
      names += s.name;
    }
    halftone::fail("no scheme is called \"", name, "\"; there are ", names);
  }
  return *found;
}

}  // namespace llama
