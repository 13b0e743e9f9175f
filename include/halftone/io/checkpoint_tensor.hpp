// SPDX-License-Identifier: MIT
// Halftone: tensors of a checkpoint by the names that a layer gives them, of the type and shape that they must have.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/element/bit_packing.hpp>
#include <halftone/io/checkpoint.hpp>
#include <halftone/tensor/parameter_plane.hpp>

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace halftone::inline v0_1::detail {

[[nodiscard]] inline std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += message(i == 0 ? "" : ", ", shape[i]);
  }
  return text + "]";
}

/// A size of a file in memory; what does not fit becomes a size that no memory has.
[[nodiscard]] constexpr std::size_t size_of_file(std::uint64_t size) noexcept {
  return static_cast<std::size_t>(std::min(size, static_cast<std::uint64_t>(largest_size)));
}

/// Element i of a tensor of F32, F16 or BF16; NaN for one of another type, whose readers take no floats from it.
[[nodiscard]] inline float float_at(const safetensors_tensor& tensor, std::size_t i) noexcept {
  switch (tensor.type) {
    case safetensors_type::F32: return fp32::decode(read_code<32>(tensor.bytes.data(), i));
    case safetensors_type::F16: return fp16::decode(read_code<16>(tensor.bytes.data(), i));
    case safetensors_type::BF16: return bf16::decode(read_code<16>(tensor.bytes.data(), i));
    default: return std::numeric_limits<float>::quiet_NaN();
  }
}

/// Looks tensors up for one reader. `system` begins its messages.
class checkpoint_reader {
 public:
  checkpoint_reader(const checkpoint& from, std::string_view system) : from_(&from), system_(system) {}
  checkpoint_reader(checkpoint&&, std::string_view) = delete;  // made of a file on the way: gone before the first look-up

  template <class... Parts>
  [[nodiscard]] file_failure refuse(file_error code, std::uint64_t offset, const Parts&... parts) const {
    return {code, offset, message(system_, ": ", parts...)};
  }
  template <class... Parts>
  [[nodiscard]] file_failure refuse(const safetensors_tensor& tensor, file_error code, const Parts&... parts) const {
    return refuse(code, tensor.offset, "tensor ", in_quotes(tensor.name), ": ", parts...);
  }

  /// The tensor of a name and one of these types, of any shape.
  [[nodiscard]] result<const safetensors_tensor*> find(const std::string& name, std::initializer_list<safetensors_type> types) const {
    const result<const safetensors_tensor*> found = from_->find(name);
    if (!found) {
      return refuse(found.failure().code, found.failure().offset, found.failure().text);
    }
    const safetensors_tensor* tensor = found.value();
    if (types.size() != 0 && std::find(types.begin(), types.end(), tensor->type) == types.end()) {
      return refuse(*tensor, file_error::scheme_mismatch, "its type is ", name_of(tensor->type), ", not ", name_of(*types.begin()));
    }
    return tensor;
  }
  /// The same, of this shape.
  [[nodiscard]] result<const safetensors_tensor*> find(const std::string& name, std::initializer_list<safetensors_type> types,
                                                       const std::vector<std::uint64_t>& shape) const {
    result<const safetensors_tensor*> found = find(name, types);
    if (found && found.value()->shape != shape) {
      return refuse(*found.value(), file_error::scheme_mismatch, "its shape is ", shape_text(found.value()->shape), ", not ", shape_text(shape));
    }
    return found;
  }
  /// The same, a matrix that has elements.
  [[nodiscard]] result<const safetensors_tensor*> find_matrix(const std::string& name, std::initializer_list<safetensors_type> types) const {
    result<const safetensors_tensor*> found = find(name, types);
    if (found && (found.value()->shape.size() != 2 || found.value()->bytes.empty())) {
      return refuse(*found.value(), file_error::scheme_mismatch, "its shape is ", shape_text(found.value()->shape),
                    ", not that of a matrix with weights");
    }
    return found;
  }
  /// Calls visit(i, float) with each element of a tensor of a name, type and shape; each must be finite.
  template <class Visitor>
  [[nodiscard]] std::optional<file_failure> read_floats(const std::string& name, safetensors_type type, const std::vector<std::uint64_t>& shape,
                                                        const Visitor& visit) const {
    const result<const safetensors_tensor*> found = find(name, {type}, shape);
    if (!found) {
      return found.failure();
    }
    const std::size_t count = found.value()->bytes.size() * 8 / bits_of(type);
    for (std::size_t i = 0; i < count; ++i) {
      const float value = float_at(*found.value(), i);
      if (!is_finite(value)) {
        return refuse(*found.value(), file_error::malformed, "element ", i, " is NaN or infinite");
      }
      visit(i, value);
    }
    return std::nullopt;
  }
  /// Whether there is a tensor of a name.
  [[nodiscard]] bool has(const std::string& name) const { return from_->has(name); }

 private:
  const checkpoint* from_;
  std::string_view system_;
};

/// Planes that are tensors of floats.
template <class Storage>
concept checkpoint_storage =
    std::is_same_v<Storage, stored_as<fp32>> || std::is_same_v<Storage, stored_as<fp16>> || std::is_same_v<Storage, stored_as<bf16>>;

/// The type of such a tensor.
template <checkpoint_storage Storage>
inline constexpr safetensors_type type_of_storage = std::is_same_v<Storage, stored_as<fp32>>   ? safetensors_type::F32
                                                    : std::is_same_v<Storage, stored_as<fp16>> ? safetensors_type::F16
                                                                                               : safetensors_type::BF16;

/// Bytes that a writer keeps, of a matrix that may go.
[[nodiscard]] inline std::vector<std::uint8_t> copy_of(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

/// The bytes of a plane of one tensor.
template <class Plane>
[[nodiscard]] std::vector<std::uint8_t> bytes_of_plane(const Plane& plane) {
  std::vector<std::uint8_t> copy;
  const_cast<Plane&>(plane).for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t,
                                                   std::span<const std::uint8_t> bytes) { copy = copy_of(bytes); });
  return copy;
}

}  // namespace halftone::inline v0_1::detail
