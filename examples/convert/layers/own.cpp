// SPDX-License-Identifier: MIT
// Halftone example: matrices of Halftone's own planes.
#include "../layer_type.hpp"

#include <halftone/io/quantized_description.hpp>

namespace convert {

quantized_layer own_layer(const halftone::safetensors_file& file, const std::string& name) {
  const auto description = halftone::read_description(file, name);
  halftone::expects(description.has_value(), description.has_value() ? std::string() : description.failure().text);
  for (const layer_type* type : layer_types()) {
    if (type->scheme != nullptr && type->scheme() == description.value().scheme) {
      quantized_layer layer{.name = name,
                            .type_name = std::string(type->name),
                            .rows = description.value().shape.rows,
                            .cols = description.value().shape.cols,
                            .tensors = {},
                            .open = [&file, name, type] { return type->read(file, name); },
                            .format = name_of(file_format::safetensors)};
      for (const halftone::safetensors_tensor& tensor : file.tensors()) {
        if (tensor.name.starts_with(name + ".")) {
          const std::string plane = tensor.name.substr(name.size());
          for (const std::string_view known : {".codes", ".scale", ".zero_point", ".offset", ".scale.codes", ".scale.scale", ".scale.offset"}) {
            if (plane == known) {
              layer.tensors.push_back(tensor.name);
            }
          }
        }
      }
      return layer;
    }
  }
  halftone::expects(false, "matrix \"", name, "\" is of ", description.value().scheme, ", which this program does not know");
  return {};
}

}  // namespace convert
