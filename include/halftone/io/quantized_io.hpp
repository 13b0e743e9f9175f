// SPDX-License-Identifier: MIT
// Halftone: quantized matrices in safetensors files. The convention is documented in docs/save_format.md.
#pragma once

#include <halftone/io/quantized_planes.hpp>
#include <halftone/io/safetensors_writer.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace io_detail {

template <class Policy>
concept has_planes = requires(Policy& policy) { policy.for_each_plane([](const std::string&, auto) {}); };

/// Gives every policy of a matrix, those of its parameters' matrices included, to a visitor(policy, shape).
template <class Scheme, class Visitor>
void for_each_policy(quantized_matrix<Scheme>& q, Visitor&& visit) {
  visit(q.scheme().element, q.shape());
  visit(q.scheme().granularity, q.shape());
  if constexpr (Scheme::has_scale) {
    if constexpr (halftone::detail::is_quantized_again<typename Scheme::scale_storage>) {
      for_each_policy(q.scale_plane().matrix(), visit);
    }
  }
  if constexpr (Scheme::has_offset) {
    if constexpr (halftone::detail::is_quantized_again<typename Scheme::offset_storage>) {
      for_each_policy(q.offset_plane().matrix(), visit);
    }
  }
}

/// Calls visit(bytes, width) for the planes of policies that files hold in another order than this machine: they are numbers
/// of the host, files are little-endian. Codes and parameters are little-endian bytes on every host.
template <class Scheme, class Visitor>
void for_each_foreign_plane(quantized_matrix<Scheme>& q, Visitor&& visit) {
  if constexpr (std::endian::native != std::endian::little) {
    for_each_policy(q, [&](auto& policy, matrix_shape) {
      if constexpr (has_planes<std::remove_cvref_t<decltype(policy)>>) {
        policy.for_each_plane([&](const std::string&, auto values) {
          visit(std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(values.data()), values.size_bytes()),
                sizeof(values[0]));
        });
      }
    });
  }
}

/// Turns numbers of `width` bytes around.
inline void swap_bytes(std::span<std::uint8_t> bytes, std::size_t width) noexcept {
  for (std::size_t i = 0; i < bytes.size(); i += width) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + width));
  }
}

/// The first group whose scale or offset is NaN or infinite; group_count() if there is none.
template <class Scheme>
[[nodiscard]] std::size_t first_bad_group(const quantized_matrix<Scheme>& q) {
  std::size_t group = 0;
  while (group < q.group_count() && is_finite(q.scale_at(group)) && is_finite(q.offset_at(group))) {
    ++group;
  }
  return group;
}

/// Index of the first NaN or infinity of a plane of floats; the number of elements if there is none.
[[nodiscard]] inline std::size_t first_not_finite(plane_type type, std::span<const std::uint8_t> bytes) noexcept {
  const std::size_t width = type == plane_type::fp32 ? 4 : 2;
  const unsigned exponent = type == plane_type::fp16 ? 0x7c00u : 0x7f80u;
  std::size_t i = 0;
  for (; i < bytes.size() / width; ++i) {
    const unsigned high = read_code<16>(bytes.data() + (i + 1) * width - 2, 0);  // little-endian: the upper half
    if ((high & exponent) == exponent) {
      break;
    }
  }
  return i;
}

template <class Scheme>
void save_planes(safetensors_writer& writer, const std::string& name, const quantized_matrix<Scheme>& q,
                 const auto& keep) {
  const std::size_t bad = first_bad_group(q);
  expects(bad == q.group_count(), "save: matrix ", in_quotes(name), ": the scale or offset of group ", bad,
          " is NaN or infinite");
  auto& planes = const_cast<quantized_matrix<Scheme>&>(q);  // visiting hands out mutable bytes; here they are only read
  planes.for_each_plane(name, [&](const std::string& plane, plane_type type, std::size_t rows, std::size_t cols,
                                  std::span<const std::uint8_t> bytes) {
    std::size_t width = 0;
    for_each_foreign_plane(planes, [&](std::span<const std::uint8_t> foreign, std::size_t size) {
      width = foreign.data() == bytes.data() && !bytes.empty() ? size : width;
    });
    if (width == 0) {
      writer.add(plane, tensor_type_of(type), {rows, cols}, keep(bytes));
    } else {
      std::vector<std::uint8_t> swapped(bytes.begin(), bytes.end());
      swap_bytes(swapped, width);
      writer.add(plane, tensor_type_of(type), {rows, cols}, std::move(swapped));
    }
  });
  writer.set_metadata(std::string(halftone::detail::description_prefix) + name,
                      halftone::detail::description_text({Scheme::name(), q.shape()}));
}

/// Copies the planes of the file into a matrix of the right shape, and checks what only a whole matrix can show.
template <class Scheme>
[[nodiscard]] std::optional<file_failure> load_planes(const plane_reader& reader, const std::string& name,
                                                      quantized_matrix<Scheme>& q) {
  std::optional<file_failure> failure;
  for_each_policy(q, [](auto& policy, matrix_shape shape) {
    if constexpr (requires { policy.resize_planes(shape); }) {
      policy.resize_planes(shape);
    }
  });
  q.for_each_plane(name, [&](const std::string& plane, plane_type type, std::size_t rows, std::size_t cols,
                             std::span<std::uint8_t> bytes) {
    if (failure) {
      return;
    }
    const auto tensor = reader.plane(plane, type, rows, cols);
    if (!tensor) {
      failure = tensor.failure();
      return;
    }
    const std::span<const std::uint8_t> from = tensor.value()->bytes;
    if (type == plane_type::fp32 || type == plane_type::fp16 || type == plane_type::bf16) {
      if (const std::size_t i = first_not_finite(type, from); i < rows * cols) {
        failure = reader.refuse(file_error::malformed, tensor.value()->offset + from.size() / (rows * cols) * i,
                                "tensor ", in_quotes(plane), " holds NaN or infinity at element ", i);
        return;
      }
    }
    if (!from.empty()) {
      std::memcpy(bytes.data(), from.data(), std::min(bytes.size(), from.size()));
    }
  });
  for_each_foreign_plane(q, swap_bytes);
  for_each_policy(q, [&](const auto& policy, matrix_shape shape) {
    if constexpr (requires { policy.planes_are_valid(shape); }) {
      if (!failure && !policy.planes_are_valid(shape)) {
        failure = reader.refuse(file_error::malformed, 0, "the planes of ", policy.name(), " break its rules");
      }
    }
  });
  return failure;
}

/// Checks that every weight has a group: a granularity with planes of its own takes its groups from the file.
template <class Scheme>
[[nodiscard]] std::optional<file_failure> check_groups(const plane_reader& reader, const quantized_matrix<Scheme>& q) {
  if constexpr (has_planes<typename Scheme::granularity_type>) {
    for (std::size_t row = 0; row < q.rows(); ++row) {
      for (std::size_t k = 0; k < q.cols(); ++k) {
        if (const std::size_t group = q.group_of(row, k); group >= q.group_count()) {
          return reader.refuse(file_error::malformed, 0, "weight [", row, ", ", k, "] is of group ", group, " of ",
                               q.group_count());
        }
      }
    }
  }
  if constexpr (Scheme::has_scale) {
    if constexpr (halftone::detail::is_quantized_again<typename Scheme::scale_storage>) {
      if (auto failure = check_groups(reader, q.scale_plane().matrix())) {
        return failure;
      }
    }
  }
  if constexpr (Scheme::has_offset) {
    if constexpr (halftone::detail::is_quantized_again<typename Scheme::offset_storage>) {
      return check_groups(reader, q.offset_plane().matrix());
    }
  }
  return std::nullopt;
}

}  // namespace io_detail

/// Adds a quantized matrix to a file: its planes as tensors "<name>.codes", "<name>.scale" and so on, its scheme and
/// shape in the metadata. The writer points to the planes: `q` must live, unchanged, until the file is written.
///
/// @throws halftone::error if the writer has a tensor of such a name, or if a scale or offset is NaN or infinite
template <class Scheme>
void save(safetensors_writer& writer, const std::string& name, const quantized_matrix<Scheme>& q) {
  io_detail::save_planes(writer, name, q, [](std::span<const std::uint8_t> bytes) { return bytes; });
}

/// The same for a temporary, whose planes the writer copies.
template <class Scheme>
void save(safetensors_writer& writer, const std::string& name, quantized_matrix<Scheme>&& q) {
  io_detail::save_planes(writer, name, q, [](std::span<const std::uint8_t> bytes) {
    return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
  });
}

/// Reads a quantized matrix that `save` wrote. All its planes equal those that were saved.
///
/// The file is taken for hostile. Refused: another version, another scheme (the failure names both), planes that are missing,
/// of another type or shape, NaN or infinite scales, offsets and tables, codes that the element does not have, unused bits
/// that are not zero, groups that do not exist. Codes of elements that hold floats are taken as they are.
///
/// A policy with planes of its own whose size depends on the matrix has a member `resize_planes(matrix_shape)`, called
/// before its planes are filled; one whose planes could make its members read out of bounds has a const member
/// `planes_are_valid(matrix_shape)`, called after, where false refuses the file. That a granularity's groups exist is
/// checked for all.
///
/// @param  scheme  the value whose policies' planes are filled
/// Cost: one copy of each plane; memory a multiple of the planes' bytes in the file, whatever the description says.
template <class Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> load(const safetensors_file& file, const std::string& name,
                                                    Scheme scheme = {}) {
  const result<quantized_description> description = read_description(file, name);
  if (!description) {
    return description.failure();
  }
  const io_detail::plane_reader reader(file, name);
  const auto& [saved_scheme, shape] = description.value();
  if (saved_scheme != Scheme::name()) {
    return reader.refuse(file_error::scheme_mismatch, 0, "saved as ", saved_scheme, ", loaded as ", Scheme::name());
  }
  if (auto failure = reader.check(name, shape, scheme)) {
    return *std::move(failure);
  }
  quantized_matrix<Scheme> q(shape, std::move(scheme));
  if (auto failure = io_detail::load_planes(reader, name, q)) {
    return *std::move(failure);
  }
  if (auto failure = io_detail::check_groups(reader, q)) {
    return *std::move(failure);
  }
  if (const std::size_t bad = io_detail::first_bad_group(q); bad != q.group_count()) {
    return reader.refuse(file_error::malformed, 0, "the scale or offset of group ", bad, " is NaN or infinite");
  }
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
