// SPDX-License-Identifier: MIT
// Halftone example: a model all of whose matrices have one scheme.
#pragma once

#include "architecture.hpp"
#include "parameters.hpp"
#include "scheme_list.hpp"

namespace llama {

/// @tparam Scheme       of every linear layer, the last one (logits) included
/// @tparam Activations  float_activations or int8_activations
template <class Scheme, class Activations>
class quantized_model final : public model_of<Scheme> {
 public:
  explicit quantized_model(parameters<Scheme> p) : p_(std::move(p)), run_(p_.sizes) {}

  [[nodiscard]] const llama::config& config() const noexcept override { return p_.sizes; }
  [[nodiscard]] model_size size() const override { return p_.size(); }
  [[nodiscard]] const parameters<Scheme>& weights() const noexcept override { return p_; }

  void forward(std::span<const input> inputs, halftone::matrix_view<float> logits,
               const halftone::context& context) override {
    run_.forward(p_, inputs, logits, context);
  }

 private:
  parameters<Scheme> p_;
  architecture<Activations> run_;
};

template <class Scheme, class Activations>
std::unique_ptr<language_model> make_model(parameters<Scheme> weights) {
  return std::make_unique<quantized_model<Scheme, Activations>>(std::move(weights));
}

template <class Scheme, class Activations>
std::unique_ptr<language_model> make_model(const config& sizes, const weight_source& source) {
  return make_model<Scheme, Activations>(parameters<Scheme>::quantize(sizes, source));
}

}  // namespace llama
