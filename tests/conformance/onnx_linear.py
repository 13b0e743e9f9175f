# SPDX-License-Identifier: MIT
"""QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear."""
import numpy
from onnx import helper

from onnx_models import bits_of, bytes_of, levels_of, model, reference, run, tensor, type_of, zero_tensor

F = numpy.float32
INTEGERS = {"INT2": (-2, 1), "INT4": (-8, 7), "INT8": (-128, 127), "INT16": (-32768, 32767), "UINT2": (0, 3), "UINT4": (0, 15),
            "UINT8": (0, 255), "UINT16": (0, 65535)}
FLOATS = ("FLOAT8E4M3FN", "FLOAT8E5M2", "FLOAT8E4M3FNUZ", "FLOAT8E5M2FNUZ")
# granularity: groups of a matrix [n, k], the axis of n_by_k, its block size
GRANULARITIES = {"tensor": (lambda n, k: (), None, 0), "axis n": (lambda n, k: (n,), 0, 0), "axis k": (lambda n, k: (k,), 1, 0),
                 "block k 5": (lambda n, k: (n, -(-k // 5)), 1, 5), "block k 16": (lambda n, k: (n, -(-k // 16)), 1, 16),
                 "block n 3": (lambda n, k: (-(-n // 3), k), 0, 3)}
SHAPES = ((1, 1), (3, 7), (6, 20), (5, 33))
SCALES = {"normal": 1.0, "a third": 1 / 3, "FBGEMM's": 0.00214854861, "small": 1e-30, "subnormal": 3e-41, "large": 1e30}


def values(random, shape, steps, low, high):
    """Numbers around the levels: ties, what lies between them, what lies beyond them, and the ends of float."""
    count = shape[0] * shape[1]
    span = max(abs(low), high)
    ties = random.integers(-2 * span - 2, 2 * span + 3, count) + 0.5
    x = numpy.where(random.random(count) < 0.5, ties, random.normal(size=count) * span).astype(numpy.float64)
    x *= numpy.broadcast_to(steps, shape).reshape(-1)
    ends = [0.0, -0.0, 3.4028235e38, -3.4028235e38, 1e-45, -1e-45, 0.273939937]
    places = random.permutation(count)[:len(ends)] if count > 20 else []
    for place, end in zip(places, ends):
        x[place] = end
    return numpy.clip(x, -3.4028235e38, 3.4028235e38).astype(F).reshape(shape)


def groups_to_matrix(parameters, granularity, n, k):
    """A parameter for each weight of [n, k]."""
    groups, axis, block = GRANULARITIES[granularity]
    p = parameters.reshape(groups(n, k)) if groups(n, k) else parameters.reshape(1, 1)
    if block:
        return numpy.repeat(p, block, axis)[:n, :k]
    return p.reshape(-1, 1) if axis == 0 else p.reshape(1, -1)


def check_linear(suite, random, kind, granularity, by_columns, saturate=1):
    groups, axis, block = GRANULARITIES[granularity]
    low, high = INTEGERS.get(kind, (0, 0))
    bits = bits_of(kind)
    span = (low, high) if kind in INTEGERS else {"FLOAT8E4M3FN": (-500, 500), "FLOAT8E4M3FNUZ": (-260, 260)}.get(kind, (-70000, 70000))
    span = (-7, 7) if kind == "FLOAT4E2M1" else span
    operation = f"linear {kind}{'' if saturate else ' saturate=0'} {granularity}"
    rule = f"{kind}{'' if saturate else ', saturate=0'}, {granularity}{' of [K, N]' if by_columns else ''}"
    for n, k in SHAPES:
        if block and (k if axis else n) <= block:  # one block is refused by the schema of some versions
            continue
        for scale_kind, size in SCALES.items():
            count = int(numpy.prod(groups(n, k)))
            scale = (size * 2.0 ** random.integers(-2, 3, count) * (1 + random.random(count) * (scale_kind != "normal"))).astype(F)
            zero = random.integers(low, high + 1, count) if kind in INTEGERS else numpy.zeros(count, int)
            steps = groups_to_matrix(scale.astype(numpy.float64), granularity, n, k)
            x = values(random, (n, k), steps, *span)
            shape = groups(n, k)
            turned = (lambda a: numpy.ascontiguousarray(a.T)) if by_columns else (lambda a: a)
            s, z = scale.reshape(shape), zero.reshape(shape)
            tensors = [turned(x), turned(s) if len(shape) == 2 else s, turned(z) if len(shape) == 2 else z]
            zeros = zero_tensor("z", kind, tensors[2].shape, tensors[2])
            packed = numpy.frombuffer(zeros.raw_data, numpy.uint8)
            codes = numpy.zeros(-(-n * k * bits // 8), numpy.uint8)
            reals = numpy.empty(tensors[0].shape, F)
            suite.run(operation, [tensors[0], numpy.ascontiguousarray(tensors[1].reshape(-1)), packed.copy(), codes, reals],
                      [n, k, by_columns])
            options = {} if axis is None else {"axis": 1 - axis if by_columns else axis}
            options |= {"block_size": block} if block else {}
            extra = {} if kind in INTEGERS or kind == "FLOAT4E2M1" else {"saturate": saturate}
            feed = {"x": tensors[0], "s": numpy.ascontiguousarray(tensors[1])}
            case = f"{scale_kind} scale, {[n, k]}"
            quantize = helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"], **options, **extra)
            ends = [("x", "FLOAT"), ("s", "FLOAT")]
            # ONNX Runtime: levels, as what DequantizeLinear makes of them with scale 1.
            ones = helper.make_node("DequantizeLinear", ["y", "one"], ["w"])
            one = helper.make_tensor("one", type_of("FLOAT"), [], [1.0])
            ours = levels_of(kind, tensors[0].shape, codes.tobytes())
            if kind != "FLOAT4E2M1":  # onnxruntime has no kernel for it
                theirs = run(model([quantize, ones], ends, [("w", "FLOAT")], [zeros, one]), feed)[0]
                same = numpy.ones(ours.shape, bool)
                if not saturate:  # see check_unsaturated
                    first, last = {"FLOAT8E4M3FN": (480, 512), "FLOAT8E5M2": (61440, 65536)}.get(kind, (1, 0))
                    quotient = numpy.abs(tensors[0] / turned(numpy.broadcast_to(steps, (n, k))).astype(F))
                    same = ~((quotient >= first) & (quotient < last))
                suite.equal(f"QuantizeLinear, onnxruntime, {rule}", ours[same], theirs[same], case)
                dequantize = helper.make_node("DequantizeLinear", ["codes", "s", "z"], ["w"], **options)
                made = model([dequantize], ends[1:], [("w", "FLOAT")], [zeros, tensor("codes", kind, tensors[0].shape, codes.tobytes())])
                suite.equal(f"DequantizeLinear, onnxruntime, {rule}", reals, run(made, {"s": feed["s"]})[0], case)
            # The evaluator casts to int32 before it saturates: numbers beyond are no case.
            far = numpy.abs(tensors[0].astype(numpy.float64) / turned(numpy.broadcast_to(steps, (n, k)))) >= 2.0 ** 31
            if kind in INTEGERS:
                feed["x"] = numpy.where(far, F(0), tensors[0])
            if kind == "FLOAT4E2M1":  # a zero point of 0, added, would take the sign of minus zero
                quantize = helper.make_node("QuantizeLinear", ["x", "s"], ["y"], output_dtype=type_of(kind), **options)
            theirs = reference(model([quantize], ends, [("y", kind)], [zeros] if kind != "FLOAT4E2M1" else []), feed)[0]
            if kind in INTEGERS and far.any():
                suite.equal(f"QuantizeLinear, onnx, {rule}", ours[~far], theirs.astype(F)[~far], case)
            else:
                mine, others = codes, bytes_of(theirs)
                if kind in FLOATS:  # the sign of a NaN is nobody's promise
                    nan = numpy.isnan(theirs.astype(F)).reshape(-1)
                    mine, others = numpy.where(nan, 0, codes), numpy.where(nan, 0, others)
                    suite.equal(f"QuantizeLinear, onnx, {rule}", ours, theirs.astype(F), case)
                suite.equal(f"QuantizeLinear, onnx, {rule}: bytes", mine, others, case)
            dequantize = helper.make_node("DequantizeLinear", ["codes", "s", "z"], ["w"], **options)
            made = model([dequantize], ends[1:], [("w", "FLOAT")], [zeros, tensor("codes", kind, tensors[0].shape, codes.tobytes())])
            suite.equal(f"DequantizeLinear, onnx, {rule}", reals, reference(made, {"s": feed["s"]})[0], case)


def check_unsaturated(suite):
    """onnxruntime differs from the specification, which is what Halftone follows, for numbers of one mantissa beyond the largest."""
    for kind, x, theirs in (("FLOAT8E4M3FN", 480, 448), ("FLOAT8E5M2", 61440, numpy.nan)):
        nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"], saturate=0), helper.make_node("DequantizeLinear", ["y", "s", "z"], ["w"])]
        made = model(nodes, [("x", "FLOAT"), ("s", "FLOAT")], [("w", "FLOAT")], [zero_tensor("z", kind, [], 0)])
        suite.equal(f"QuantizeLinear, onnxruntime, {kind}, saturate=0: its own number for {x}",
                    run(made, {"x": numpy.array([x], F), "s": numpy.array(1, F)})[0], numpy.array([theirs], F))


def check_dynamic(suite, random):
    node = helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "s", "z"])
    made = model([node], [("x", "FLOAT")], [("y", "UINT8"), ("s", "FLOAT"), ("z", "UINT8")], opset=11)
    cases = [numpy.array(x, F) for x in ([0, 0, 0], [-0.0], [3, 3, 3], [-2, -2], [-1, 2, 0.5], [1e-40, 2e-40], [-1e-38, 1e-39],
                                         [0.5, 1.5, 2.5, 255], [-127.5, 127.5, 1.5, 0.5], [-1.5e38, 1.5e38], [3.4e38], [1e-30, -3e38])]
    for _ in range(60):
        count = int(random.integers(1, 70))
        cases.append((random.normal(size=count) * 10.0 ** random.uniform(-36, 36) + random.normal() * 10.0 ** random.uniform(-36, 36)).astype(F))
    for x in cases:
        ours = suite.run("dynamic", [x, numpy.empty(1, F), numpy.empty(1, numpy.int32), numpy.empty(x.size, numpy.int32),
                                     numpy.empty(x.size, F)], [1, x.size])
        for name, theirs in (("onnxruntime", run(made, {"x": x})), ("onnx", reference(made, {"x": x}))):
            if name == "onnx" and not x.any():  # 1 / 255: see docs/onnx.md
                continue
            case = f"{x[:4]}"
            suite.equal(f"DynamicQuantizeLinear, {name}: scale", ours[1], theirs[1].reshape(1), case)
            suite.equal(f"DynamicQuantizeLinear, {name}: zero point", ours[2], theirs[2].reshape(1).astype(numpy.int32), case)
            suite.equal(f"DynamicQuantizeLinear, {name}: codes", ours[3], theirs[0].astype(numpy.int32), case)


def check(suite, random):
    for kind in (*INTEGERS, *FLOATS, "FLOAT4E2M1"):
        for granularity in GRANULARITIES:
            for by_columns in (0, 1):
                if granularity != "tensor" or not by_columns:
                    check_linear(suite, random, kind, granularity, by_columns)
    for kind in FLOATS:
        for granularity in ("tensor", "axis n", "block k 16"):
            check_linear(suite, random, kind, granularity, 0, saturate=0)
    check_unsaturated(suite)
    check_dynamic(suite, random)
