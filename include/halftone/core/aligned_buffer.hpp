// SPDX-License-Identifier: MIT
// Halftone: memory that starts on a 64-byte boundary.
#pragma once

#include <halftone/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace halftone::inline v0_1 {

/// Owns `size` values of a trivial type, zero at first, aligned to 64 bytes (a cache line, a 512-bit register).
template <class T>
  requires std::is_trivially_copyable_v<T>
class aligned_buffer {
 public:
  static constexpr std::size_t alignment = 64;

  aligned_buffer() = default;
  explicit aligned_buffer(std::size_t size) : size_(size) {
    expects(size <= static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T), "aligned_buffer: ", size, " values of ", sizeof(T),
            " bytes are more than memory can hold");
    if (size != 0) {
      data_ = static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t{alignment}));
      std::memset(static_cast<void*>(data_), 0, size * sizeof(T));
    }
  }
  aligned_buffer(const aligned_buffer& other) : aligned_buffer(other.size_) {
    if (size_ != 0) {
      std::memcpy(static_cast<void*>(data_), other.data_, size_ * sizeof(T));
    }
  }
  aligned_buffer(aligned_buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  aligned_buffer& operator=(aligned_buffer other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~aligned_buffer() { ::operator delete(static_cast<void*>(data_), std::align_val_t{alignment}); }

  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] const T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<T> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const T> span() const noexcept { return {data_, size_}; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return data_[i]; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace halftone::inline v0_1
