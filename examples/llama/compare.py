#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the example with the real llama.cpp, on the same GGUF file.

    compare.py PROGRAM --gguf FILE [--text FILE]    tokens, logits, greedy text
    compare.py PROGRAM --gguf FILE --speed          speed, one thread each, in turns
    compare.py PROGRAM --bundled                    the example's own model in every type that llama.cpp runs

PROGRAM is halftone_llama. llama.cpp comes with the Python package llama-cpp-python (0.3.36); LLAMA_CPP_LIB_PATH names
another folder with libllama.so. Exit status 1: something differs by more than it may.

How far logits may be apart. The example with float activations computes what the file says, up to the rounding of floats.
llama.cpp rounds activations to 8 bits, with one scale for 32 of them (for 256 beside k-quants, IQ4_XS and ternary
weights); the example with int8 activations does the same, but with one scale for 128 of them beside Q1_0 and for 64 beside
Q2_0. Rounding moves an activation by at most half a step, evenly spread, and one below half a step by itself: noise of the
variance min(step^2 / 12, x^2), independent from one activation to the next. So the example runs with float activations plus
exactly this noise, drawn at random, several times. What that does to the logits is what rounding does: each logit is the
sum of thousands of small errors and so nearly normal, with a standard deviation that depends on the position (the root mean
square over its logits and the runs) and on the token (how far its logit moves, relative to those of its position; the root
mean square over positions and runs). Two roundings add their variances. The bound of a logit is DEVIATIONS times its
deviation: the largest of 25 million normal numbers is at 5.7, and the rest is for what is not quite normal.

The same is done with llama.cpp on an F32 file that holds the floats which the codes mean (by the package gguf): then neither
side rounds activations, and the bound is 2048 times smaller.
"""
import argparse
import ctypes
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import numpy

DEVIATIONS = 10.0
NOISE_RUNS = 6
FINER = 2048.0  # see compare_floats: floats have 16 bits more than int8, and the rounding of long sums takes 5 of them
HERE = pathlib.Path(__file__).resolve().parent
BLOCK_OF_256 = {"Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS", "TQ1_0", "TQ2_0"}
TYPES = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4", "NVFP4",
         "TQ1_0", "TQ2_0", "Q1_0", "Q2_0"]  # llama.cpp multiplies no matrices of Q8_1 and Q8_K

NOT_IN_PACKAGE = {"Q1_0", "Q2_0"}  # gguf 0.19.0 does not decode them


def blocks_of(name):
    """How many activations share a scale: in llama.cpp, and in the example."""
    return (256, 256) if name in BLOCK_OF_256 else (32, {"Q1_0": 128, "Q2_0": 64}.get(name, 32))


QUESTIONS = ["Tell me a short story about a lighthouse.", "What is the capital of France?", "Count from one to twenty.",
             "Why is the sky blue?"]

TEXTS = [
    "", " ", "  ", "\n", "a", " a", "  a", "a ", "a  ", "a\n", "\n\na", "Hello, world!", "I'll say they've done it, don't you?",
    "'s 't 're 've 'm 'll 'd 'S 'LL", "1", "12", " 12", "3.14159", "a1b22c333", "x = 10 ** 2;\n\tif (x >= 100) { return; }\n",
    "na\u00efve caf\u00e9 \u4f60\u597d\uff0c\u4e16\u754c \u0645\u0631\u062d\u0628\u0627 \u0928\u092e\u0938\u094d\u0924\u0947 \U0001f642\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u0663\u00bd\u2167 \u00b2", "\u00a0 \u2003x\u3000y", "e\u0301 \u1e9b\u0323", "tabs\t\tand\r\nlines\r\n\r\nend", "_snake_case__ --flag=1 a.b.c/d\\e",
    "<|im_start|>user", "<|endoftext|>text<|im_end|>\n", "THE QUICK brown FoX", "$12,345.67 (50%)", "\u200bzero\ufeffwidth",
]


class Halftone:
    """The program, obeying commands."""

    def __init__(self, program, gguf, context):
        self.process = subprocess.Popen([program, "--gguf", gguf, "--commands", "--threads", "1", "--context", str(context)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = tempfile.TemporaryDirectory()

    def ask(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer.startswith("error:") or self.process.poll() is not None:
            sys.exit(f"{words[0]}: {answer}")
        return answer

    def tokens(self, *words):
        return [int(word) for word in self.ask(*words).split()]

    def file_of(self, tokens):
        path = pathlib.Path(self.folder.name) / "tokens"
        path.write_bytes(struct.pack(f"={len(tokens)}i", *tokens))
        return path

    def logits(self, activations, tokens):
        out = pathlib.Path(self.folder.name) / "logits"
        self.ask("logits", activations, self.file_of(tokens), out)
        return numpy.fromfile(out, numpy.float32).reshape(len(tokens), -1)

    def greedy(self, activations, tokens, count):
        return self.tokens("greedy", activations, count, self.file_of(tokens))

    def speed(self, activations, prompt, count):
        return [float(word) for word in self.ask("speed", activations, prompt, count).split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class LlamaCpp:
    """llama.cpp, on one thread of the processor."""

    def __init__(self, gguf, context, exact):
        import llama_cpp

        self.c = llama_cpp.llama_cpp if hasattr(llama_cpp, "llama_cpp") else llama_cpp
        c = self.c
        silent = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda level, text, data: None)
        self.silent = silent
        c.llama_log_set(silent, None)
        c.llama_backend_init()
        parameters = c.llama_model_default_params()
        parameters.n_gpu_layers = 0
        self.model = c.llama_model_load_from_file(str(gguf).encode(), parameters)
        if not self.model:
            sys.exit(f"llama.cpp does not load {gguf}")
        parameters = c.llama_context_default_params()
        parameters.n_ctx = context
        parameters.n_batch = parameters.n_ubatch = 512
        parameters.n_threads = parameters.n_threads_batch = 1
        if exact:  # keys and values as they are: the default rounds them to fp16
            parameters.type_k = parameters.type_v = 0
            parameters.flash_attn_type = 0
        self.context = c.llama_init_from_model(self.model, parameters)
        self.vocabulary = c.llama_model_get_vocab(self.model)
        self.size = c.llama_vocab_n_tokens(self.vocabulary)

    def clear(self):
        self.c.llama_memory_clear(self.c.llama_get_memory(self.context), True)

    def decode(self, tokens, first, every):
        c = self.c
        batch = c.llama_batch_init(len(tokens), 0, 1)
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i] = token
            batch.pos[i] = first + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = 0
            batch.logits[i] = every or i + 1 == len(tokens)
        begin, processor_begin = time.perf_counter(), time.process_time()
        status = c.llama_decode(self.context, batch)
        rows = len(tokens) if every else 1
        pointer = c.llama_get_logits(self.context) if every else c.llama_get_logits_ith(self.context, -1)
        taken = time.perf_counter() - begin
        processor_taken = time.process_time() - processor_begin
        if status != 0:
            sys.exit(f"llama_decode: {status}")
        values = numpy.ctypeslib.as_array(pointer, (rows * self.size,)).reshape(rows, self.size).copy()
        c.llama_batch_free(batch)
        return values, (taken, processor_taken)

    def logits(self, tokens):
        self.clear()
        return self.decode(tokens, 0, True)[0]

    def greedy(self, tokens, count):
        self.clear()
        written = []
        pending, at = tokens, 0
        while len(written) < count:
            values, _ = self.decode(pending, at, False)
            at += len(pending)
            pending = [int(values[0].argmax())]
            written += pending
        return written

    def speed(self, prompt, count):
        self.clear()
        tokens = [(i * 7919 + 100) % self.size for i in range(prompt)]
        values, of_prompt = self.decode(tokens, 0, False)
        seconds = processor = 0.0
        for i in range(count):
            values, taken = self.decode([int(values[0].argmax())], prompt + i, False)
            seconds += taken[0]
            processor += taken[1]
        return of_prompt[0], seconds, of_prompt[1], processor

    def tokenize(self, text, special):
        data = text.encode()
        room = (self.c.llama_token * (len(data) + 8))()
        count = self.c.llama_tokenize(self.vocabulary, data, len(data), room, len(room), False, special)
        return list(room[:count])

    def close(self):
        self.c.llama_free(self.context)
        self.c.llama_model_free(self.model)


class Checks:
    def __init__(self):
        self.failures = 0

    def expect(self, condition, sentence):
        if not condition:
            self.failures += 1
            print("FAILED:", sentence)


def deviation(ours, block, tokens, exact):
    """The deviation of each logit that rounding activations causes: of the position, times the share of the token."""
    squares = numpy.zeros(exact.shape, numpy.float32)
    for seed in range(1, NOISE_RUNS + 1):
        squares += numpy.square(ours.logits(f"noise:{block}:{seed}", tokens) - exact)
    of_position = numpy.sqrt(squares.mean(axis=1) / NOISE_RUNS)
    of_token = numpy.sqrt((squares / numpy.square(of_position)[:, None]).mean(axis=0) / NOISE_RUNS)
    return of_position[:, None] * of_token[None, :]


def deviations_of(ours, blocks, tokens, exact):
    """Of the difference between the example and llama.cpp. blocks: of llama.cpp, and of the example."""
    theirs = deviation(ours, blocks[0], tokens, exact)
    own = theirs if blocks[0] == blocks[1] else deviation(ours, blocks[1], tokens, exact)
    return {"float": theirs, "int8": numpy.hypot(theirs, own)}


def clear_rows(reference, bound):
    """Whether llama.cpp's likeliest token is further from each other one than both bounds."""
    best = reference.argmax(axis=1)
    rows = numpy.arange(len(reference))
    low = (reference + bound)
    low[rows, best] = -numpy.inf
    return reference[rows, best] - bound[rows, best] > low.max(axis=1)


def compare_logits(checks, ours, theirs, windows, blocks):
    """One line for each kind of activations."""
    rows = {"float": [], "int8": []}
    for tokens in windows:
        reference = theirs.logits(tokens)
        exact = ours.logits("float", tokens)
        for kind, deviations in deviations_of(ours, blocks, tokens, exact).items():
            values = exact if kind == "float" else ours.logits("int8", tokens)
            bound = DEVIATIONS * deviations
            difference = numpy.abs(values - reference)
            agree = values.argmax(axis=1) == reference.argmax(axis=1)
            rows[kind].append((numpy.median(bound, axis=1), difference.max(axis=1), (difference / bound).max(axis=1),
                               numpy.sqrt(numpy.mean(numpy.square(difference / deviations), axis=1)), agree,
                               clear_rows(reference, bound)))
    for kind, parts in rows.items():
        bound, largest, share, rms, agree, clear = (numpy.concatenate(part) for part in zip(*parts))
        print(f"  {kind:5} activations, {len(bound)} positions: bound {numpy.median(bound):.3f} (of the median logit and position; "
              f"{bound.max():.3f} at most), largest difference {largest.max():.3f}, {100 * share.max():.0f} % of its bound at most; "
              f"rms {numpy.median(rms):.2f} deviations; top-1 equal at {agree.sum()} of {len(agree)}, "
              f"where it is clear at {(agree & clear).sum()} of {clear.sum()}")
        checks.expect(share.max() <= 1, f"{kind}: logits differ by more than the bound")
        checks.expect((agree | ~clear).all(), f"{kind}: another token than llama.cpp's, which is clear")


def compare_text(checks, ours, theirs, prompt, count, blocks):
    """Greedy text is equal up to the first place where llama.cpp's own choice is within the bound."""
    expected = theirs.greedy(prompt, count)
    everything = prompt + expected
    reference = theirs.logits(everything)
    exact = ours.logits("float", everything)
    for kind, deviations in deviations_of(ours, blocks, everything, exact).items():
        written = ours.greedy(kind, prompt, count)
        at = next((i for i in range(count) if written[i] != expected[i]), None)
        if at is None:
            print(f"  {kind:5} activations: greedy text equal, {count} tokens")
            continue
        row = len(prompt) + at - 1
        best = numpy.sort(reference[row])[-2:]
        clear = clear_rows(reference[row:row + 1], DEVIATIONS * deviations[row:row + 1])[0]
        print(f"  {kind:5} activations: greedy text equal for {at} tokens of {count}; there llama.cpp's margin is "
              f"{best[1] - best[0]:.3f}, {'clear' if clear else 'a near tie'}")
        checks.expect(not clear, f"{kind}: greedy text differs where llama.cpp's choice is clear")


def compare_tokens(checks, ours, theirs, gguf, texts):
    for text in texts:
        data = text.encode().hex()
        for command, special in (("tokenize", False), ("tokenize-special", True)):
            expected = theirs.tokenize(text, special) if text else []
            found = ours.tokens(command, data)
            checks.expect(found == expected, f"{command} {text!r}: {found}, llama.cpp {expected}")
            if special is False and found == expected:
                back = bytes.fromhex(ours.ask("decode", *found)).decode() if found else ""
                checks.expect(back == text, f"decode {text!r}: {back!r}")
    print(f"  {len(texts)} texts tokenized")
    import jinja2

    pointer = theirs.c.llama_model_chat_template(theirs.model, None)
    if pointer:
        template = jinja2.Environment().from_string(pointer.decode())
        for text in ("What is the capital of France?", "  two spaces\n", "a 12 b"):
            rendered = template.render(messages=[{"role": "user", "content": text}], add_generation_prompt=True)
            found = ours.tokens("ask", text.encode().hex())
            expected = theirs.tokenize(rendered, True)
            checks.expect(found == expected, f"ask {text!r}: {found}, llama.cpp {expected}")
        print("  chat template as Jinja renders it")


def write_floats(gguf, path):
    """The same model with every matrix as F32: what its codes mean, by the Python package gguf."""
    import gguf as package

    reader = package.GGUFReader(gguf)
    writer = package.GGUFWriter(path, "llama")
    for key, field in reader.fields.items():
        if not key.startswith("GGUF.") and key != "general.architecture":
            kind = field.types[0]
            value = field.contents()
            if key == "tokenizer.ggml.merges" and not value:  # the package writes no empty lists: a merge that never happens
                value = ["<|endoftext|> <|endoftext|>"]
                field.types[:] = [kind, package.GGUFValueType.STRING]
            writer.add_key_value(key, value, kind, field.types[-1] if kind == package.GGUFValueType.ARRAY else None)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, package.dequantize(tensor.data, tensor.tensor_type).reshape(tensor.shape[::-1]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def compare_floats(checks, program, gguf, text, context, length, blocks):
    """The example on the codes, with float activations, against llama.cpp on the floats that they mean: here neither rounds
    activations, and only the order of sums differs."""
    ours = Halftone(program, gguf, context)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "floats.gguf"
        write_floats(gguf, path)
        theirs = LlamaCpp(path, context, True)
    tokens = ([theirs.c.llama_vocab_bos(theirs.vocabulary)] + theirs.tokenize(text, False))[:length]
    reference = theirs.logits(tokens)
    exact = ours.logits("float", tokens)
    bound = DEVIATIONS * deviations_of(ours, blocks, tokens, exact)["float"] / FINER
    difference = numpy.abs(exact - reference)
    agree = exact.argmax(axis=1) == reference.argmax(axis=1)
    clear = clear_rows(reference, bound)
    print(f"  llama.cpp on F32, float activations, {len(tokens)} positions: bound {numpy.median(bound):.5f}, largest difference "
          f"{difference.max():.5f}, {100 * (difference / bound).max():.0f} % of its bound at most; top-1 equal at {agree.sum()} of "
          f"{len(agree)}, where it is clear at {(agree & clear).sum()} of {clear.sum()}")
    checks.expect((difference <= bound).all(), "F32: logits differ by more than the bound")
    checks.expect((agree | ~clear).all(), "F32: another token than llama.cpp's, which is clear")
    prompt = tokens[:40]
    written, expected = ours.greedy("float", prompt, 128), theirs.greedy(prompt, 128)
    at = next((i for i in range(128) if written[i] != expected[i]), 128)
    print(f"  llama.cpp on F32, float activations: greedy text equal for {at} tokens of 128")
    if at < 128:
        best = numpy.sort(theirs.logits(prompt + expected[:at])[-1])[-2:]
        checks.expect(best[1] - best[0] <= 2 * bound.max(), "F32: greedy text differs where llama.cpp's choice is clear")
    ours.close()
    theirs.close()


def compare_model(checks, program, gguf, text, context, windows, blocks, count, tokenizer):
    ours = Halftone(program, gguf, context)
    theirs = LlamaCpp(gguf, context, True)
    if tokenizer:
        compare_tokens(checks, ours, theirs, gguf, TEXTS + [text])
    tokens = theirs.tokenize(text, False)
    first = [theirs.c.llama_vocab_bos(theirs.vocabulary)]
    length = min(512, context)
    parts = [first + tokens[i * length:i * length + length - 1] for i in range(windows)]
    compare_logits(checks, ours, theirs, parts, blocks)
    for question in QUESTIONS if tokenizer else ["the text"]:
        print(f"  {question}")
        prompt = ours.tokens("ask", question.encode().hex()) if tokenizer else parts[0][:40]
        compare_text(checks, ours, theirs, prompt, count, blocks)
    ours.close()
    theirs.close()


def compare_speed(program, gguf, prompt, count, rounds):
    ours = Halftone(program, gguf, 1024)
    theirs = LlamaCpp(gguf, 1024, False)
    print(" ", theirs.c.llama_print_system_info().decode().strip())
    taken = {"Halftone": [], "llama.cpp": []}
    for _ in range(rounds):
        taken["Halftone"].append(ours.speed("int8", prompt, count))
        taken["llama.cpp"].append(theirs.speed(prompt, count))
    for part, tokens, name in ((0, prompt, f"prompt of {prompt}"), (1, count, f"decode of {count}")):
        for clock, offset in (("wall clock", 0), ("processor", 2)):
            rates = {who: [tokens / row[part + offset] for row in rows] for who, rows in taken.items()}
            ratios = [a / b for a, b in zip(rates["Halftone"], rates["llama.cpp"])]
            print(f"  {name:14} by {clock:10}: " + ", ".join(
                f"{who} {statistics.median(values):.0f} tokens/s (best {max(values):.0f})" for who, values in rates.items()) +
                f"; ratio {statistics.median(ratios):.2f} (of the best {max(rates['Halftone']) / max(rates['llama.cpp']):.2f})")
    ours.close()
    theirs.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--gguf")
    parser.add_argument("--text", default=HERE / "model" / "held_out.txt")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--prompt-tokens", type=int, default=128)
    parser.add_argument("--write-tokens", type=int, default=64)
    parser.add_argument("--bundled", action="store_true")
    parser.add_argument("--type", action="append", help="with --bundled: only this type; may be given several times")
    chosen = parser.parse_args()
    checks = Checks()
    text = pathlib.Path(chosen.text).read_text()
    if chosen.bundled:
        with tempfile.TemporaryDirectory() as folder:
            for name in chosen.type or TYPES:
                path = pathlib.Path(folder) / f"{name}.gguf"
                subprocess.run([chosen.program, "--save-gguf", path, "--type", name], check=True, stdout=subprocess.DEVNULL)
                print(f"{name}:")
                compare_model(checks, chosen.program, path, text[:4096], 256, 2, blocks_of(name), 120, False)
                if name not in NOT_IN_PACKAGE:
                    compare_floats(checks, chosen.program, path, text[:4096], 256, 256, blocks_of(name))
                path.unlink()
    elif chosen.speed:
        compare_speed(chosen.program, chosen.gguf, chosen.prompt_tokens, chosen.write_tokens, chosen.rounds)
    else:
        compare_model(checks, chosen.program, chosen.gguf, text[:8192], 1024, 1, blocks_of("Q4_1"), 128, True)
        compare_floats(checks, chosen.program, chosen.gguf, text[:8192], 1024, 512, blocks_of("Q4_1"))
    print("FAILED" if checks.failures else "passed")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
