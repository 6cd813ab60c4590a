"""The command line of operators: `ai-worker`, its groups and its errors as one line and an exit code.

Entry: `main.cli`; each pipeline's commands are found in the pipeline's own folder. It may not know SQL, the
engine's internals, or a pipeline by name.
"""
