"""Models that are no folder: a .zip of one, here or at an https address whose digest is given; each unpacked once.

What is unpacked lies in the user's cache, under the archive's digest, or for as long as the process runs where there is
none. Only the names that `chude train` writes are taken out, so that an archive has no say where anything lands.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from classifier.disk.atomic import Contents, replacing_folder, write_whole
from classifier.disk.cache import cache_folder
from classifier.disk.own import is_own_folder
from classifier.disk.untrusted import MOST_PACKED, read_bounded
from classifier.errors import ArtifactError
from classifier.model.description import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "https://"
MAX_ARCHIVE = 1 << 30
"""Bytes of an archive."""
MAX_UNPACKED = 4 << 30
_DIGEST = re.compile(r"sha256=([0-9a-f]{64})")
_NAMES = frozenset(("model.json", *FILES))
_CHUNK = 1 << 20
_SECONDS = 60
_REMEDY = "make it with: zip -r model.zip MODEL"


def local_folder(name: str | Path) -> Path:
    """Return the folder of a model: `name` itself, or where a .zip or an https address was unpacked.

    An address bears its digest, `https://…/model.zip#sha256=…`, and is fetched once. Raises ArtifactError for one
    without, for other addresses, for what cannot be fetched or has another digest, and for what is no model's archive.
    """
    text = str(name)
    if "://" in text:
        return _fetched(text)
    path = Path(name)
    if path.suffix.lower() != ".zip" or path.is_dir():
        return path
    data = read_bounded(path, MAX_ARCHIVE, _REMEDY)
    digest = hashlib.sha256(data).hexdigest()
    return _kept(digest) or _unpacked(data, digest, text)


def _fetched(address: str) -> Path:
    where, _, fragment = address.partition("#")
    found = _DIGEST.fullmatch(fragment)
    if not where.startswith(ADDRESS):
        raise ArtifactError(where, "is no https address", "give https://…/model.zip#sha256=…, or a folder")
    if found is None:
        raise ArtifactError(where, "has no digest", "write it behind the address: #sha256=… (sha256sum model.zip)")
    kept = _kept(found[1])
    if kept is not None:
        return kept
    data = _read(where)
    digest = hashlib.sha256(data).hexdigest()
    if digest != found[1]:
        raise ArtifactError(where, f"is another file than was meant (sha256 {digest})", "ask who gave you the digest")
    return _unpacked(data, digest, where)


def _read(address: str) -> bytes:
    """The bytes at an address, over https alone, wherever it leads."""
    import urllib.error
    import urllib.request

    class Secure(urllib.request.HTTPRedirectHandler):
        """Follows no redirection to anything but https."""

        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            if not newurl.startswith(ADDRESS):
                raise ArtifactError(address, "leads to an address that is not https", "give the one that it leads to")
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    opener = urllib.request.build_opener(Secure)
    try:
        with opener.open(address, timeout=_SECONDS) as answer:
            data: bytes = answer.read(MAX_ARCHIVE + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        why = str(getattr(error, "reason", "") or error)
        raise ArtifactError(address, f"cannot be fetched ({why})", "fetch it yourself, and give the file") from error
    if len(data) > MAX_ARCHIVE:
        raise ArtifactError(address, f"is larger than {MAX_ARCHIVE >> 30} GiB", "is it a model?")
    return data


def _kept(digest: str) -> Path | None:
    """Where an archive of this digest was unpacked before."""
    cache = cache_folder()
    folder = cache / "models" / digest if cache else None
    return folder if folder and folder.is_dir() and is_own_folder(folder) else None


def _unpacked(data: bytes, digest: str, where: str) -> Path:
    """Unpack a model's files, all or none."""
    models = _own_models()
    if models is None:  # no cache of one's own
        models = Path(tempfile.mkdtemp(prefix="chude-model-"))
        atexit.register(shutil.rmtree, models, ignore_errors=True)
    with replacing_folder(models / digest, Contents("model.json", FILES)) as folder:
        for name, content in _files(data, where):
            write_whole(folder / name, content)
    return models / digest


def _own_models() -> Path | None:
    """The cache's folder of models, None where nobody else may be kept out of it."""
    cache = cache_folder()
    if cache is None:
        return None
    models = cache / "models"
    try:
        models.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return None
    return models if is_own_folder(models) else None


def _files(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """The files of a model in an archive, in it directly or in one folder of it."""
    left = min(MAX_UNPACKED, MOST_PACKED * len(data) + _CHUNK)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = {PurePosixPath(info.filename): info for info in archive.infolist() if not info.is_dir()}
            homes = {path.parent for path in infos if path.name == "model.json" and len(path.parts) <= 2}
            homes -= {PurePosixPath("..")}
            if len(homes) != 1:
                raise ArtifactError(where, "is not the archive of one model", _REMEDY)
            (home,) = homes
            for path, info in sorted(infos.items()):
                if path.parent == home and path.name in _NAMES:
                    content = archive.open(info).read(left + 1)
                    left -= len(content)
                    if left < 0:
                        raise ArtifactError(where, f"unpacks to over {MOST_PACKED} times its size", _REMEDY)
                    yield path.name, content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise ArtifactError(where, f"is a broken archive ({error})", _REMEDY) from error
