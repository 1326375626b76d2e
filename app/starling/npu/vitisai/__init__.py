"""Whisper's encoder through ONNX Runtime's Vitis AI execution provider, in AMD's own environment.

Sources, read as of Ryzen AI 1.8:

* amd/ryzen-ai-documentation ``docs/modelrun.rst`` (b2b2b0e2): provider options, configuration file, cache and what it
  must be keyed by, operator assignment report; ``docs/linux.rst``: Python 3.12, ``LD_LIBRARY_PATH``, STX and KRK only;
  ``docs/relnotes.rst``: the report is made only when ``XLNX_ONNX_EP_REPORT_FILE`` names it.
* amd/RyzenAI-SW ``Demos/ASR/Whisper`` (0b65628f): the encoder's configuration, its static shapes, its file names, the
  fifteen minutes of its first compilation.

:mod:`.session` alone runs in AMD's Python and needs numpy and onnxruntime; everything else runs in ours.
"""
