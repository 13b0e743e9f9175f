// SPDX-License-Identifier: MIT
// Halftone tests: headers of safetensors files, each of which breaks one rule.
#pragma once

#include <halftone/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace halftone_test {

/// One rule of the format broken once, and what the reader is to say.
struct broken_header {
  std::string rule;
  std::string_view header;
  std::size_t data;  // bytes behind the header
  halftone::file_error code;
  std::uint64_t offset;
  std::string_view text;  // behind "safetensors: "
};

inline constexpr auto malformed = halftone::file_error::malformed;
inline constexpr auto bad_extent = halftone::file_error::bad_extent;
inline constexpr auto duplicate = halftone::file_error::duplicate_name;
inline constexpr auto too_large = halftone::file_error::too_large;

inline const broken_header broken_headers[] = {
    // the header as a whole
    {"empty header", "", 0, malformed, 8, "the header does not start with '{'"},
    {"space first", " {}", 0, malformed, 8, "the header does not start with '{'"},
    {"array", "[]", 0, malformed, 8, "the header does not start with '{'"},
    {"byte order mark", "\xef\xbb\xbf{}", 0, malformed, 8, "the header does not start with '{'"},
    {"unterminated", "{", 0, malformed, 9, "the header is not JSON"},
    {"trailing comma", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},})", 1, malformed, 61,
     "the header is not JSON"},
    {"two values", "{}{}", 0, malformed, 10, "the header is not JSON"},
    {"comment", "{/**/}", 0, malformed, 9, "the header is not JSON"},
    {"zero byte hides the rest", std::string_view("{}\0{}", 5), 0, malformed, 10, "the header is not JSON"},
    {"lone surrogate", R"({"\udc00":1})", 0, malformed, 15, "the header is not JSON"},
    {"control character", "{\"a\n\":1}", 0, malformed, 11, "the header is not JSON"},
    {"invalid UTF-8", "{\"\xc3(\":1}", 0, malformed, 10, "the header is not UTF-8"},
    {"overlong UTF-8", "{\"\xc0\x80\":1}", 0, malformed, 10, "the header is not UTF-8"},
    // kinds of values
    {"tensor is null", R"({"a":null})", 0, malformed, 17, "tensor \"a\": is null, not an object"},
    {"tensor is a string", R"({"a":"b"})", 0, malformed, 16, "tensor \"a\": is a string, not an object"},
    {"tensor is a number", R"({"a":1})", 0, malformed, 15, "tensor \"a\": is a number, not an object"},
    {"tensor is an array", R"({"a":[]})", 0, malformed, 14, "tensor \"a\": is an array, not an object"},
    {"metadata is null", R"({"__metadata__":null})", 0, malformed, 28, "\"__metadata__\" is null, not an object"},
    {"metadata is a string", R"({"__metadata__":""})", 0, malformed, 26, "\"__metadata__\" is a string, not an object"},
    {"metadata is an array", R"({"__metadata__":[]})", 0, malformed, 25, "\"__metadata__\" is an array, not an object"},
    {"metadata holds a number", R"({"__metadata__":{"k":1}})", 0, malformed, 31,
     "metadata \"k\" is a number, not a string"},
    {"metadata holds null", R"({"__metadata__":{"k":null}})", 0, malformed, 33, "metadata \"k\" is null, not a string"},
    {"metadata holds true", R"({"__metadata__":{"k":true}})", 0, malformed, 33,
     "metadata \"k\" is a boolean, not a string"},
    {"metadata holds an object", R"({"__metadata__":{"k":{}}})", 0, malformed, 30,
     "metadata \"k\" is an object, not a string"},
    {"metadata holds an array", R"({"__metadata__":{"k":[]}})", 0, malformed, 30,
     "metadata \"k\" is an array, not a string"},
    {"dtype is a number", R"({"a":{"dtype":8}})", 0, malformed, 24, "tensor \"a\": dtype is a number, not a string"},
    {"dtype is an array", R"({"a":{"dtype":["U8"]}})", 0, malformed, 23,
     "tensor \"a\": dtype is an array, not a string"},
    {"shape is a number", R"({"a":{"shape":1}})", 0, malformed, 24, "tensor \"a\": shape is a number, not an array"},
    {"shape is a string", R"({"a":{"shape":"1"}})", 0, malformed, 25, "tensor \"a\": shape is a string, not an array"},
    {"shape is an object", R"({"a":{"shape":{}}})", 0, malformed, 23, "tensor \"a\": shape is an object, not an array"},
    {"offsets are null", R"({"a":{"data_offsets":null}})", 0, malformed, 33,
     "tensor \"a\": data_offsets is null, not an array"},
    // integers
    {"negative extent", R"({"a":{"shape":[-1]}})", 0, malformed, 26,
     "tensor \"a\": shape holds a negative number, not an integer from 0 to 2^64 - 1"},
    {"fraction", R"({"a":{"shape":[1.5]}})", 0, malformed, 27,
     "tensor \"a\": shape holds a number that is no integer below 2^64, not an integer from 0 to 2^64 - 1"},
    {"exponent", R"({"a":{"shape":[1e3]}})", 0, malformed, 27,
     "tensor \"a\": shape holds a number that is no integer below 2^64, not an integer from 0 to 2^64 - 1"},
    {"2^64", R"({"a":{"shape":[18446744073709551616]}})", 0, malformed, 44,
     "tensor \"a\": shape holds a number that is no integer below 2^64, not an integer from 0 to 2^64 - 1"},
    {"extent in words", R"({"a":{"shape":["1"]}})", 0, malformed, 26,
     "tensor \"a\": shape holds a string, not an integer from 0 to 2^64 - 1"},
    {"extent is true", R"({"a":{"shape":[true]}})", 0, malformed, 27,
     "tensor \"a\": shape holds a boolean, not an integer from 0 to 2^64 - 1"},
    {"negative offset", R"({"a":{"data_offsets":[-4,0]}})", 0, malformed, 33,
     "tensor \"a\": data_offsets holds a negative number, not an integer from 0 to 2^64 - 1"},
    // nesting
    {"array in a shape", R"({"a":{"shape":[[1]]}})", 0, malformed, 24, "nested deeper than any field of the format"},
    {"object in a shape", R"({"a":{"shape":[{}]}})", 0, malformed, 24, "nested deeper than any field of the format"},
    {"array in offsets", R"({"a":{"data_offsets":[[0]]}})", 0, malformed, 31,
     "nested deeper than any field of the format"},
    // fields
    {"unknown field", R"({"a":{"stride":1}})", 0, malformed, 22, "tensor \"a\": unknown field \"stride\""},
    {"no dtype", R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1, malformed, 47, "tensor \"a\": has no dtype"},
    {"no shape", R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1, malformed, 48, "tensor \"a\": has no shape"},
    {"no offsets", R"({"a":{"dtype":"U8","shape":[1]}})", 1, malformed, 39, "tensor \"a\": has no data_offsets"},
    {"no field", R"({"a":{}})", 0, malformed, 15, "tensor \"a\": has no dtype"},
    {"no offset", R"({"a":{"data_offsets":[]}})", 0, malformed, 31, "tensor \"a\": data_offsets is not two integers"},
    {"one offset", R"({"a":{"data_offsets":[0]}})", 0, malformed, 32, "tensor \"a\": data_offsets is not two integers"},
    {"three offsets", R"({"a":{"data_offsets":[0,1,2]}})", 0, malformed, 36,
     "tensor \"a\": data_offsets is not two integers"},
    {"unknown dtype", R"({"a":{"dtype":"F8"}})", 0, halftone::file_error::unknown_type, 26,
     "tensor \"a\": unknown dtype \"F8\""},
    {"dtype in small letters", R"({"a":{"dtype":"u8"}})", 0, halftone::file_error::unknown_type, 26,
     "tensor \"a\": unknown dtype \"u8\""},
    {"empty dtype", R"({"a":{"dtype":""}})", 0, halftone::file_error::unknown_type, 24,
     "tensor \"a\": unknown dtype \"\""},
    // what occurs twice
    {"tensor twice",
     R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2,
     duplicate, 64, "tensor \"a\" occurs twice"},
    {"tensor twice, alike",
     R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1,
     duplicate, 64, "tensor \"a\" occurs twice"},
    {"tensor twice, once escaped",
     R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
     2, duplicate, 69, "tensor \"a\" occurs twice"},
    {"metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0, duplicate, 41, "\"__metadata__\" occurs twice"},
    {"metadata key twice", R"({"__metadata__":{"k":"1","k":"1"}})", 0, duplicate, 36,
     "metadata key \"k\" occurs twice"},
    {"dtype twice", R"({"a":{"dtype":"U8","dtype":"U8"}})", 0, duplicate, 34,
     "tensor \"a\": field \"dtype\" occurs twice"},
    {"shape twice", R"({"a":{"shape":[1],"shape":[1]}})", 0, duplicate, 33,
     "tensor \"a\": field \"shape\" occurs twice"},
    {"offsets twice", R"({"a":{"data_offsets":[0,1],"data_offsets":[0,1]}})", 0, duplicate, 49,
     "tensor \"a\": field \"data_offsets\" occurs twice"},
    // extents
    {"reversed", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}})", 1, bad_extent, 12,
     "tensor \"a\": offsets reversed: [1, 0]"},
    {"past the end", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 1, bad_extent, 12,
     "tensor \"a\": offsets [0, 2] pass the end of 1 bytes of data"},
    {"far past the end",
     R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[18446744073709551614,18446744073709551615]}})", 1, bad_extent,
     12, "tensor \"a\": offsets [18446744073709551614, 18446744073709551615] pass the end of 1 bytes of data"},
    {"empty past the end", R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[9,9]}})", 1, bad_extent, 12,
     "tensor \"a\": offsets [9, 9] pass the end of 1 bytes of data"},
    {"2^32 x 2^32", R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0, too_large, 12,
     "tensor \"a\": the product of its shape overflows 64 bits"},
    {"2^32 x 2^32 x 0", R"({"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}})", 0, too_large,
     12, "tensor \"a\": the product of its shape overflows 64 bits"},
    {"bits overflow", R"({"a":{"dtype":"F64","shape":[288230376151711744],"data_offsets":[0,0]}})", 0, too_large, 12,
     "tensor \"a\": the product of its shape overflows 64 bits"},
    {"(2^63 - 1) x 2", R"({"a":{"dtype":"U8","shape":[9223372036854775807,2],"data_offsets":[0,0]}})", 0, too_large, 12,
     "tensor \"a\": the product of its shape overflows 64 bits"},
    {"too few bytes", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}})", 7, bad_extent, 12,
     "tensor \"a\": shape and dtype F32 need 8 bytes, the offsets give 7"},
    {"too many bytes", R"({"a":{"dtype":"U8","shape":[2,3],"data_offsets":[0,7]}})", 7, bad_extent, 12,
     "tensor \"a\": shape and dtype U8 need 6 bytes, the offsets give 7"},
    {"empty with bytes", R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,1]}})", 1, bad_extent, 12,
     "tensor \"a\": shape and dtype U8 need 0 bytes, the offsets give 1"},
    {"scalar without bytes", R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,0]}})", 0, bad_extent, 12,
     "tensor \"a\": shape and dtype F32 need 4 bytes, the offsets give 0"},
    {"three halves of a byte", R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})", 2, bad_extent, 12,
     "tensor \"a\": its 4-bit elements do not fill whole bytes"},
    {"two 6-bit elements", R"({"a":{"dtype":"F6_E2M3","shape":[2],"data_offsets":[0,2]}})", 2, bad_extent, 12,
     "tensor \"a\": its 6-bit elements do not fill whole bytes"},
    {"hole at the start", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2, bad_extent, 61,
     "hole of 1 bytes before tensor \"a\""},
    {"hole between",
     R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})", 4,
     bad_extent, 114, "hole of 2 bytes before tensor \"b\""},
    {"overlap",
     R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", 3,
     bad_extent, 114, "tensor \"b\" overlaps the one before it by 1 bytes"},
    {"same bytes",
     R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2,
     bad_extent, 113, "tensor \"b\" overlaps the one before it by 2 bytes"},
    {"trailing bytes", R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 2, bad_extent, 62,
     "1 bytes behind the last tensor"},
    {"data without tensors", "{}", 3, bad_extent, 10, "3 bytes behind the last tensor"},
};

}  // namespace halftone_test
