// SPDX-License-Identifier: MIT
// Halftone: the JSON in which bitsandbytes keeps what is no tensor: "quant_state.bitsandbytes__nf4".
#pragma once

#include <halftone/io/checkpoint_tensor.hpp>
#include <halftone/io/json_fields.hpp>

#include <charconv>
#include <optional>

namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes {

/// What the state of a 4-bit tensor says.
struct quant_state {
  std::string quant_type;  ///< "nf4" or "fp4"
  std::uint64_t block_size = 0;
  safetensors_type dtype = safetensors_type::F32;  ///< of the weights that were quantized: F32, F16 or BF16
  matrix_shape shape;      ///< [n, k]
  bool is_nested = false;
  float nested_offset = 0.0f;
  friend bool operator==(const quant_state&, const quant_state&) = default;
};

namespace state_detail {

/// PyTorch's name of a type of floats.
[[nodiscard]] inline std::string torch_name_of(safetensors_type type) {
  return halftone::detail::message(type == safetensors_type::BF16 ? "bfloat" : "float", bits_of(type));
}
[[nodiscard]] inline std::optional<safetensors_type> type_of_torch(std::string_view name) {
  for (const safetensors_type type : {safetensors_type::F32, safetensors_type::F16, safetensors_type::BF16}) {
    if (name == torch_name_of(type)) {
      return type;
    }
  }
  return std::nullopt;
}

/// A float as Python writes the double that it is: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16.
[[nodiscard]] inline std::string python_text(float number) {
  char digits[40];
  char* const end = std::to_chars(digits, digits + sizeof digits, static_cast<double>(number), std::chars_format::scientific).ptr;
  const std::string text(digits, end);
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) {
    return text;  // both write at least two digits of the exponent
  }
  const bool negative = text.front() == '-';
  std::string all;
  for (const char c : text.substr(0, e)) {
    all += c >= '0' && c <= '9' ? std::string(1, c) : std::string();
  }
  if (exponent < 0) {
    all.insert(0, static_cast<std::size_t>(-exponent), '0');
    exponent = 0;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  all.append(all.size() <= whole ? whole + 1 - all.size() : 0, '0');
  return (negative ? "-" : "") + all.insert(whole, 1, '.');
}

}  // namespace state_detail

/// Reads the state of a tensor.
/// @return  not_found if there is none; malformed if there are two, or for JSON that says something else
[[nodiscard]] inline result<quant_state> read_state(const checkpoint& from, const std::string& name) {
  const halftone::detail::checkpoint_reader reader(from, "bitsandbytes");
  const std::string prefix = name + ".quant_state.bitsandbytes__";
  const bool has_nf4 = reader.has(prefix + "nf4");
  if (has_nf4 && reader.has(prefix + "fp4")) {
    return reader.refuse(file_error::malformed, 0, "tensor ", halftone::detail::in_quotes(name), " has two states");
  }
  const auto found = reader.find(prefix + (has_nf4 ? "nf4" : "fp4"), {safetensors_type::U8});
  if (!found) {
    return found.failure();
  }
  const safetensors_tensor& tensor = *found.value();
  result<json_fields> parsed = json_fields::parse(tensor.bytes, "bitsandbytes: the state");
  if (!parsed) {
    file_failure failure = parsed.failure();
    failure.offset += tensor.offset;
    return failure;
  }
  const json_fields& json = parsed.value();
  const auto wrong = [&](std::string_view field) {
    return reader.refuse(tensor, file_error::malformed, "its ", field, " is missing or of another kind");
  };
  quant_state state;
  const std::string* type = json.get<std::string>("quant_type");
  if (type == nullptr || *type != (has_nf4 ? "nf4" : "fp4")) {
    return wrong("quant_type");
  }
  const std::optional<std::uint64_t> block_size = json.count("blocksize");
  if (!block_size || *block_size == 0) {
    return wrong("blocksize");
  }
  const std::string* dtype = json.get<std::string>("dtype");
  const std::optional<safetensors_type> float_type = dtype == nullptr ? std::nullopt : state_detail::type_of_torch(*dtype);
  if (!float_type) {
    return wrong("dtype");
  }
  const std::optional<std::uint64_t> rank = json.count("shape/"), rows = json.count("shape/0"), cols = json.count("shape/1");
  if (rank != 2 || !rows || !cols) {
    return wrong("shape of two numbers");
  }
  state = {*type, *block_size, *float_type, {halftone::detail::size_of_file(*rows), halftone::detail::size_of_file(*cols)}};
  state.is_nested = json.find("nested_blocksize") != nullptr;
  if (state.is_nested) {
    if (json.count("nested_blocksize") != 256) {
      return wrong("nested_blocksize of 256");
    }
    const double* offset = json.get<double>("nested_offset");
    if (offset == nullptr || !is_finite(static_cast<float>(*offset))) {
      return wrong("nested_offset");
    }
    state.nested_offset = static_cast<float>(*offset);
  }
  return state;
}

/// The bytes that the package writes for a state.
[[nodiscard]] inline std::string to_json(const quant_state& state) {
  std::string text = halftone::detail::message("{\"quant_type\": \"", state.quant_type, "\", \"blocksize\": ", state.block_size,
                                               ", \"dtype\": \"", state_detail::torch_name_of(state.dtype), "\", \"shape\": [", state.shape.rows, ", ",
                                               state.shape.cols, "]");
  if (state.is_nested) {
    text += ", \"nested_blocksize\": 256, \"nested_dtype\": \"" +
            state_detail::torch_name_of(safetensors_type::F32) + "\", \"nested_offset\": " +
            state_detail::python_text(state.nested_offset);
  }
  return text + "}";
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes
