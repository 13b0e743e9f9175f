// SPDX-License-Identifier: MIT
// Halftone tests: GGUF files, each of which breaks one rule.
#pragma once

#include "gguf_builder.hpp"

#include <halftone/core/result.hpp>

#include <span>

namespace halftone_test {

// What public parsers of this format and its kin have fallen for, and rows that try it.
// Counts, lengths and ranks believed before the bytes are there: "more tensors than bytes", "2^63 entries",
//   "a key of 2^64 - 1 bytes", "2^64 - 1 strings", "one element too many", "rank 5".
// A product or a sum that wraps: "tensors whose bytes wrap to 8", "dimensions (2^32, 2^32)",
//   "dimensions (2^63 - 1, 2)", "dimensions that wrap to 3", "bytes wrap to 0", "offset and size wrap".
// A zero that hides an overflow, or by which something is divided: "dimensions (2^32, 0, 2^32)"; dimensions
//   (0, 2^63 - 1) are legal, in gguf_header.cpp. Negative dimensions: "a negative dimension".
// An alignment of zero, no power of two, so large that padding wraps, or of another type: "alignment ...".
// Offsets checked late, or not for empty tensors: "the second of two past the end", "an empty tensor past the end".
// Data beyond the end, or that two tensors share: "one byte past the end", "overlap".
// A table of types read beyond its end: "type 43", "type -1", "type 13", "an array of type 13".
// A part of a block: "half a block", "a scalar of a type with blocks". Endless recursion: "10000 levels of arrays".
// Names twice, or equal up to a zero byte: "a key twice", "a tensor twice", "a key with a zero byte twice".
// Paths of splits are made of the path that was opened, never of what a file says: gguf_split.cpp.

/// One rule of the format broken once, and what the reader is to say; the offset is the builder's `here`.
struct broken_gguf {
  std::string_view rule;
  void (*make)(gguf_builder& file);
  halftone::file_error code;
  const char* text;  // behind "gguf: "
};

namespace gguf_rules {

using enum halftone::file_error;
using file = gguf_builder;
constexpr std::uint64_t top = ~std::uint64_t{0};
constexpr std::uint64_t large = top >> 1;

inline const broken_gguf fixed_part[] = {
    {"empty file", [](file& f) { f.here(); }, truncated, "a file of 0 bytes has no header of 24"},
    {"magic alone", [](file& f) { f.raw("GGUF").here(); }, truncated, "a file of 4 bytes has no header of 24"},
    {"part of the magic", [](file& f) { f.raw("GGU").here(); }, truncated, "a file of 3 bytes has no header of 24"},
    {"one byte short", [](file& f) { f.raw("GGUF").u32(3).u64(0).raw("1234567").here(); }, truncated,
     "a file of 23 bytes has no header of 24"},
    {"other magic", [](file& f) { f.here().raw("GGML").u32(3).u64(0).u64(0); }, malformed,
     "the file does not start with \"GGUF\""},
    {"magic turned round", [](file& f) { f.here().raw("FUGG").u32(3).u64(0).u64(0); }, malformed,
     "the file does not start with \"GGUF\""},
    {"another format, short", [](file& f) { f.here().raw("{}"); }, malformed, "the file does not start with \"GGUF\""},
    {"version 0", [](file& f) { f.raw("GGUF").here().u32(0).u64(0).u64(0); }, malformed,
     "version 0 is neither 2 nor 3"},
    {"version 1, with counts of 32 bits", [](file& f) { f.raw("GGUF").here().u32(1).u32(0).u32(0).u64(0); }, malformed,
     "version 1 is neither 2 nor 3"},
    {"version 4", [](file& f) { f.raw("GGUF").here().u32(4).u64(0).u64(0); }, malformed,
     "version 4 is neither 2 nor 3"},
    {"version 4 of the other byte order", [](file& f) { f.raw("GGUF").here().u32(0x04000000).u64(0).u64(0); },
     malformed, "version 4 is neither 2 nor 3"},
    {"version 3 and 3 * 2^24", [](file& f) { f.raw("GGUF").here().u32(0x03000003).u64(0).u64(0); }, malformed,
     "version 50331651 is neither 2 nor 3"},
    {"more tensors than bytes", [](file& f) { f.raw("GGUF").u32(3).here().u64(2).u64(0).raw(std::string(47, '\0')); },
     too_large, "2 tensors of at least 24 bytes, the file has 47"},
    {"2^64 - 1 tensors", [](file& f) { f.raw("GGUF").u32(3).here().u64(top).u64(0).u64(0); }, too_large,
     "18446744073709551615 tensors of at least 24 bytes, the file has 8"},
    {"tensors whose bytes wrap to 8",
     [](file& f) { f.raw("GGUF").u32(3).here().u64(768614336404564651).u64(0).u64(0); }, too_large,
     "768614336404564651 tensors of at least 24 bytes, the file has 8"},
    {"more entries than bytes", [](file& f) { f.raw("GGUF").u32(3).u64(0).here().u64(2).raw(std::string(27, '\0')); },
     too_large, "2 metadata entries of at least 14 bytes, the file has 27"},
    {"2^63 entries", [](file& f) { f.raw("GGUF").u32(3).u64(0).here().u64(large + 1).u64(0); }, too_large,
     "9223372036854775808 metadata entries of at least 14 bytes, the file has 8"},
};

inline const broken_gguf keys[] = {
    {"length of a key cut", [](file& f) { f.start(0, 2).key("abcdefghijkl", 0).u8(1).here().raw("123"); }, truncated,
     "metadata 1: the file ends inside the length of its name"},
    {"a key past the end", [](file& f) { f.start(0, 1).here().u64(7).raw("abcdef"); }, truncated,
     "metadata 0: a name of 7 bytes, of which the file has 6"},
    {"a key of 65536 bytes", [](file& f) { f.start(0, 1).here().text(std::string(65536, 'k')).u32(4).u32(1); },
     too_large, "metadata 0: a name of 65536 bytes is above the limit of 65535"},
    {"a key of 2^64 - 1 bytes", [](file& f) { f.start(0, 1).here().u64(top).u64(0); }, too_large,
     "metadata 0: a name of 18446744073709551615 bytes is above the limit of 65535"},
    {"an empty key", [](file& f) { f.start(0, 1).here().text("").u32(4).u32(1); }, malformed,
     "metadata 0: the key is empty"},
    {"a key that is not UTF-8", [](file& f) { f.start(0, 1).u64(3).raw("a").here().raw("\xff.").u32(4).u32(1); },
     malformed, "metadata 0: the name is not UTF-8"},
    {"type cut", [](file& f) { f.start(0, 1).text("abc").here().raw("123"); }, truncated,
     "metadata \"abc\": the file ends inside the type of the value"},
    {"type 13", [](file& f) { f.start(0, 1).text("abc").here().u32(13).u32(0); }, unknown_type,
     "metadata \"abc\": unknown type 13 of a value"},
    {"type 2^32 - 1", [](file& f) { f.start(0, 1).text("a").here().u32(0xffffffff).u8(0); }, unknown_type,
     "metadata \"a\": unknown type 4294967295 of a value"},
    {"a key twice", [](file& f) { f.start(0, 3).key("b", 4).u32(1).key("a", 4).u32(1).here().key("b", 0).u8(1); },
     duplicate_name, "metadata key \"b\" occurs twice"},
    {"a key twice, alike", [](file& f) { f.start(0, 2).key("b", 4).u32(1).here().key("b", 4).u32(1); }, duplicate_name,
     "metadata key \"b\" occurs twice"},
    {"a key with a zero byte twice",
     [](file& f) {
       f.start(0, 3).key({"b\0x", 3}, 0).u8(1).key({"b\0y", 3}, 0).u8(1).here().key({"b\0x", 3}, 0).u8(1);
     },
     duplicate_name, "metadata key \"b?x\" occurs twice"},
};

inline const broken_gguf values[] = {
    {"uint32 cut", [](file& f) { f.start(0, 1).key("abcd", 4).here().raw("123"); }, truncated,
     "metadata \"abcd\": the file ends inside its u32"},
    {"float64 cut", [](file& f) { f.start(0, 1).key("a", 12).here().raw("1234567"); }, truncated,
     "metadata \"a\": the file ends inside its f64"},
    {"nothing of an i8", [](file& f) { f.start(0, 1).key("ab", 1).here(); }, truncated,
     "metadata \"ab\": the file ends inside its i8"},
    {"length of a string cut", [](file& f) { f.start(0, 1).key("a", 8).here().raw("1234567"); }, truncated,
     "metadata \"a\": the file ends inside its string"},
    {"a string past the end", [](file& f) { f.start(0, 1).key("a", 8).here().u64(3).raw("ab"); }, truncated,
     "metadata \"a\": a string of 3 bytes, of which the file has 2"},
    {"a string of 2^64 - 8 bytes", [](file& f) { f.start(0, 1).key("a", 8).here().u64(top - 7).raw("ab"); }, truncated,
     "metadata \"a\": a string of 18446744073709551608 bytes, of which the file has 2"},
    {"a bool of 2", [](file& f) { f.start(0, 1).key("a", 7).here().u8(2); }, malformed,
     "metadata \"a\": a bool is 2, neither 0 nor 1"},
    {"a bool of -1", [](file& f) { f.start(0, 1).key("a", 7).here().u8(255); }, malformed,
     "metadata \"a\": a bool is 255, neither 0 nor 1"},
    {"array cut", [](file& f) { f.start(0, 1).key("a", 9).here().u32(0).raw("1234567"); }, truncated,
     "metadata \"a\": the file ends inside its array"},
    {"an array of type 13", [](file& f) { f.start(0, 1).key("a", 9).here().u32(13).u64(0); }, unknown_type,
     "metadata \"a\": unknown type 13 of the elements of an array"},
    {"one element too many", [](file& f) { f.start(0, 1).key("a", 9).u32(5).here().u64(2).raw("1234567"); }, truncated,
     "metadata \"a\": an array of 2 elements of at least 4 bytes, the file has 7"},
    {"2^62 elements of 4 bytes",
     [](file& f) { f.start(0, 1).key("a", 9).u32(4).here().u64(std::uint64_t{1} << 62).u32(0); }, truncated,
     "metadata \"a\": an array of 4611686018427387904 elements of at least 4 bytes, the file has 4"},
    {"2^64 - 1 strings", [](file& f) { f.start(0, 1).key("a", 9).u32(8).here().u64(top).u64(0); }, truncated,
     "metadata \"a\": an array of 18446744073709551615 elements of at least 8 bytes, the file has 8"},
    {"a string of an array past the end",
     [](file& f) { f.start(0, 1).key("a", 9).u32(8).u64(2).text("ab").here().u64(1); }, truncated,
     "metadata \"a\": a string of 1 bytes, of which the file has 0"},
    {"a bool of an array", [](file& f) { f.start(0, 1).key("a", 9).u32(7).u64(3).u8(0).u8(1).here().u8(9); }, malformed,
     "metadata \"a\": a bool is 9, neither 0 nor 1"},
    {"arrays inside an array past the end",
     [](file& f) { f.start(0, 1).key("a", 9).u32(9).here().u64(2).u32(0).u64(0).raw("12345678901"); }, truncated,
     "metadata \"a\": an array of 2 elements of at least 12 bytes, the file has 23"},
    {"a long array inside an array",
     [](file& f) { f.start(0, 1).key("a", 9).u32(9).u64(2).u32(0).u64(1).u8(1).u32(4).here().u64(9).u32(1); },
     truncated, "metadata \"a\": an array of 9 elements of at least 4 bytes, the file has 4"},
    {"the 17th level of arrays",
     [](file& f) {
       f.start(0, 1).key("a", 9);
       for (unsigned level = 0; level < 16; ++level) {
         f.u32(9).u64(1);
       }
       f.here().u32(0).u64(0);
     },
     too_large, "metadata \"a\": arrays inside arrays beyond 16 levels"},
    {"10000 levels of arrays",
     [](file& f) {
       f.start(0, 1).key("a", 9);
       for (unsigned level = 0; level < 10000; ++level) {
         if (level == 16) {
           f.here();
         }
         f.u32(9).u64(1);
       }
     },
     too_large, "metadata \"a\": arrays inside arrays beyond 16 levels"},
    {"alignment as int32", [](file& f) { f.start(0, 1).key("general.alignment", 5).here().u32(32); }, malformed,
     "general.alignment is an i32, not a u32"},
    {"alignment as a string", [](file& f) { f.start(0, 1).key("general.alignment", 8).here().text("32"); }, malformed,
     "general.alignment is a string, not a u32"},
    {"alignment 0", [](file& f) { f.start(0, 1).key("general.alignment", 4).here().u32(0); }, malformed,
     "general.alignment is 0, no power of two from 1 to 65536"},
    {"alignment 24", [](file& f) { f.start(0, 1).key("general.alignment", 4).here().u32(24); }, malformed,
     "general.alignment is 24, no power of two from 1 to 65536"},
    {"alignment 2^17", [](file& f) { f.start(0, 1).key("general.alignment", 4).here().u32(131072); }, malformed,
     "general.alignment is 131072, no power of two from 1 to 65536"},
    {"alignment 2^31", [](file& f) { f.start(0, 1).key("general.alignment", 4).here().u32(0x80000000); }, malformed,
     "general.alignment is 2147483648, no power of two from 1 to 65536"},
};

inline const broken_gguf descriptions[] = {
    {"length of a name cut",
     [](file& f) { f.start(2, 0).tensor("abcdefghijklmnopqrst", {}, 0, 0).here().raw("1234567"); }, truncated,
     "tensor 1: the file ends inside the length of its name"},
    {"a name past the end", [](file& f) { f.start(1, 0).here().u64(17).raw("1234567890123456"); }, truncated,
     "tensor 0: a name of 17 bytes, of which the file has 16"},
    {"a name of 65536 bytes", [](file& f) { f.start(1, 0).here().tensor(std::string(65536, 'n'), {1}, 0, 0); },
     too_large, "tensor 0: a name of 65536 bytes is above the limit of 65535"},
    {"a name that is not UTF-8",
     [](file& f) { f.start(1, 0).u64(2).here().raw("\xc0\x80").u32(0).u32(0).u64(0).pad().data(4); }, malformed,
     "tensor 0: the name is not UTF-8"},
    {"rank cut", [](file& f) { f.start(1, 0).text("1234567890123456").here().raw("123"); }, truncated,
     "tensor \"1234567890123456\": the file ends inside the number of dimensions"},
    {"rank 5", [](file& f) { f.start(1, 0).text("a").here().u32(5).raw(std::string(52, '\0')); }, too_large,
     "tensor \"a\": 5 dimensions, the format allows 4"},
    {"rank 2^32 - 1", [](file& f) { f.start(1, 0).text("a").here().u32(0xffffffff).u64(1).u32(0).u64(0); }, too_large,
     "tensor \"a\": 4294967295 dimensions, the format allows 4"},
    {"dimensions cut", [](file& f) { f.start(1, 0).text("a").u32(2).here().u64(1).u64(1).u32(0).raw("1234567"); },
     truncated, "tensor \"a\": the file ends inside its dimensions, type and offset"},
    {"type and offset cut", [](file& f) { f.start(1, 0).text("abcd").u32(0).here().u32(0).raw("1234567"); }, truncated,
     "tensor \"abcd\": the file ends inside its dimensions, type and offset"},
    {"type 43", [](file& f) { f.start(1, 0).text("a").u32(1).u64(32).here().u32(43).u64(0).pad().data(64); },
     unknown_type, "tensor \"a\": unknown type 43"},
    {"type -1", [](file& f) { f.start(1, 0).text("a").u32(1).u64(32).here().u32(0xffffffff).u64(0).pad().data(64); },
     unknown_type, "tensor \"a\": unknown type 4294967295"},
    {"a type that was removed",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(32).here().u32(31).u64(0).pad().data(64); }, unknown_type,
     "tensor \"a\": type 31 (Q4_0_4_4) was removed from the format"},
    {"the first type that was removed",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(32).here().u32(4).u64(0).pad().data(64); }, unknown_type,
     "tensor \"a\": type 4 (Q4_2) was removed from the format"},
    {"a negative dimension", [](file& f) { f.start(1, 0).text("a").u32(1).here().u64(large + 1).u32(0).u64(0).pad(); },
     too_large, "tensor \"a\": the product of its dimensions passes 2^63 - 1"},
    {"dimensions (2^63 - 1, 2)",
     [](file& f) { f.start(1, 0).text("a").u32(2).here().u64(large).u64(2).u32(24).u64(0).pad(); }, too_large,
     "tensor \"a\": the product of its dimensions passes 2^63 - 1"},
    {"dimensions (2^32, 2^32)",
     [](file& f) { f.start(1, 0).text("a").u32(2).here().u64(1ull << 32).u64(1ull << 32).u32(24).u64(0).pad(); },
     too_large, "tensor \"a\": the product of its dimensions passes 2^63 - 1"},
    {"dimensions (2^32, 0, 2^32)",
     [](file& f) { f.start(1, 0).text("a").u32(3).here().u64(1ull << 32).u64(0).u64(1ull << 32).u32(24).u64(0).pad(); },
     too_large, "tensor \"a\": the product of its dimensions passes 2^63 - 1"},
    {"dimensions that wrap to 3",
     [](file& f) {
       f.start(1, 0).text("a").u32(2).here().u64(5).u64(7378697629483820647).u32(24).u64(0).pad().data(3);
     },
     too_large, "tensor \"a\": the product of its dimensions passes 2^63 - 1"},
    {"2^60 elements in four bytes",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(1ull << 60).u32(0).here().u64(0).pad().data(4); }, bad_extent,
     "tensor \"a\": 4611686018427387904 bytes at offset 0 pass the end of 4 bytes of data"},
    {"bytes pass 2^63",
     [](file& f) { f.start(1, 0).text("a").u32(1).here().u64(1ull << 61).u32(28).u64(0).pad().data(4); }, too_large,
     "tensor \"a\": its bytes as F64 pass 2^63 - 1"},
    {"bytes wrap to 0",
     [](file& f) { f.start(1, 0).text("a").u32(2).here().u64(1ull << 31).u64(1ull << 31).u32(0).u64(0).pad(); },
     too_large, "tensor \"a\": its bytes as F32 pass 2^63 - 1"},
    {"half a block", [](file& f) { f.start(1, 0).text("a").u32(1).here().u64(16).u32(2).u64(0).pad().data(18); },
     malformed, "tensor \"a\": rows of 16 elements are no multiple of the 32 of a block of Q4_0"},
    {"a block that two rows share",
     [](file& f) { f.start(1, 0).text("a").u32(2).here().u64(128).u64(2).u32(12).u64(0).pad().data(144); }, malformed,
     "tensor \"a\": rows of 128 elements are no multiple of the 256 of a block of Q4_K"},
    {"a scalar of a type with blocks",
     [](file& f) { f.start(1, 0).text("a").u32(0).here().u32(8).u64(0).pad().data(34); }, malformed,
     "tensor \"a\": rows of 1 elements are no multiple of the 32 of a block of Q8_0"},
    {"a tensor twice",
     [](file& f) { f.start(2, 0).tensor("a", {1}, 0, 0).here().tensor("a", {1}, 0, 32).pad().data(36); },
     duplicate_name, "tensor \"a\" occurs twice"},
    {"a tensor twice, alike",
     [](file& f) { f.start(2, 0).tensor("a", {1}, 0, 0).here().tensor("a", {1}, 0, 0).pad().data(4); }, duplicate_name,
     "tensor \"a\" occurs twice"},
};

inline const broken_gguf places[] = {
    {"no data", [](file& f) { f.start(1, 0).tensor("a", {0}, 0, 0).here(); }, truncated,
     "the data starts at 64, the file has 57 bytes"},
    {"an offset off the alignment",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(1).u32(24).here().u64(1).pad().data(33); }, bad_extent,
     "tensor \"a\": offset 1 is no multiple of the alignment, 32"},
    {"an offset off an alignment of the file's own",
     [](file& f) {
       f.start(1, 1)
           .key("general.alignment", 4)
           .u32(64)
           .text("a")
           .u32(1)
           .u64(1)
           .u32(24)
           .here()
           .u64(32)
           .pad(64)
           .data(33);
     },
     bad_extent, "tensor \"a\": offset 32 is no multiple of the alignment, 64"},
    {"one byte past the end",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(5).u32(24).here().u64(0).pad().data(4); }, bad_extent,
     "tensor \"a\": 5 bytes at offset 0 pass the end of 4 bytes of data"},
    {"an offset past the end",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(1).u32(24).here().u64(64).pad().data(40); }, bad_extent,
     "tensor \"a\": 1 bytes at offset 64 pass the end of 40 bytes of data"},
    {"an empty tensor past the end",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(0).u32(24).here().u64(64).pad().data(40); }, bad_extent,
     "tensor \"a\": 0 bytes at offset 64 pass the end of 40 bytes of data"},
    {"offset and size wrap",
     [](file& f) { f.start(1, 0).text("a").u32(1).u64(64).u32(24).here().u64(top - 31).pad().data(40); }, bad_extent,
     "tensor \"a\": 64 bytes at offset 18446744073709551584 pass the end of 40 bytes of data"},
    {"the second of two past the end",
     [](file& f) {
       f.start(2, 0).tensor("a", {4}, 24, 0).text("b").u32(1).u64(8).u32(0).here().u64(32).pad().data(63);
     },
     bad_extent, "tensor \"b\": 32 bytes at offset 32 pass the end of 63 bytes of data"},
    {"overlap",
     [](file& f) { f.start(2, 0).tensor("a", {33}, 24, 0).tensor("b", {2}, 24, 32).pad().data(32).here().data(2); },
     bad_extent, "tensor \"b\" overlaps the one before it by 1 bytes"},
    {"the same bytes",
     [](file& f) { f.start(2, 0).tensor("b", {3}, 24, 0).tensor("a", {5}, 24, 0).pad().here().data(5); }, bad_extent,
     "tensor \"a\" overlaps the one before it by 3 bytes"},
    {"one inside another, far from its start",
     [](file& f) {
       f.start(3, 0)
           .tensor("in", {1}, 24, 64)
           .tensor("out", {99}, 24, 0)
           .tensor("none", {0}, 24, 32)
           .pad()
           .data(64)
           .here()
           .data(35);
     },
     bad_extent, "tensor \"in\" overlaps the one before it by 1 bytes"},
};

}  // namespace gguf_rules

/// All of them.
inline std::vector<broken_gguf> broken_gguf_files() {
  std::vector<broken_gguf> all;
  for (const std::span<const broken_gguf> some :
       {std::span<const broken_gguf>(gguf_rules::fixed_part), std::span<const broken_gguf>(gguf_rules::keys),
        std::span<const broken_gguf>(gguf_rules::values), std::span<const broken_gguf>(gguf_rules::descriptions),
        std::span<const broken_gguf>(gguf_rules::places)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace halftone_test
