// SPDX-License-Identifier: MIT
// Operations for calibration_onnx.py.
#include <conformance/calibration.hpp>

#include <halftone/calibration/onnx_histogram.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

const bool all = [] {
  conformance::add_observer("entropy", [](arguments& a) { return onnx::entropy_observer({.levels = a.size(3)}, onnx::centered_histogram(a.size(2))); });
  conformance::add_observer("percentile", [](arguments& a) {
    return onnx::percentile_observer({.percent = a.number(3)}, onnx::centered_histogram(a.size(2)));
  });
  // Arrays: x, rows of batches, edges, counts. Numbers: columns, bins.
  operation{"histogram", [](arguments& a) {
              onnx::centered_histogram h(a.size(1));
              conformance::observe_batches(h, a);
              if (a.out<double>(3).size() != h.counts().size()) {
                throw std::invalid_argument("the histogram has " + std::to_string(h.counts().size()) + " bins");
              }
              std::ranges::copy(h.edges(), a.out<float>(2).begin());
              std::ranges::copy(h.counts(), a.out<double>(3).begin());
            }};
  return true;
}();

}  // namespace
