// SPDX-License-Identifier: MIT
// Operations for ptq.py.
#include <conformance/driver.hpp>

#include <halftone/format/gptq/schemes.hpp>
#include <halftone/ptq/gptq.hpp>
#include <halftone/quantize/dequantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Arrays: w, h, codes, real numbers. Numbers: rows, cols, damping, activation order, static groups, clear unseen.
template <class Scheme>
void run_gptq(arguments& a) {
  const std::size_t n = a.size(0), k = a.size(1);
  const ptq::error_feedback feedback({a.in<double>(1).data(), k, k}, {.damping = a.number(2), .activation_order = a.number(3) != 0});
  const auto q = ptq::gptq<Scheme>({a.in<float>(0).data(), n, k}, feedback,
                                   {.static_groups = a.number(4) != 0, .clear_unseen = a.number(5) != 0});
  for (std::size_t row = 0; row < n; ++row) {
    unpack_codes<Scheme::element_type::bits>(q.row_codes(row).data(), k, a.out<std::uint8_t>(2).data() + row * k);
  }
  dequantize(q, {a.out<float>(3).data(), n, k});
}

template <class Element, class Granularity>
using layer = gptq::layer<Element, Granularity, gptq::affine, stored_as<fp32>>;

const operation all[] = {
    {"gptq 3 -1", run_gptq<layer<uint3, per_channel<0>>>}, {"gptq 3 128", run_gptq<layer<uint3, per_group<128>>>},
    {"gptq 4 -1", run_gptq<layer<uint4, per_channel<0>>>}, {"gptq 4 128", run_gptq<layer<uint4, per_group<128>>>},
    {"gptq 4 32", run_gptq<layer<uint4, per_group<32>>>},
};

}  // namespace
