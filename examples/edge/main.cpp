// SPDX-License-Identifier: MIT
// Halftone example: a language model in a program without a heap, exceptions and RTTI.
//
// The weights are constants of the program, all other memory is static. The program counts requests for heap memory,
// measures its stack, and compares the text it writes and the bits of all its logits with what halftone::reference gave
// where it was built. It runs the same on 32-bit and 64-bit Arm and on x86; see CMakeLists.txt.
#include <cstdio>
#include <cstdlib>

namespace {
[[noreturn]] void stop(const char* text) {
  std::fputs(text, stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
  std::_Exit(1);
}
}  // namespace
#define HALFTONE_ERROR_HANDLER(text) stop(text)

#include "model.hpp"
#include "weights.hpp"

#include "heap.hpp"  // last: it defines what the headers of compilers declare

#include <link.h>
#include <sys/auxv.h>
#include <ucontext.h>

namespace {

constexpr auto& weights = edge::weights;

/// Known when compiled: the largest workspace of all products.
constexpr std::size_t workspace_bytes = [] {
  std::size_t most = 0;
  const auto see = [&](const auto& w) {
    most = std::max(most, halftone::gemm_workspace_bytes(halftone::activation_kind::dynamic, 1, w));
  };
  for (const auto& b : weights.block) {
    see(b.query), see(b.key), see(b.value), see(b.output), see(b.gate), see(b.up), see(b.down);
  }
  see(weights.logits);
  return most;
}();
alignas(64) std::byte workspace[workspace_bytes];

edge::state memory;
edge::outcome result;
char output[1024];

/// The stack that the model runs on, painted to see how far it is used.
constexpr std::size_t stack_bytes = 64 * 1024;
constexpr std::byte paint{0xa5};
alignas(64) std::byte stack[stack_bytes];
ucontext_t caller, runner;

void run() {
  edge::write(weights, memory, result, [](std::span<const float> x, const auto& w, std::span<float> y, const auto& finish) {
    halftone::gemv(halftone::dynamic<edge::activations>({x.data(), 1, x.size()}), w, y, finish, {.workspace = workspace});
  });
}

/// Runs on the painted stack; returns how many bytes of it were used.
std::size_t run_on_stack() {
  std::fill(std::begin(stack), std::end(stack), paint);
  getcontext(&runner);
  runner.uc_stack.ss_sp = stack;
  runner.uc_stack.ss_size = stack_bytes;
  runner.uc_link = &caller;
  makecontext(&runner, run, 0);
  swapcontext(&caller, &runner);
  const auto lowest = std::find_if(std::begin(stack), std::end(stack), [](std::byte b) { return b != paint; });
  return static_cast<std::size_t>(std::end(stack) - lowest);
}

/// What the system loads of this program and nobody writes: code and constants.
std::size_t constant_bytes() {
  std::size_t sum = 0;
  const auto* header = reinterpret_cast<const ElfW(Phdr)*>(getauxval(AT_PHDR));
  for (std::size_t i = 0; i < getauxval(AT_PHNUM); ++i) {
    if (header[i].p_type == PT_LOAD && (header[i].p_flags & PF_W) == 0) {
      sum += header[i].p_memsz;
    }
  }
  return sum;
}

constexpr std::size_t packed_bytes() {
  std::size_t sum = weights.logits.byte_count();
  for (const auto& b : weights.block) {
    for (const auto* w : {&b.query, &b.key, &b.value, &b.output, &b.gate, &b.up, &b.down}) {
      sum += w->byte_count();
    }
  }
  return sum;
}

/// The embedding table, the norms and the angles of positions.
constexpr std::size_t other_bytes = 2 * edge::vocabulary * edge::hidden + 4 * (2 * edge::blocks + 1) * edge::hidden +
                                    4 * edge::context * edge::head_size;

bool all_hold = true;

void check(const char* claim, bool holds) {
  std::printf("  %-64s %s\n", claim, holds ? "yes" : "NO");
  all_hold = all_hold && holds;
}

}  // namespace

int main() {
  std::setvbuf(stdout, output, _IOFBF, sizeof output);
  const std::size_t before_probe = edge::heap::requests;
  ::operator delete(::operator new(16));
  const bool hook_works = edge::heap::requests == before_probe + 1;

  const std::size_t at_start = edge::heap::requests;
  const std::size_t stack_used = run_on_stack();
  const std::size_t after_start = edge::heap::requests - at_start;

  char text[edge::written + 1] = {};
  bool same_text = true;
  for (std::size_t i = 0; i < edge::written; ++i) {
    text[i] = static_cast<char>(edge::byte_of(result.tokens[i]));
    same_text = same_text && result.tokens[i] == edge::expected.tokens[i];
  }
  constexpr std::string_view isa = halftone::default_arch::name;
  std::printf("%.*s, %zu-bit\n%s|%s\n\n", static_cast<int>(isa.size()), isa.data(), 8 * sizeof(void*), edge::prompt, text);

  const std::size_t constant = constant_bytes();
  const std::size_t rest = constant - packed_bytes() - other_bytes;
  std::printf("constants: packed weights %zu, other weights %zu; code, with the C library %zu: %zu bytes\n", packed_bytes(),
              other_bytes, rest, constant);
  std::printf("memory: keys, values and activations %zu, workspace %zu; peak of the stack %zu: %zu bytes\n\n", sizeof memory,
              sizeof workspace, stack_used, sizeof memory + sizeof workspace + stack_used);

  check("the count of heap requests sees operator new", hook_works);
  check("no heap request after the start", after_start == 0);
  check("the stack was large enough", stack_used < stack_bytes);
  check("the text of halftone::reference", same_text);
  check("the bits of halftone::reference in all logits", result.hash == edge::expected.hash);
  return all_hold ? 0 : 1;
}
