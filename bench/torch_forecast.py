"""Computes forecasts of a PatchTST state dict with torch: usage torch_forecast.py FILE THREADS

Prints torch's version, then for each line on standard input the milliseconds of one more forecast.
"""
import sys
import time

import torch
from torch import nn

LOOKBACK, CHANNELS, HEADS = 512, 28, 4


class Forecaster:
    def __init__(self, path):
        state = torch.load(path, map_location="cpu")
        self.state = state
        self.d_model, self.patch = state["patch_embed.project.weight"].shape
        self.patches = state["pos_embed"].shape[2]
        self.stride = (LOOKBACK - self.patch) // max(1, self.patches - 1)
        layers = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder."))
        block = nn.TransformerEncoderLayer(
            self.d_model, HEADS, state["encoder.layers.0.linear1.weight"].shape[0], batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(block, layers)
        prefix = "encoder."
        weights = {name[len(prefix):]: value for name, value in state.items() if name.startswith(prefix)}
        self.encoder.load_state_dict(weights)
        self.encoder.eval()

    def __call__(self, window):
        state, linear = self.state, nn.functional.linear
        patches = window.transpose(1, 2).unfold(-1, self.patch, self.stride)
        tokens = linear(patches, state["patch_embed.project.weight"], state["patch_embed.project.bias"])
        tokens = (tokens + state["pos_embed"]).reshape(-1, self.patches, self.d_model)
        flat = self.encoder(tokens).reshape(window.shape[0], -1)
        hidden = nn.functional.gelu(linear(flat, state["head.1.weight"], state["head.1.bias"]))
        return linear(hidden, state["head.4.weight"], state["head.4.bias"])


def main():
    torch.set_num_threads(int(sys.argv[2]))
    forecaster = Forecaster(sys.argv[1])
    window = torch.randn(1, LOOKBACK, CHANNELS, generator=torch.Generator().manual_seed(1))
    print(torch.__version__, flush=True)
    with torch.no_grad():
        for _ in sys.stdin:
            start = time.perf_counter()
            forecaster(window)
            print((time.perf_counter() - start) * 1e3, flush=True)


main()
