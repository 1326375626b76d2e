"""The subcommands: thin functions over the pipeline."""
