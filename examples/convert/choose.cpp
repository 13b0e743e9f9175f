// SPDX-License-Identifier: MIT
// Halftone example: which type a tensor becomes.
#include "convert.hpp"

#include <limits>

namespace convert {

namespace {

/// Checks a type against a tensor without converting it. @return why it is none; empty if it may be
std::string why_not(const source_tensor& tensor, const layer_type& type, const wanted& want) {
  if (want.target && !type.why_not[*want.target].empty()) {
    return std::string(type.why_not[*want.target]);
  }
  return type.refuses(tensor.shape());
}

/// Its numbers are kept as they are: the same type in the same format.
bool is_same(const source_tensor& tensor, const layer_type& type) {
  return type.blocks != nullptr ? tensor.type == type.blocks : tensor.layer && tensor.format == name_of(type.format) && tensor.type_name == type.name;
}

}  // namespace

bool is_converted(const source_tensor& tensor, const wanted& want) {
  if (tensor.layer) {
    return true;
  }
  if (!tensor.is_matrix() || tensor.type == nullptr) {
    return false;
  }
  for (const std::string& part : want.kept) {
    if (tensor.name.find(part) != std::string::npos) {
      return false;
    }
  }
  return want.format == file_format::gguf || want.format == file_format::safetensors ||
         (tensor.dims.size() == 2 && tensor.name.ends_with(".weight"));
}

const layer_type& choose(const source_tensor& tensor, const wanted& want) {
  if (want.type != nullptr) {
    const std::string why = why_not(tensor, *want.type, want);
    halftone::expects(why.empty(), "tensor \"", tensor.name, "\" cannot be ", std::string(want.type->name), ": ", why);
    return *want.type;
  }
  std::vector<std::pair<double, const layer_type*>> candidates;  // with their bits
  std::string reasons;
  const auto refuse = [&](const layer_type& type, const std::string& why) { reasons += "\n  " + std::string(type.name) + ": " + why; };
  for (const layer_type* type : layer_types()) {
    if (type->format != want.format) {
      continue;
    }
    if (const std::string why = why_not(tensor, *type, want); !why.empty()) {
      refuse(*type, why);
    } else if (const double bits = type->bits(tensor.shape()); bits > want.bits) {
      refuse(*type, halftone::detail::message(bits, " bits"));
    } else if (is_same(tensor, *type)) {
      return *type;
    } else {
      candidates.emplace_back(bits, type);
    }
  }
  // Fewer bits first: of types that lose the same the first is taken, and behind one that loses nothing none can be better.
  std::ranges::stable_sort(candidates, {}, [](const auto& each) { return each.first; });
  const layer_type* best = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [bits, type] : candidates) {
    try {
      const halftone::transcode_report report = type->convert(tensor, *type, {});
      if (report.exact) {
        return *type;
      }
      if (report.error.relative_mse < least) {
        least = report.error.relative_mse;
        best = type;
      }
    } catch (const halftone::error& e) {
      refuse(*type, e.what());
    }
  }
  halftone::expects(best != nullptr, "tensor \"", tensor.name, "\" has no type of at most ", want.bits, " bits in ",
                    std::string(name_of(want.format)), want.target ? " for " + std::string(target_names[*want.target]) : std::string(), ":", reasons);
  return *best;
}

}  // namespace convert
