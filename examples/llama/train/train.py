#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains the bundled model and writes ../model/: weights (bf16 safetensors), config.json, held-out text.

    apt-get install bible-kjv            # the text
    pip install torch                    # tested with 2.15
    python train.py                      # continues from its checkpoint, if there is one

A checkpoint is written every five minutes and at the end (to a temporary file, then renamed), so the program may be
stopped at any time and started again with the same command.
"""

import argparse
import json
import math
import os
import struct
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F

import text
from model import Config, Llama
from muon import Muon

OUTPUT = Path(__file__).resolve().parent.parent / "model"


def write_safely(path: Path, write) -> None:
    temporary = path.with_suffix(path.suffix + ".tmp")
    write(temporary)
    os.replace(temporary, path)


def save_safetensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """bf16, names sorted, 64-byte aligned header; written here so that PyTorch alone is enough."""
    header, offset, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name, tensor in sorted(tensors.items()):
        blob = tensor.to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-(len(encoded) + 8) % 64)
    write_safely(path, lambda p: p.write_bytes(struct.pack("<Q", len(encoded)) + encoded + b"".join(blobs)))


@torch.no_grad()
def bits_per_byte(model: Llama, tokens: torch.Tensor, context: int) -> float:
    """Windows of `context` tokens without overlap, each started with the end-of-text token."""
    usable = len(tokens) // context * context
    target = tokens[:usable].view(-1, context)
    start = torch.full((len(target), 1), text.END_OF_TEXT)
    source = torch.cat((start, target[:, :-1]), dim=1)
    total = 0.0
    for i in range(0, len(target), 32):
        logits = model(source[i : i + 32])
        total += F.cross_entropy(logits.flatten(0, 1), target[i : i + 32].flatten(), reduction="sum").item()
    return total / usable / math.log(2)


def learning_rate(step: int, steps: int) -> float:
    """Linear warm-up over 60 steps, then cosine down to 2 %."""
    return min(1.0, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1520)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpoint", type=Path, default=Path("checkpoint.pt"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    config = Config()
    context = config.max_position_embeddings
    training, held_out = text.split()
    tokens = []
    for chapter in training:
        tokens += [text.END_OF_TEXT, *text.encode(chapter)]
    tokens = torch.tensor(tokens)
    held_out_text = "".join(held_out)
    held_out_tokens = torch.tensor(text.encode(held_out_text))
    OUTPUT.mkdir(exist_ok=True)
    write_safely(OUTPUT / "held_out.txt", lambda p: p.write_text(held_out_text))

    model = Llama(config)
    hidden = [p for n, p in model.named_parameters() if p.dim() == 2 and "layers" in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "layers" not in n]
    optimizers = [Muon(hidden, lr=0.02), torch.optim.AdamW(others, lr=4e-3, betas=(0.9, 0.95), weight_decay=0.01)]
    base = [[g["lr"] for g in o.param_groups] for o in optimizers]
    step, cpu_seconds = 0, 0.0
    if options.checkpoint.exists():
        state = torch.load(options.checkpoint)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        step, cpu_seconds = state["step"], state["cpu_seconds"]
        print(f"continuing from step {step}")
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(tokens)} training bytes, "
          f"{len(held_out_tokens)} held-out bytes", flush=True)

    def checkpoint() -> None:
        state = {"model": model.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "step": step,
                 "cpu_seconds": cpu_seconds + time.process_time() - started_cpu}
        write_safely(options.checkpoint, lambda p: torch.save(state, p))
        save_safetensors(OUTPUT / "model.safetensors", model.state_dict())

    started, started_cpu, saved, average = time.time(), time.process_time(), time.time(), None
    first = step
    while step < options.steps:
        generator = torch.Generator().manual_seed(1000 + step)  # the same batches after a restart
        start = torch.randint(0, len(tokens) - context - 1, (options.batch,), generator=generator)
        batch = torch.stack([tokens[i : i + context + 1] for i in start])
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        factor = learning_rate(step, options.steps)
        for optimizer, rates in zip(optimizers, base):
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * factor
            optimizer.step()
        step += 1
        bits = loss.item() / math.log(2)
        average = bits if average is None else 0.95 * average + 0.05 * bits
        if step % 20 == 0:
            per_step = (time.time() - started) / (step - first)
            print(f"step {step}/{options.steps}  {average:.3f} bits per byte  {per_step:.2f} s a step  "
                  f"{per_step * (options.steps - step) / 60:.0f} min left", flush=True)
        if time.time() - saved > 300:
            checkpoint()
            saved = time.time()
            print(f"  held out: {bits_per_byte(model, held_out_tokens[: 128 * context], context):.4f}", flush=True)

    checkpoint()
    save_safetensors(OUTPUT / "model.safetensors", model.state_dict())
    hf = asdict(config) | {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
                           "tie_word_embeddings": False, "torch_dtype": "bfloat16", "eos_token_id": text.END_OF_TEXT,
                           "bos_token_id": text.END_OF_TEXT}
    write_safely(OUTPUT / "config.json", lambda p: p.write_text(json.dumps(hf, indent=2) + "\n"))
    for parameter in model.parameters():
        parameter.data = parameter.data.to(torch.bfloat16).float()
    total = cpu_seconds + time.process_time() - started_cpu
    print(f"held out, all, weights in bf16: {bits_per_byte(model, held_out_tokens, context):.4f} bits per byte; "
          f"{total / 60:.0f} CPU minutes")


if __name__ == "__main__":
    main()
