"""``tryptome view``: reports of a run in the browser, also of a run on another machine."""

from __future__ import annotations

import argparse
import getpass
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.errors import MissingFileError, OutputError

if TYPE_CHECKING:
    from http.server import ThreadingHTTPServer

PORT = 8765


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command's options."""
    parser.add_argument(
        "results", metavar="RESULTS", help="folder `results` of a run, or the folder that holds it"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=PORT,
        metavar="N",
        help=f"port to serve on (default: {PORT}; 0: any that is free)",
    )


def execute(options: argparse.Namespace) -> int:
    """Serve the results to this machine only, until the user ends it.

    Returns
    -------
    int
        0.

    Raises
    ------
    MissingFileError
        There are no results.
    OutputError
        The port cannot be used.
    """
    server = prepare(find(Path(options.results)), options.port)
    with server:
        print(describe(server), flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def find(folder: Path) -> Path:
    """Folder of the results, given it or the one that holds it.

    Raises
    ------
    MissingFileError
        There are none.
    """
    for candidate in (folder, folder / "results"):
        if (candidate / "cohorts").is_dir():
            return candidate
    raise MissingFileError(
        "there are no results of tryptome",
        place=str(folder),
        remedy="name the folder `results` of a run",
    )


def prepare(results: Path, port: int) -> ThreadingHTTPServer:
    """Make a server that listens on the loopback interface.

    Raises
    ------
    OutputError
        The port cannot be used.
    """
    from tryptome.serve import server

    try:
        return server(results, port)
    except (OSError, OverflowError) as error:
        raise OutputError(
            f"the port cannot be used ({getattr(error, 'strerror', None) or error})",
            place=f"127.0.0.1:{port}",
            remedy="name another with `--port`, or 0 for any that is free",
        ) from error


def describe(server: ThreadingHTTPServer) -> str:
    """Say where the pages are, here and from another machine."""
    port = server.server_address[1]
    return (
        f"Reports: http://127.0.0.1:{port}/  (end with Ctrl-C)\n"
        "Only this machine can open them. From another one, first:\n"
        f"  ssh -N -L {port}:127.0.0.1:{port} {getpass.getuser()}@{socket.gethostname()}"
    )
