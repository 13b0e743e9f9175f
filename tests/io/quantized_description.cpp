// SPDX-License-Identifier: MIT
// Halftone tests: what a file says about a quantized matrix.
#include <halftone/io/quantized_description.hpp>

#include <halftone/io/safetensors_writer.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

result<quantized_description> description_of(const std::string& text) {
  safetensors_writer writer;
  writer.set_metadata("halftone.w", text);
  const bytes file = writer.to_bytes();
  return read_description(safetensors_file::parse(file).value(), "w");
}

}  // namespace

TEST_CASE("a description is read back as it was written") {
  const quantized_description written{"scheme<\"odd\\name\",...>", {3, 0}};
  CHECK(detail::description_text(written) == R"({"version":1,"scheme":"scheme<\"odd\\name\",...>","shape":[3,0]})");
  const auto read = description_of(detail::description_text(written));
  REQUIRE(read);
  CHECK(read.value().scheme == written.scheme);
  CHECK(read.value().shape == written.shape);
}

TEST_CASE("the order of the fields and white space are free") {
  CHECK(description_of(R"( { "shape" : [ 1 , 2 ] , "scheme" : "s" , "version" : 1 } )").value().shape ==
        matrix_shape{1, 2});
}

TEST_CASE("a description that breaks the convention is refused with its reason") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "its description is not JSON"},
      {R"({"version":1)", "its description is not JSON"},
      {"[]", "its description: field \"\" does not hold an array"},
      {"1", "its description: field \"\" does not hold a number"},
      {"{}", "its description has no version"},
      {R"({"version":1,"shape":[1,2]})", "its description has no scheme"},
      {R"({"version":1,"scheme":"s"})", "its description has no shape of two extents"},
      {R"({"version":1,"scheme":"s","shape":[1]})", "its description has no shape of two extents"},
      {R"({"version":1,"scheme":"s","shape":[1,2,3]})", "its description has no shape of two extents"},
      {R"({"version":1,"scheme":"s","shape":[1,2,3,4,5]})", "its description has no shape of two extents"},
      {R"({"version":"1","scheme":"s","shape":[1,2]})", "its description: field \"version\" does not hold a string"},
      {R"({"version":1,"scheme":7,"shape":[1,2]})", "its description: field \"scheme\" does not hold a number"},
      {R"({"version":1,"scheme":"s","shape":7})", "its description: field \"shape\" does not hold a number"},
      {R"({"version":1,"scheme":"s","shape":"7"})", "its description: field \"shape\" does not hold a string"},
      {R"({"version":1,"scheme":"s","shape":[-1,2]})",
       "its description: field \"shape\" does not hold a negative number"},
      {R"({"version":1,"scheme":"s","shape":[[1],2]})", "its description: field \"shape\" does not hold an array"},
      {R"({"version":1,"scheme":{"shape":[1,2]},"shape":[1,2]})",
       "its description: field \"scheme\" does not hold an object"},
      {R"({"version":1,"scheme":"s","shape":[1,2],"group":32})", "its description: unknown field \"group\""},
      {R"({"version":1,"version":1,"scheme":"s","shape":[1,2]})", "its description: field \"version\" occurs twice"},
      {R"({"version":1,"scheme":"s","shape":[1,2],"shape":[]})", "its description: field \"shape\" occurs twice"},
      {R"({"version":0,"scheme":"s","shape":[1,2]})", "version 0 of the convention, this reader knows version 1"},
      {R"({"version":2,"layers":{"deep":[[[{}]]]},"scheme":null})",
       "version 2 of the convention, this reader knows version 1"},
      {R"({"layers":[1,"x",{"version":7}],"version":18446744073709551615})",
       "version 18446744073709551615 of the convention, this reader knows version 1"},
  };
  for (const auto& each : cases) {
    const auto& text = each.first;
    const auto& reason = each.second;
    CAPTURE(text);
    const auto failed = description_of(text);
    REQUIRE(!failed);
    CHECK(failed.failure().code == file_error::malformed);
    CHECK(failed.failure().text == "matrix \"w\": " + reason);
  }
}

TEST_CASE("a name without a description is not found") {
  const auto missing = read_description(safetensors_file{}, "w");
  REQUIRE(!missing);
  CHECK(missing.failure().code == file_error::not_found);
  CHECK(missing.failure().text == "matrix \"w\": the file has no quantized matrix of that name");
}
