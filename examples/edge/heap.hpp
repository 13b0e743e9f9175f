// SPDX-License-Identifier: MIT
// Halftone example: a heap of a few KiB that counts. Include it in one file: it replaces the one of the C library.
//
// A device without a heap would leave it out. Here it stands for the proof: whatever asks for memory, operator new and the C
// library included, comes by.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace edge::heap {

inline std::size_t requests = 0;
alignas(64) inline std::byte memory[4096];
inline std::size_t used = 0;

/// Never gives back; null when it is full, which what runs before main (libstdc++'s reserve for exceptions) accepts.
inline void* take(std::size_t size, std::size_t alignment) noexcept {
  ++requests;
  const std::size_t begin = (used + alignment - 1) / alignment * alignment;
  if (alignment > 64 || begin > sizeof memory || size > sizeof memory - begin) {
    errno = ENOMEM;
    return nullptr;
  }
  used = begin + size;
  return memory + begin;
}

}  // namespace edge::heap

extern "C" {
void* malloc(std::size_t size) noexcept { return edge::heap::take(size, alignof(std::max_align_t)); }
void free(void*) noexcept {}
void* calloc(std::size_t count, std::size_t size) noexcept {
  return count != 0 && size > SIZE_MAX / count ? nullptr : malloc(count * size);  // memory is zero, and handed out once
}
void* realloc(void* old, std::size_t size) noexcept {
  void* const fresh = malloc(size);
  if (fresh != nullptr && old != nullptr) {  // the old block's size is unknown, its end is not
    const auto left = static_cast<std::size_t>(static_cast<std::byte*>(fresh) - static_cast<std::byte*>(old));
    std::memcpy(fresh, old, size < left ? size : left);
  }
  return fresh;
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return edge::heap::take(size, alignment); }
void* memalign(std::size_t alignment, std::size_t size) noexcept { return edge::heap::take(size, alignment); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  *out = edge::heap::take(size, alignment);
  return *out == nullptr ? ENOMEM : 0;
}
}
