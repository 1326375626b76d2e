"""Encoders of a few kilobytes with seeded weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from starling.models.safetensors_files import write_safetensors

FRAMES = 130
SIZES = {"width": 128, "heads": 2, "inner": 256, "layers": 2, "positions": 1500, "mels": 80}


def shapes(width: int, heads: int, inner: int, layers: int, positions: int, mels: int) -> dict[str, tuple[int, ...]]:
    made: dict[str, tuple[int, ...]] = {
        "conv1.weight": (width, mels, 3),
        "conv1.bias": (width,),
        "conv2.weight": (width, width, 3),
        "conv2.bias": (width,),
        "embed_positions.weight": (positions, width),
        "layer_norm.weight": (width,),
        "layer_norm.bias": (width,),
    }
    for number in range(layers):
        layer = f"layers.{number}"
        for norm in ("self_attn_layer_norm", "final_layer_norm"):
            made |= {f"{layer}.{norm}.{kind}": (width,) for kind in ("weight", "bias")}
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            made[f"{layer}.self_attn.{name}.weight"] = (width, width)
            if name != "k_proj":
                made[f"{layer}.self_attn.{name}.bias"] = (width,)
        made |= {f"{layer}.fc1.weight": (inner, width), f"{layer}.fc1.bias": (inner,)}
        made |= {f"{layer}.fc2.weight": (width, inner), f"{layer}.fc2.bias": (width,)}
    return made


def metadata(**sizes: int) -> dict[str, str]:
    names = {
        "width": "d_model",
        "heads": "encoder_attention_heads",
        "inner": "encoder_ffn_dim",
        "layers": "encoder_layers",
        "positions": "max_source_positions",
        "mels": "num_mel_bins",
    }
    return {names[key]: str(value) for key, value in sizes.items()}


def weights(seed: int = 0, **sizes: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    made = {}
    for name, shape in shapes(**{**SIZES, **sizes}).items():
        values = random.standard_normal(shape, np.float32) * 0.1
        if name.endswith("norm.weight"):
            values += 1
        made[f"model.encoder.{name}"] = values.astype(np.float32)
    return made


def write_encoder(folder: Path, seed: int = 0, **sizes: int) -> Path:
    path = folder / "encoder.safetensors"
    write_safetensors(path, weights(seed, **sizes), metadata(**{**SIZES, **sizes}))
    return path


def random_mel(frames: int, clips: int = 1, mels: int = 80, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((clips, mels, frames), np.float32)
