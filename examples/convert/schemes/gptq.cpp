// SPDX-License-Identifier: MIT
// Halftone example: layers of GPTQ and AWQ, rounded to nearest: nothing is calibrated here.
#include "../compile_layer.hpp"

#include <halftone/format/awq/schemes.hpp>
#include <halftone/format/gptq/quantize.hpp>
#include <halftone/io/awq_matrix.hpp>
#include <halftone/io/gptq_matrix.hpp>

namespace convert {

namespace {

struct gptq_format {
  static constexpr file_format format = file_format::gptq;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape shape) {
    const std::size_t size = Scheme::granularity_type::group_size;
    return shape.cols % size == 0 ? "" : halftone::detail::message("rows of ", shape.cols, " weights are no whole groups of ", size);
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    return halftone::gptq::quantize<Scheme>(w);
  }
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    halftone::gptq::write(*to.tensors, from.layer_name(), halftone::gptq::sorted_matrix<Scheme>{q, {}}, to.gptq_version);
  }
};

struct awq_format {
  static constexpr file_format format = file_format::awq;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape shape) {
    return shape.rows % 8 == 0 ? gptq_format::refuses<Scheme>(shape) : halftone::detail::message(shape.rows, " rows, no multiple of 8");
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    return halftone::gptq::quantize<Scheme>(w);
  }
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    halftone::awq::write(*to.tensors, from.layer_name(), q);
  }
};

template <class Element, std::size_t N, class Mapping>
using gptq_layer_of = compiled<gptq_format, halftone::gptq::layer<Element, halftone::per_group<N>, Mapping>>;
template <std::size_t N>
using awq_layer_of = compiled<awq_format, halftone::awq::layer<halftone::per_group<N>>>;

}  // namespace

// int: the zero point is the middle code. uint: zero points follow the weights.
extern const layer_type gptq_types[6];
const layer_type gptq_types[6] = {
    gptq_layer_of<halftone::uint8, 128, halftone::gptq::symmetric>::type("int8_g128"),
    gptq_layer_of<halftone::uint4, 32, halftone::gptq::affine>::type("uint4_g32"),
    gptq_layer_of<halftone::uint4, 128, halftone::gptq::affine>::type("uint4_g128"),
    gptq_layer_of<halftone::uint4, 128, halftone::gptq::symmetric>::type("int4_g128"),
    gptq_layer_of<halftone::uint3, 128, halftone::gptq::affine>::type("uint3_g128"),
    gptq_layer_of<halftone::uint2, 32, halftone::gptq::affine>::type("uint2_g32"),
};
extern const layer_type awq_types[3];
const layer_type awq_types[3] = {awq_layer_of<32>::type("uint4_g32"), awq_layer_of<64>::type("uint4_g64"),
                                 awq_layer_of<128>::type("uint4_g128")};

}  // namespace convert
