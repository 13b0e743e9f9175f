// SPDX-License-Identifier: MIT
// Halftone: checks of the planes of a saved matrix against its scheme, before anything is allocated for them.
#pragma once

#include <halftone/element/codebook.hpp>
#include <halftone/io/quantized_description.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::io_detail {

using halftone::detail::checked_mul;
using halftone::detail::in_quotes;
using halftone::detail::message;

/// The type of a tensor that holds a plane.
[[nodiscard]] constexpr safetensors_type tensor_type_of(plane_type type) noexcept {
  switch (type) {
    case plane_type::fp32:
      return safetensors_type::F32;
    case plane_type::fp16:
      return safetensors_type::F16;
    case plane_type::bf16:
      return safetensors_type::BF16;
    case plane_type::int32:
      return safetensors_type::I32;
    case plane_type::int64:
      return safetensors_type::I64;
    default:
      return safetensors_type::U8;
  }
}

/// How many codes of an element exist: all of its bits, unless the element leaves some out.
template <class Element>
inline constexpr std::uint64_t code_count = std::uint64_t{1} << Element::bits;
template <class Table>
inline constexpr std::uint64_t code_count<codebook<Table>> = codebook<Table>::size;
template <class Table>
inline constexpr std::uint64_t code_count<unordered_codebook<Table>> = unordered_codebook<Table>::size;

template <class Element>
[[nodiscard]] constexpr bool is_code(std::uint32_t code) noexcept {
  if constexpr (uniform_element<Element>) {
    const std::int32_t level = Element::level_of(code);
    return level >= Element::min && level <= Element::max;
  } else {
    return code < code_count<Element>;
  }
}
template <class Element>
[[nodiscard]] constexpr bool every_code_exists() noexcept {
  if constexpr (uniform_element<Element>) {
    return static_cast<std::int64_t>(Element::max) - Element::min + 1 == std::int64_t{1} << Element::bits;
  } else {
    return code_count<Element> == std::uint64_t{1} << Element::bits;
  }
}

/// Looks at the planes of one saved matrix.
class plane_reader {
 public:
  plane_reader(const safetensors_file& file, const std::string& matrix) : file_(file), matrix_(matrix) {}

  template <class... Parts>
  [[nodiscard]] file_failure refuse(file_error code, std::uint64_t offset, const Parts&... parts) const {
    return {code, offset, message("matrix ", in_quotes(matrix_), ": ", parts...)};
  }

  /// The tensor of a plane, if it is there and has the type and the shape.
  [[nodiscard]] result<const safetensors_tensor*> plane(const std::string& name, plane_type type, std::uint64_t rows,
                                                        std::uint64_t cols) const {
    const safetensors_tensor* const tensor = file_.find(name);
    if (tensor == nullptr) {
      return refuse(file_error::not_found, 0, "the file has no tensor ", in_quotes(name));
    }
    if (tensor->type != tensor_type_of(type)) {
      return refuse(file_error::malformed, tensor->offset, "tensor ", in_quotes(name), " is of type ",
                    name_of(tensor->type), ", not ", name_of(tensor_type_of(type)));
    }
    if (tensor->shape.size() != 2) {
      return refuse(file_error::malformed, tensor->offset, "tensor ", in_quotes(name), " has rank ",
                    tensor->shape.size(), ", not 2");
    }
    if (tensor->shape[0] != rows || tensor->shape[1] != cols) {
      return refuse(file_error::malformed, tensor->offset, "tensor ", in_quotes(name), " is [", tensor->shape[0], ", ",
                    tensor->shape[1], "], should be [", rows, ", ", cols, "]");
    }
    return tensor;
  }

  /// Checks every plane of a matrix of a shape, its parameters' matrices included, but not the planes of policies.
  /// The shape is a claim of the file: nothing is allocated or multiplied for it before the planes have borne it out.
  template <class Scheme>
  [[nodiscard]] std::optional<file_failure> check(const std::string& prefix, matrix_shape shape,
                                                  const Scheme& scheme) const {
    using Element = typename Scheme::element_type;
    if (std::optional<file_failure> failure = check_claim<Element>(prefix, shape)) {
      return failure;
    }
    if (std::optional<file_failure> failure = check_codes<Element>(prefix + ".codes", shape)) {
      return failure;
    }
    const matrix_shape parameters = scheme.granularity.parameter_shape(shape);
    if constexpr (Scheme::has_scale) {
      if (auto failure =
              check_parameters(parameter_plane<typename Scheme::scale_storage>{}, prefix + ".scale", parameters)) {
        return failure;
      }
    }
    if constexpr (Scheme::has_zero_point) {
      if (auto failure = check_codes<Element>(prefix + ".zero_point", parameters)) {
        return failure;
      }
    }
    if constexpr (Scheme::has_offset) {
      return check_parameters(parameter_plane<typename Scheme::offset_storage>{}, prefix + ".offset", parameters);
    } else {
      return std::nullopt;
    }
  }

 private:
  /// Bounds the claimed shape by the bytes of the code plane, so that arithmetic on it cannot overflow.
  template <class Element>
  [[nodiscard]] std::optional<file_failure> check_claim(const std::string& prefix, matrix_shape shape) const {
    constexpr std::uint64_t longest_empty = ~std::uint32_t{0};  // extent beside an extent of zero
    constexpr std::uint64_t weights_per_byte = Element::dimension > 8 ? Element::dimension : 8;
    constexpr std::uint64_t longest_row = ~std::size_t{0} / 64;  // its bits fit size_t
    const auto too_large = [&](const auto&... parts) {
      return refuse(file_error::too_large, 0, "its shape [", shape.rows, ", ", shape.cols, "] ", parts...);
    };
    if (shape.cols > longest_row) {
      return too_large("has rows beyond the address space");
    }
    if (shape.rows == 0 || shape.cols == 0) {
      return std::max(shape.rows, shape.cols) <= longest_empty
                 ? std::nullopt
                 : std::optional(too_large("has no weights, and an extent above ", longest_empty));
    }
    const safetensors_tensor* const codes = file_.find(prefix + ".codes");
    const std::uint64_t bytes = codes == nullptr ? 0 : codes->bytes.size();
    const std::optional<std::uint64_t> weights = checked_mul(shape.rows, shape.cols);
    if (codes != nullptr && (!weights || *weights / weights_per_byte > bytes)) {
      return too_large("has more weights than ", bytes, " bytes of codes can hold");
    }
    return std::nullopt;
  }

  /// Checks rows of packed codes: the plane's shape, codes that the element does not have, unused bits that are not zero.
  template <class Element>
  [[nodiscard]] std::optional<file_failure> check_codes(const std::string& name, matrix_shape shape) const {
    const std::size_t row_bytes = row_bytes_of<Element>(shape.cols);
    const auto tensor = plane(name, plane_type::bytes, shape.rows, row_bytes);
    if (!tensor) {
      return tensor.failure();
    }
    if constexpr (scalar_element<Element>) {
      const safetensors_tensor& codes = *tensor.value();
      const unsigned used = shape.cols * Element::bits % 8;  // bits of the last byte of a row
      for (std::size_t row = 0; row < shape.rows && row_bytes != 0; ++row) {
        const std::uint8_t* const bytes = codes.bytes.data() + row * row_bytes;
        if (used != 0 && (bytes[row_bytes - 1] >> used) != 0) {
          return refuse(file_error::malformed, codes.offset + (row + 1) * row_bytes - 1, "tensor ", in_quotes(name),
                        " has unused bits set at the end of row ", row);
        }
        if constexpr (!every_code_exists<Element>()) {
          for (std::size_t k = 0; k < shape.cols; ++k) {
            if (!is_code<Element>(read_code<Element::bits>(bytes, k))) {
              return refuse(file_error::malformed, codes.offset + row * row_bytes + k * Element::bits / 8, "tensor ",
                            in_quotes(name), " holds a code that ", Element::name(), " does not have, at [", row, ", ",
                            k, "]");
            }
          }
        }
      }
    }
    return std::nullopt;
  }

  template <class Element>
  [[nodiscard]] std::optional<file_failure> check_parameters(parameter_plane<stored_as<Element>> empty,
                                                             const std::string& name, matrix_shape shape) const {
    std::optional<file_failure> failure;
    empty.for_each_plane(name, [&](const std::string& tensor, plane_type type, std::size_t, std::size_t, auto) {
      const auto found = plane(tensor, type, shape.rows,
                               type == plane_type::bytes ? shape.cols * stored_as<Element>::bytes : shape.cols);
      if (!found) {
        failure = found.failure();
      }
    });
    return failure;
  }
  template <class Nested>
  [[nodiscard]] std::optional<file_failure> check_parameters(const parameter_plane<quantized_again<Nested>>&,
                                                             const std::string& name, matrix_shape shape) const {
    return check(name, shape, Nested{});
  }

  const safetensors_file& file_;
  const std::string& matrix_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::io_detail
