"""Snake, the activation of Kokoro's vocoder."""
