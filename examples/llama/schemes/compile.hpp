// SPDX-License-Identifier: MIT
// Halftone example: compiles the model for one scheme. One file for each, so that they build side by side.
#pragma once

#include "../quantized_model.hpp"

#define HALFTONE_LLAMA_COMPILE(SCHEME, ACTIVATIONS)                                                        \
  template std::unique_ptr<llama::language_model> llama::make_model<SCHEME, ACTIVATIONS>(                  \
      const llama::config&, const llama::weight_source&);                                                  \
  template std::unique_ptr<llama::language_model> llama::make_model<SCHEME, ACTIVATIONS>(llama::parameters<SCHEME>);
