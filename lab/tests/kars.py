# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""KARs of other versions, made of the one that was built."""

import io
import re
import zipfile
from pathlib import Path

_MANIFEST = "META-INF/MANIFEST.MF"
_LINE = 70


def next_version(version: str) -> str:
    major, minor = version.split(".")[:2]
    return f"{major}.{int(minor) + 1}.0"


def of_version(built: Path, version: str, directory: Path) -> Path:
    """Writes what a build of another version would be, but for the code: names, features and manifests say it."""
    old = re.fullmatch(r"peregrine-kar-(.+)", built.stem)[1]
    made = directory / f"peregrine-kar-{version}.kar"
    made.write_bytes(_rewrite(built.read_bytes(), {old.encode(): version.encode(),
                                                   _osgi(old).encode(): _osgi(version).encode()}))
    return made


def _osgi(version: str) -> str:
    return version.replace("-", ".")


def _rewrite(archive: bytes, words: dict[bytes, bytes]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == _MANIFEST:
                content = _fold(_replace(content.replace(b"\r\n ", b""), words))
            elif entry.filename.endswith(".xml"):
                content = _replace(content, words)
            elif "/io/peregrine/" in entry.filename and entry.filename.endswith(".jar"):
                content = _rewrite(content, words)
            target.writestr(_replace(entry.filename.encode(), words).decode(), content)
    return result.getvalue()


def _replace(text: bytes, words: dict[bytes, bytes]) -> bytes:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _fold(manifest: bytes) -> bytes:
    lines = []
    for line in manifest.split(b"\r\n"):
        lines.append(line[:_LINE])
        lines += [b" " + line[start:start + _LINE - 1] for start in range(_LINE, len(line), _LINE - 1)]
    return b"\r\n".join(lines)
