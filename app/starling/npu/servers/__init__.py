"""Servers on this machine that recognise speech on its NPU or graphics: FastFlowLM and Lemonade.

Sources: ROCm/FastFlowLM (8b8399c1) ``src/server/{server,rest_handler,multipart}.cpp``, ``docs/docs/models/whisper.md``;
lemonade-sdk/lemonade (e385039e) ``docs/api/{openai,lemonade}.md``, ``src/cpp/server/router.cpp``,
``src/cpp/server/backends/{whispercpp,fastflowlm}``, ``src/cpp/include/lemon/model_types.h``.

Nothing here speaks to another machine: an address that is not the loopback is refused, and so is a redirect.
"""
