// SPDX-License-Identifier: MIT
// Halftone: how often each value came, up to a relative width of 2^-10: a histogram whose bins are known before the first value, so
// that shards and threads add theirs and nothing depends on the order.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Values between `inner` (nearer to zero) and `outer`, both included, came `count` times.
struct counted_bin {
  float inner = 0.0f;
  float outer = 0.0f;
  std::uint64_t count = 0;
  /// What stands for them in sums: the middle.
  [[nodiscard]] float value() const noexcept { return product(0.5f, inner) + product(0.5f, outer); }
};

/// Counts of floats by sign, exponent and the first 10 bits of the mantissa. Two counters of the same values are equal, however they
/// came. Memory: 8 KiB for each sign and exponent that came, 4 MiB at most.
class value_counts {
 public:
  static constexpr unsigned mantissa_bits = 10;

  void observe(matrix_view<const float> x) {
    isa_detail::for_each_finite_run(x, "value_counts", 8192, [&](const float* run, std::size_t count, range r) {
      ends_ = count_ == 0 ? r : range{minimum(r.min, ends_.min), maximum(r.max, ends_.max)};
      for (std::size_t i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<std::uint32_t>(run[i]);
        std::uint32_t page = pages_[bits >> 23];
        if (page == 0) [[unlikely]] {
          page = add_page(bits >> 23);
        }
        ++counts_[(page - 1) * page_size + ((bits >> (23 - mantissa_bits)) & (page_size - 1))];
      }
      count_ += count;
    });
  }
  void merge(const value_counts& other) {
    if (other.count_ == 0) {
      return;
    }
    ends_ = count_ == 0 ? other.ends_ : range{minimum(other.ends_.min, ends_.min), maximum(other.ends_.max, ends_.max)};
    count_ += other.count_;
    for (std::uint32_t i = 0; i < pages; ++i) {
      if (other.pages_[i] != 0) {
        const std::size_t to = ((pages_[i] == 0 ? add_page(i) : pages_[i]) - 1) * page_size;
        const std::size_t from = (other.pages_[i] - 1) * page_size;
        for (std::size_t j = 0; j < page_size; ++j) {
          counts_[to + j] += other.counts_[from + j];
        }
      }
    }
  }
  /// Smallest and largest value, exact.
  [[nodiscard]] range ends() const noexcept { return ends_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// Bins with values in them, ascending; ends are not beyond those of the values. Zeros are among
  /// the smallest subnormal numbers of their sign.
  [[nodiscard]] std::vector<counted_bin> bins() const {
    std::vector<counted_bin> all;
    for (std::uint32_t i = pages; i-- > pages / 2;) {
      for (std::uint32_t j = page_size; j-- > 0;) {
        add_bin(i, j, all);
      }
    }
    for (std::uint32_t i = 0; i < pages / 2; ++i) {
      for (std::uint32_t j = 0; j < page_size; ++j) {
        add_bin(i, j, all);
      }
    }
    return all;
  }

 private:
  static constexpr std::uint32_t pages = 512;
  static constexpr std::uint32_t page_size = 1u << mantissa_bits;

  HALFTONE_COLD std::uint32_t add_page(std::uint32_t i) {
    counts_.resize(counts_.size() + page_size);
    return pages_[i] = static_cast<std::uint32_t>(counts_.size() / page_size);
  }
  void add_bin(std::uint32_t page, std::uint32_t slot, std::vector<counted_bin>& all) const {
    const std::uint64_t n = pages_[page] == 0 ? 0 : counts_[(pages_[page] - 1) * page_size + slot];
    if (n == 0) {
      return;
    }
    const std::uint32_t low = (page << 23) | (slot << (23 - mantissa_bits));
    const auto bounded = [&](std::uint32_t bits) {
      return maximum(minimum(std::bit_cast<float>(bits), ends_.max), ends_.min) + 0.0f;
    };
    all.push_back({bounded(low), bounded(low | ((1u << (23 - mantissa_bits)) - 1)), n});
  }
  std::uint32_t pages_[pages] = {};  // 1 + where the counts of a sign and exponent are; 0: nowhere yet
  std::vector<std::uint64_t> counts_;
  range ends_{};
  std::uint64_t count_ = 0;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
