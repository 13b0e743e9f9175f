// SPDX-License-Identifier: MIT
// Operations for calibration_torch.py.
#include <conformance/calibration.hpp>

#include <halftone/calibration/min_max.hpp>
#include <halftone/calibration/moving_average.hpp>
#include <halftone/format/torch/schemes.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Arrays: ranges, scales, zero points as floats.
template <class Scheme>
void add_parameters(const std::string& name) {
  operation{"parameters " + name, [](arguments& a) {
              const Scheme s{};
              for (std::size_t i = 0; i < a.in<float>(1).size(); ++i) {
                const group_parameters p = s.mapping.choose({a.in<float>(0)[2 * i], a.in<float>(0)[2 * i + 1]}, s.element);
                a.out<float>(1)[i] = p.scale;
                a.out<float>(2)[i] = static_cast<float>(p.zero_point);
              }
            }};
}

const bool all = [] {
  conformance::add_observers("min max", [](arguments&) { return min_max_observer{}; });
  conformance::add_observers("moving average", [](arguments& a) { return moving_average_observer(static_cast<float>(a.number(2))); });
  add_parameters<torch::quint8<per_tensor>>("quint8");
  add_parameters<torch::qint8_symmetric<per_tensor>>("qint8 symmetric");
  return true;
}();

}  // namespace
