"""The connection to a language model: any server that speaks the OpenAI protocol."""
