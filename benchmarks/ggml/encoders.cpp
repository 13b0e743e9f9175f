// SPDX-License-Identifier: MIT
// Question: how fast are weights encoded to ggml's blocks beside the faster of ggml's own encoders, in one process? 256 KiB of
// floats, both sides in turns, medians of processor time; and are the bytes those of ggml's reference?
#include <halftone/core/random.hpp>
#include <halftone/format/ggml/convert.hpp>
#include <halftone/format/ggml/float_formats.hpp>
#include <halftone/format/ggml/minimum_formats.hpp>
#include <halftone/format/ggml/signed_formats.hpp>
#include <halftone/format/ggml/simple_formats.hpp>
#include <halftone/format/ggml/table_formats.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

extern "C" {
using encoder = void(const float*, void*, std::int64_t);
encoder quantize_row_q4_0_ref, quantize_row_q4_1_ref, quantize_row_q5_0_ref, quantize_row_q5_1_ref, quantize_row_q8_0_ref;
encoder quantize_row_q2_K_ref, quantize_row_q3_K_ref, quantize_row_q4_K_ref, quantize_row_q5_K_ref, quantize_row_q6_K_ref;
encoder quantize_row_mxfp4_ref;
#if defined(GGML_HAS_SIMD)
encoder ggml_simd_q8_0;  // ggml's quantize_row_q8_0 for this processor, which breaks ties otherwise than its reference
#endif
}

namespace {

using namespace halftone;

constexpr std::size_t rows = 16;
constexpr std::size_t cols = 4096;
constexpr int rounds = 31;

double processor_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

template <class Work>
double seconds_of(const Work& work) {
  const double start = processor_seconds();
  work();
  return processor_seconds() - start;
}

double median(std::vector<double> times) {
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[rounds / 2];
}

int missed = 0;

template <class Scheme>
void compare(const std::vector<float>& w, encoder* reference, encoder* fastest, double goal) {
  std::vector<std::uint8_t> ours(rows * ggml::row_bytes<Scheme>(cols)), theirs(ours.size()), fast(ours.size());
  std::vector<double> time_of_ours, time_of_reference, time_of_fastest;
  for (int round = 0; round < rounds; ++round) {
    time_of_ours.push_back(seconds_of([&] { ggml::encode<Scheme>({w.data(), rows, cols}, ours); }));
    time_of_reference.push_back(seconds_of([&] { reference(w.data(), theirs.data(), rows * cols); }));
    if (fastest != nullptr) {
      time_of_fastest.push_back(seconds_of([&] { fastest(w.data(), fast.data(), rows * cols); }));
    }
  }
  const double best = fastest != nullptr ? std::min(median(time_of_fastest), median(time_of_reference)) : median(time_of_reference);
  const double ratio = best / median(time_of_ours);
  const bool same = ours == theirs;
  const bool met = same && ratio >= goal;
  missed += met ? 0 : 1;
  std::printf("%-7s %11.1f %11.1f %7.2f %6.1f  %-5s %s\n", std::string(ggml::block_format<Scheme>::name).c_str(),
              median(time_of_ours) * 1e6, best * 1e6, ratio, goal, met ? "yes" : "NO", same ? "the reference's" : "DIFFERENT");
}

}  // namespace

int main() {
  std::vector<float> w(rows * cols);
  for (std::size_t i = 0; i < w.size(); ++i) {  // bell-shaped
    w[i] = random_unit(1, 4 * i) + random_unit(1, 4 * i + 1) + random_unit(1, 4 * i + 2) + random_unit(1, 4 * i + 3) - 2.0f;
  }
  std::printf("%-7s %11s %11s %7s %6s  %-5s %s\n", "format", "halftone us", "ggml us", "ratio", "goal", "met", "bytes");
  compare<ggml::q4_0>(w, quantize_row_q4_0_ref, nullptr, 1.5);
#if defined(GGML_HAS_SIMD)
  compare<ggml::q8_0>(w, quantize_row_q8_0_ref, ggml_simd_q8_0, 1.5);
#else
  compare<ggml::q8_0>(w, quantize_row_q8_0_ref, nullptr, 1.5);
#endif
  compare<ggml::q4_k>(w, quantize_row_q4_K_ref, nullptr, 3.0);
  compare<ggml::q6_k>(w, quantize_row_q6_K_ref, nullptr, 3.0);
  compare<ggml::q4_1>(w, quantize_row_q4_1_ref, nullptr, 0.0);
  compare<ggml::q5_0>(w, quantize_row_q5_0_ref, nullptr, 0.0);
  compare<ggml::q5_1>(w, quantize_row_q5_1_ref, nullptr, 0.0);
  compare<ggml::q2_k>(w, quantize_row_q2_K_ref, nullptr, 0.0);
  compare<ggml::q3_k>(w, quantize_row_q3_K_ref, nullptr, 0.0);
  compare<ggml::q5_k>(w, quantize_row_q5_K_ref, nullptr, 0.0);
  compare<ggml::mxfp4>(w, quantize_row_mxfp4_ref, nullptr, 0.0);
  return missed == 0 ? 0 : 1;
}
