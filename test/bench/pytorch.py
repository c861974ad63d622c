"""The shapes of `longview bench` in PyTorch, on the same card: how fast transformers reads and writes with random weights.

    longview models info random:mamba2-130m | python3 test/bench/pytorch.py --lengths 1024,16384,65536

Takes a config.json on standard input whose `model_type` transformers has a class for. Prints one JSON object for each length:
ms a token (median of 63), tokens/s read, and the card's memory at its highest. A length that takes longer than --limit-seconds
is the last one, and so is one that does not fit. Optional, and no part of the tests: needs torch and transformers.
"""

import argparse
import json
import statistics
import sys
import time

import torch
from transformers import AutoConfig, AutoModelForCausalLM

WRITTEN = 64


class Clock:
    """Notes when each token is there: `generate` hands the prompt to its streamer first, then token by token."""

    def __init__(self, device: torch.device):
        self.device = device
        self.times: list[float] = []

    def put(self, _tokens) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        self.times.append(time.perf_counter())

    def end(self) -> None:
        pass


def random_model(config: dict, device: torch.device, dtype: torch.dtype):
    config = {"max_position_embeddings": 1 << 20, **config}
    shape = AutoConfig.for_model(config.pop("model_type"), **config)
    torch.manual_seed(1)
    with device:
        return AutoModelForCausalLM.from_config(shape).to(dtype).eval()


@torch.inference_mode()
def measure(model, length: int, device: torch.device) -> dict:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    ids = (torch.arange(length, device=device) * 7919) % (model.config.vocab_size - 64) + 64
    clock = Clock(device)
    # No token ends the text: random weights may well choose it.
    model.generate(
        ids[None],
        attention_mask=torch.ones_like(ids)[None],
        max_new_tokens=WRITTEN,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
        streamer=clock,
    )
    begun, first, *rest = clock.times
    steps = [later - earlier for earlier, later in zip([first, *rest], rest)]
    return {
        "after": length,
        "msPerToken": 1000 * statistics.median(steps),
        "tokensPerSecond": length / (first - begun),
        "peakGpuMB": torch.cuda.max_memory_allocated(device) / 1e6 if device.type == "cuda" else None,
        "seconds": clock.times[-1] - begun,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", default="1024,16384,65536")
    parser.add_argument("--limit-seconds", type=float, default=30)
    parser.add_argument("--dtype", default="float16", choices=["float16", "bfloat16", "float32"])
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    config = json.load(sys.stdin)
    if "model_type" not in config:
        sys.exit("This config names no model_type: transformers has no class for it.")
    device = torch.device(options.device)
    model = random_model(config, device, getattr(torch, options.dtype))
    # Kernels are chosen and compiled here.
    measure(model, 128, device)
    for length in map(int, options.lengths.split(",")):
        try:
            result = measure(model, length, device)
        except torch.cuda.OutOfMemoryError as error:
            print(json.dumps({"after": length, "error": str(error).split(". ")[0]}))
            break
        print(json.dumps(result), flush=True)
        if result["seconds"] > options.limit_seconds:
            break


if __name__ == "__main__":
    main()
