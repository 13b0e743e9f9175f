// SPDX-License-Identifier: MIT
// Operations for calibration_torch.py.
#include <conformance/calibration.hpp>

#include <halftone/calibration/min_max.hpp>
#include <halftone/calibration/moving_average.hpp>
#include <halftone/calibration/tensorrt_searches.hpp>
#include <halftone/calibration/torch_histogram.hpp>
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
  conformance::add_observer("torch histogram", [](arguments& a) { return torch::histogram_observer(a.size(2), static_cast<unsigned>(a.number(3))); });
  conformance::add_observer("entropy", [](arguments& a) {
    return tensorrt::entropy_observer({.bits = static_cast<unsigned>(a.number(3)), .is_unsigned = a.number(4) != 0.0, .stride = a.size(5)},
                                      tensorrt::magnitude_histogram(a.size(2)));
  });
  conformance::add_observer("least squares", [](arguments& a) {
    return tensorrt::least_squares_observer({.bits = static_cast<unsigned>(a.number(3)), .is_unsigned = a.number(4) != 0.0, .stride = a.size(5)},
                                            tensorrt::magnitude_histogram(a.size(2)));
  });
  conformance::add_observer("percentile of magnitudes", [](arguments& a) {
    return tensorrt::percentile_observer({.percent = a.number(3)}, tensorrt::magnitude_histogram(a.size(2)));
  });
  // Arrays: x, rows of batches, counts. Numbers: columns, number of batches, bins.
  operation{"torch histogram counts", [](arguments& a) {
              const torch::histogram_observer o = conformance::observe_stream(torch::histogram_observer(a.size(2)), a);
              std::ranges::copy(o.counts(), a.out<float>(2).begin());
            }};
  // Arrays: x, rows of batches, edges, counts, how many of both (two). Numbers: columns, number of batches, bins.
  operation{"magnitudes", [](arguments& a) {
              tensorrt::magnitude_histogram h(a.size(2));
              conformance::observe_batches(h, a);
              std::ranges::copy(h.bins().edges, a.out<float>(2).begin());
              std::ranges::copy(h.bins().counts, a.out<double>(3).begin());
              a.out<double>(4)[0] = static_cast<double>(h.bins().edges.size());
              a.out<double>(4)[1] = static_cast<double>(h.bins().counts.size());
            }};
  add_parameters<torch::quint8<per_tensor>>("quint8");
  add_parameters<torch::qint8_symmetric<per_tensor>>("qint8 symmetric");
  return true;
}();

}  // namespace
