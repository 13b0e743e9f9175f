// SPDX-License-Identifier: MIT
// Halftone: an estimator that weighs errors by the importance of their columns: the diagonal of a Hessian, mean squares of inputs
// (ggml's importance matrix), or sums of squared gradients.
#pragma once

#include <halftone/ptq/objective.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// @tparam Estimator  one that has fit(values, importance, scheme)
template <class Estimator>
class by_importance {
 public:
  /// @param importance  one for each column, finite, none below 0
  /// @throws            halftone::error if one is not
  by_importance(const Estimator& estimator, std::span<const float> importance) : estimator_(estimator), importance_(importance.begin(), importance.end()) {
    for (std::size_t k = 0; k < importance.size(); ++k) {
      expects(is_finite(importance[k]) && importance[k] >= 0.0f, "by_importance: column ", k, " has importance ", importance[k]);
    }
  }
  /// The diagonal of H [k, k].
  /// @throws  halftone::error if H is not valid or square, or a number is beyond float or below 0
  by_importance(const Estimator& estimator, matrix_view<const double> h) : by_importance(estimator, diagonal_of(h)) {}

  template <scheme_type Scheme>
    requires one_run_a_group<typename Scheme::granularity_type>
  [[nodiscard]] group_parameters fit(std::size_t group, std::span<const float> values, const Scheme& s) const {
    const matrix_shape row{1, importance_.size()};
    const std::size_t run = std::max<std::size_t>(std::min(s.granularity.run_length(row), row.cols), 1);
    const std::size_t first = group % std::max<std::size_t>(ceil_div(row.cols, run), 1) * run;
    expects(values.size() == std::min(run, row.cols - first), "by_importance: importance of ", row.cols,
            " columns for a matrix of another width");
    return estimator_.fit(values, std::span<const float>(importance_).subspan(first, values.size()), s);
  }
  /// One for all matrices of this width.
  [[nodiscard]] std::size_t size() const noexcept { return 1; }

 private:
  [[nodiscard]] static std::vector<float> diagonal_of(matrix_view<const double> h) {
    expects_valid(h, "by_importance", "h");
    expects(h.rows() == h.cols(), "by_importance: h is [", h.rows(), ", ", h.cols(), "], should be square");
    std::vector<float> diagonal(h.rows());
    for (std::size_t k = 0; k < h.rows(); ++k) {
      diagonal[k] = static_cast<float>(h(k, k));
    }
    return diagonal;
  }

  Estimator estimator_;
  std::vector<float> importance_;
};

template <class Estimator, class Importance>
by_importance(const Estimator&, const Importance&) -> by_importance<Estimator>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
