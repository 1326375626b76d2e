"""The settings of the page Models."""

from __future__ import annotations

from starling.settings.declaration import Setting

DOWNLOADS: tuple[Setting, ...] = (
    Setting(
        "models.mirror",
        "",
        "Mirror",
        "Where to download from instead of huggingface.co, if that cannot be reached. What comes is checked all the "
        "same.",
        in_file="An address such as https://hf-mirror.com, or one with {host} and {path} in it for every server.",
        page="models",
        keywords=("download", "hugging face", "server", "blocked"),
    ),
    Setting(
        "models.proxy",
        "",
        "Proxy",
        "The HTTP proxy for downloads. Empty uses the system's.",
        in_file="http://host:port, or none for no proxy at all.",
        page="models",
        keywords=("network", "company", "firewall"),
    ),
    Setting(
        "models.stall",
        60,
        "Stall limit",
        "A download that brings nothing for this long is tried again from where it is.",
        5,
        600,
        unit="s",
        step=5,
        page="models",
        advanced=True,
        keywords=("timeout", "slow", "network"),
    ),
    Setting(
        "models.keep_encoder",
        "with_npu",
        "Keep encoders for the NPU",
        "Starling's own NPU kernels need the encoder's weights beside a converted model: half as large again. "
        "Models that are installed already do not change.",
        choices=("with_npu", "always", "never"),
        labels=("If this computer has an NPU", "Always", "Never"),
        in_file="Whether models that are converted from safetensors keep their encoder's weights.",
        page="models",
        advanced=True,
        keywords=("npu", "kernels", "convert", "disk"),
    ),
)
