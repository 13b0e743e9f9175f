// SPDX-License-Identifier: MIT
// The part of xsimd that Halftone's columns use, over emulated AVX-512 registers.
#pragma once

#include <immintrin.h>

#define XSIMD_VERSION_MAJOR 8
#define XSIMD_VERSION_MINOR 1

namespace xsimd {

struct avx512bw {};

template <class T>
struct register_of {
  using type = __m512i;
};
template <>
struct register_of<float> {
  using type = __m512;
};

template <class T>
struct mask {
  bool set[16];
};

template <class T, class Arch>
struct batch {
  using register_type = typename register_of<T>::type;
  static constexpr std::size_t size = 16;
  register_type data;

  batch() = default;
  batch(const register_type& r) : data(r) {}
  explicit batch(T x) {
    for (std::size_t i = 0; i < 16; ++i) {
      set(i, x);
    }
  }
  operator register_type() const { return data; }
  T get(std::size_t i) const {
    T x;
    std::memcpy(&x, reinterpret_cast<const char*>(&data) + i * sizeof(T), sizeof x);
    return x;
  }
  void set(std::size_t i, T x) { std::memcpy(reinterpret_cast<char*>(&data) + i * sizeof(T), &x, sizeof x); }
  static batch load_unaligned(const T* p) {
    batch b;
    std::memcpy(&b.data, p, 64);
    return b;
  }
  void store_unaligned(T* p) const { std::memcpy(p, &data, 64); }

  template <class F>
  static batch each(F f) {
    batch b;
    for (std::size_t i = 0; i < 16; ++i) {
      b.set(i, f(i));
    }
    return b;
  }
  friend batch operator+(const batch& a, const batch& b) {
    return each([&](std::size_t i) { return plus(a.get(i), b.get(i)); });
  }
  friend batch operator-(const batch& a, const batch& b) {
    return each([&](std::size_t i) { return minus(a.get(i), b.get(i)); });
  }
  friend batch operator*(const batch& a, const batch& b) {
    return each([&](std::size_t i) { return times(a.get(i), b.get(i)); });
  }
  friend batch operator/(const batch& a, const batch& b) {
    return each([&](std::size_t i) { return a.get(i) / b.get(i); });
  }
  friend mask<T> operator==(const batch& a, const batch& b) {
    mask<T> m;
    for (std::size_t i = 0; i < 16; ++i) {
      m.set[i] = a.get(i) == b.get(i);
    }
    return m;
  }

 private:
  // Integers wrap, as registers do.
  static float plus(float a, float b) { return a + b; }
  static float minus(float a, float b) { return a - b; }
  static float times(float a, float b) { return a * b; }
  static std::int32_t plus(std::int32_t a, std::int32_t b) { return wrap(std::int64_t{a} + b); }
  static std::int32_t minus(std::int32_t a, std::int32_t b) { return wrap(std::int64_t{a} - b); }
  static std::int32_t times(std::int32_t a, std::int32_t b) { return wrap(std::int64_t{a} * b); }
  static std::int32_t wrap(std::int64_t x) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(x)); }
};

template <class Arch>
batch<float, Arch> abs(const batch<float, Arch>& a) {
  return batch<float, Arch>::each([&](std::size_t i) { return std::fabs(a.get(i)); });
}
template <class Arch>
batch<float, Arch> select(const mask<float>& m, const batch<float, Arch>& a, const batch<float, Arch>& b) {
  return batch<float, Arch>::each([&](std::size_t i) { return m.set[i] ? a.get(i) : b.get(i); });
}
template <class Arch>
batch<float, Arch> to_float(const batch<std::int32_t, Arch>& a) {
  return batch<float, Arch>::each([&](std::size_t i) { return static_cast<float>(a.get(i)); });
}

}  // namespace xsimd
