"""
The package ``resumable-upload`` as an ASGI application, and SHA-256 of every upload.

``python resumable.py PORT FOLDER``. It gathers the body of a request before it
writes, so the finished file is hashed by reading it once more.
"""

import hashlib
import sys
from pathlib import Path

import uvicorn
from resumable_upload import SQLiteStorage, TusServer
from resumable_upload.asgi import TusASGIApp


def main() -> None:
    """Serve until killed."""
    folder = Path(sys.argv[2])
    storage = SQLiteStorage(str(folder / "uploads.db"), str(folder / "files"))

    def finished(upload: str, _metadata: object, _info: object) -> dict[str, object]:
        files = [path for path in (folder / "files").rglob(f"{upload}*") if path.is_file()]
        with max(files, key=lambda path: path.stat().st_size).open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        return {"headers": {"X-SHA256": digest}}

    server = TusServer(storage=storage, base_path="/files", on_upload_complete=finished)
    uvicorn.run(
        TusASGIApp(server),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        loop="uvloop",
    )


if __name__ == "__main__":
    main()
