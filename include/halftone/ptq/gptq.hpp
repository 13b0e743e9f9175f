// SPDX-License-Identifier: MIT
// Halftone: GPTQ: columns are rounded one after the other, and those that come later make good for the errors of those before.
// Frantar, Ashkboos, Hoefler, Alistarh: GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers,
// arXiv:2210.17323. For every scheme with one code a weight: groups, block scales and codebooks alike.
#pragma once

#include <halftone/ptq/feedback_rows.hpp>
#include <halftone/quantize/quantize.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

struct gptq_options {
  bool static_groups = false;  ///< parameters from the weights as they are, where they could follow the changed ones, too
  bool clear_unseen = false;   ///< weights of columns that calibration never saw become zero before all else, as in GPTQ's code
};

/// Groups whose parameters can be chosen when their first column is reached: runs of a row whose parameters are stored one by one.
template <class Scheme>
inline constexpr bool has_moving_groups =
    one_run_a_group<typename Scheme::granularity_type> && !halftone::detail::is_quantized_again<typename Scheme::scale_storage> &&
    !halftone::detail::is_quantized_again<typename Scheme::offset_storage>;

namespace detail {

/// One call of gptq: what its rows share.
template <scheme_type Scheme, class Estimator>
class gptq_run {
  using Element = typename Scheme::element_type;

 public:
  gptq_run(matrix_view<const float> w, const error_feedback& feedback, bool moving, const Estimator& estimator, const Scheme& fitting,
           quantized_matrix<Scheme>& q)
      : w_(w), feedback_(feedback), estimator_(estimator), fitting_(fitting), q_(q), moving_(moving),
        run_(w.cols()) {
    if constexpr (has_moving_groups<Scheme>) {
      run_ = moving ? std::min(std::max<std::size_t>(q.scheme().granularity.run_length(w.shape()), 1), w.cols()) : w.cols();
    }
  }

  void rows(std::size_t first, std::size_t count) {
    feedback_rows state(feedback_);
    std::vector<float> group(run_), group_sums(run_ + 2 * error_feedback::pad);
    for (std::size_t end = first + count; first < end; first += feedback_rows::rows) {
      const std::size_t now = std::min(feedback_rows::rows, end - first);
      state.load(w_, first, now);
      for (std::size_t begin = 0; begin < w_.cols();) {
        const std::size_t stop = end_of_block(begin);
        for (std::size_t r = 0; r < now; ++r) {
          block(state, first + r, r, begin, stop, group, group_sums);
        }
        state.carry_block(begin, stop, now);
        begin = stop;
      }
    }
  }

 private:
  /// Blocks hold whole groups or are parts of one: where a group begins, all that came before has been carried to all of it.
  [[nodiscard]] std::size_t end_of_block(std::size_t begin) const noexcept {
    constexpr std::size_t most = feedback_rows::block;
    const std::size_t whole = run_ <= most ? most / run_ * run_ : std::min(most, run_ - begin % run_);
    return std::min(begin + whole, w_.cols());
  }

  void block(feedback_rows& state, std::size_t row, std::size_t r, std::size_t begin, std::size_t end, std::vector<float>& group,
             std::vector<float>& group_sums) {
    std::size_t known = static_cast<std::size_t>(-1);
    group_parameters p;
    float factor = 1.0f;
    const Scheme& s = q_.scheme();
    for (std::size_t place = begin; place < end; ++place) {
      const std::size_t k = feedback_.order()[place];
      if (const std::size_t g = q_.group_of(row, k); g != known) {
        if (moving_ && place % run_ == 0) {
          fit(state, r, place, g, group, group_sums);
        }
        known = g;
        p = q_.parameters_at(g);
        factor = Scheme::factor_of(p);
      }
      const std::uint32_t code = encode_value(state.wanted(r, place), p, factor, s, static_cast<std::uint64_t>(row) * w_.cols() + k);
      write_code<Element::bits>(q_.row_codes(row).data(), k, code);
      state.settle(r, place, s.real(s.element.decode(code), p), begin, end);
    }
  }

  /// Parameters for the weights that this group would have if nothing more were rounded.
  void fit(feedback_rows& state, std::size_t r, std::size_t begin, std::size_t g, std::vector<float>& group, std::vector<float>& sums) {
    const std::size_t count = std::min(run_, w_.cols() - begin);
    constexpr std::size_t pad = error_feedback::pad;
    std::copy_n(state.sums(r) + begin, count, sums.data() + pad);
    for (std::size_t i = 0; i < count; ++i) {
      const float weight = state.weights(r)[begin + i];
      group[i] = feedback_rows::less(weight, sums[pad + i]);
      state.carry(group[i] - weight, begin + i, begin + count, sums.data() + pad - begin);
    }
    const std::span<const float> values(group.data(), count);
    group_parameters p;
    if constexpr (indexed_estimator_for<Estimator, Scheme>) {
      p = estimator_.fit(g, values, fitting_);
    } else {
      p = estimator_.fit(values, fitting_);
    }
    expects_parameters<Scheme>(p, g);
    p = settled(p, values, fitting_);
    if constexpr (has_moving_groups<Scheme>) {
      if constexpr (Scheme::has_scale) {
        q_.scale_plane().set(g, p.scale);
      }
      if constexpr (Scheme::has_offset) {
        q_.offset_plane().set(g, p.offset);
      }
      q_.set_zero_point(g, p.zero_point);
    }
  }

  matrix_view<const float> w_;
  const error_feedback& feedback_;
  const Estimator& estimator_;
  const Scheme& fitting_;
  quantized_matrix<Scheme>& q_;
  bool moving_;
  std::size_t run_;  // columns of a moving group; all where parameters are known before
};

}  // namespace detail

/// Quantizes w [n, k] so that (w' - w) H (w' - w)^T is small.
///
/// Columns are taken in the order of `feedback`. A code is what `quantize` chooses for w[., k] less the errors that earlier columns left
/// it (feedback_rows.hpp). Parameters: in natural order and where groups are runs of a row, from the weights as changed so far, when
/// the first column of the group is reached; otherwise (an activation order, planes quantized again as in NVFP4, groups of several
/// rows), or with static_groups, those of `quantize`. The result does not depend on threads, on the instruction set, nor on blocks of
/// columns. A diagonal H gives the bits of `quantize`.
///
/// @param w          weights, finite
/// @param feedback   of a Hessian [k, k]
/// @param estimator  as for `quantize`
/// @param use        executor: rows are quantized in tasks
/// @throws           what `quantize` throws; halftone::error if the sizes of w and H differ
/// @par Cost         n k^2 / 2 products and sums in float; 32 rows of float and of sums a task
template <scheme_type Scheme, class Estimator = min_max>
  requires(any_estimator_for<Estimator, Scheme> && scalar_element<typename Scheme::element_type>)
[[nodiscard]] quantized_matrix<Scheme> gptq(matrix_view<const float> w, const error_feedback& feedback, const gptq_options& options = {},
                                            const Estimator& estimator = {}, const Scheme& scheme = {}, const context& use = {}) {
  expects_valid(w, "gptq", "w");
  expects(w.cols() == feedback.size(), "gptq: w is [", w.rows(), ", ", w.cols(), "], h [", feedback.size(), ", ", feedback.size(), "]");
  expects_finite(w, "gptq");
  std::vector<float> cleared;
  if (options.clear_unseen && !feedback.unseen().empty()) {
    cleared.resize(w.rows() * w.cols());
    for (std::size_t row = 0; row < w.rows(); ++row) {
      std::copy_n(w.row_data(row), w.cols(), cleared.data() + row * w.cols());
      for (const std::uint32_t k : feedback.unseen()) {
        cleared[row * w.cols() + k] = 0.0f;
      }
    }
    w = {cleared.data(), w.rows(), w.cols()};
  }
  quantized_matrix<Scheme> q(w.shape(), scheme);
  expects_groups<Scheme>(estimator, q.group_count());
  const bool moving = has_moving_groups<Scheme> && !options.static_groups && feedback.in_natural_order();
  if (!moving) {
    quantize_into(w, q, estimator, use);
    std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  }
  const Scheme fitting = reference::scheme_for(w, q.scheme());
  detail::gptq_run<Scheme, Estimator> run(w, feedback, moving, estimator, fitting, q);
  const auto task = [&](std::size_t t) {
    const std::size_t first = t * feedback_rows::rows;
    run.rows(first, std::min(feedback_rows::rows, w.rows() - first));
  };
  use.execute(w.cols() == 0 ? 0 : ceil_div(w.rows(), feedback_rows::rows), task);
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
