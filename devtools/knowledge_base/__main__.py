"""Serves a folder of Markdown files as a knowledge base until it is interrupted."""

import argparse
import signal
import threading
from pathlib import Path

from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.server import KnowledgeBaseServer


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(prog="python -m devtools.knowledge_base", description=__doc__)
    parser.add_argument("folder", type=Path, help="of Markdown files")
    parser.add_argument("--port", type=int, default=8098)
    parser.add_argument(
        "--hidden", type=int, default=0, help="chunks of each file that are listed and never found"
    )
    options = parser.parse_args()
    contents = Contents.of_folder(options.folder, hidden_of_each=options.hidden)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with KnowledgeBaseServer(contents, port=options.port) as server:
        print(f"knowledge base of {len(contents.chunks)} chunks at {server.url}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
