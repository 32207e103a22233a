"""Guards models that are no folder: archives and addresses, fetched once, by their digest, over https alone."""

from __future__ import annotations

import hashlib
import http.server
import io
import ssl
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from classifier import load
from classifier.errors import ArtifactError
from classifier.model import packed

TEXT = "Quân chính phủ Syria tiến vào Idlib, phe đối lập rút khỏi Damascus."


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of this test's own."""
    monkeypatch.setenv("CHUDE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


def zipped(folder, inside="", **more):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, inside + path.name)
        for name, content in more.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("inside", ["", "my-model/"])
def test_an_archive_is_a_model(small_artifact, small_model, tmp_path, cache, chude, inside):
    """With or without its folder; unpacked once, into the cache, and nothing beside it."""
    file = tmp_path / "in" / "m.zip"
    file.parent.mkdir()
    file.write_bytes(zipped(small_artifact, inside))
    expected = small_model.predict([TEXT])
    assert load(file).predict([TEXT]) == expected
    (kept,) = cache.iterdir()
    assert kept.name == hashlib.sha256(file.read_bytes()).hexdigest()
    before = kept.stat().st_mtime_ns
    assert load(str(file)).predict([TEXT]) == expected
    assert kept.stat().st_mtime_ns == before
    assert [path.name for path in file.parent.iterdir()] == ["m.zip"]
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (row,) = chude("predict", tmp_path / "a.txt", "-m", file, "--format", "jsonl").rows
    assert row["topic"] == expected[0].topic
    assert chude("show", file).code == 0
    run = chude("predict", tmp_path / "a.txt", "-m", file, "--engine", "dask", "-o", tmp_path / "out")
    assert run.code == 0


def test_without_a_cache_it_lasts_as_long_as_the_process(small_artifact, tmp_path, monkeypatch):
    """In a temporary folder."""
    monkeypatch.setenv("CHUDE_CACHE", "off")
    (tmp_path / "m.zip").write_bytes(zipped(small_artifact))
    assert load(tmp_path / "m.zip").labels


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda _folder: b"PK\x03\x04", "broken archive"),
        (lambda folder: zipped(folder)[:-200], "broken archive"),
        (lambda folder: zipped(folder, "a/b/"), "not the archive of one model"),
        (lambda folder: zipped(folder, **{"other/model.json": "{}"}), "not the archive of one model"),
        (lambda folder: zipped(folder, "../"), "not the archive of one model"),
    ],
)
def test_what_is_no_models_archive_is_one_line(small_artifact, tmp_path, cache, made, said):
    """Broken, deep, of two models, or with names that lead elsewhere: and nothing lands there."""
    file = tmp_path / "in" / "m.zip"
    file.parent.mkdir()
    file.write_bytes(made(small_artifact))
    with pytest.raises(ArtifactError, match=said):
        load(file)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["in"], ["cache", "in"])


def test_further_names_are_left_in_the_archive_and_bombs_are_refused(small_artifact, tmp_path, cache, monkeypatch):
    """Only what `chude train` writes is taken out."""
    file = tmp_path / "m.zip"
    file.write_bytes(zipped(small_artifact, **{"evil.py": "x", "../evil.py": "x", "sub/evil.py": "x"}))
    assert load(file).labels
    (kept,) = cache.iterdir()
    assert {path.name for path in kept.iterdir()} == {"model.json", *packed.FILES}
    file.write_bytes(zipped(small_artifact).replace(b"evil", b"evil"))
    monkeypatch.setattr(packed, "MAX_UNPACKED", 1000)
    file.write_bytes(zipped(small_artifact, **{"x.txt": "another digest"}))
    with pytest.raises(ArtifactError, match="unpacks to over"):
        load(file)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://models.example/m.zip", "has no digest"),
        ("https://models.example/m.zip#sha256=abc", "has no digest"),
        ("http://models.example/m.zip#sha256=" + "0" * 64, "is no https address"),
        ("file:///etc/passwd#sha256=" + "0" * 64, "is no https address"),
        ("https://127.0.0.1:1/m.zip#sha256=" + "0" * 64, "cannot be fetched"),
    ],
)
def test_addresses_without_promise_are_refused(chude, tmp_path, cache, address, said):
    """In one line, before anything is read; exit code 4."""
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    run = chude("predict", tmp_path / "a.txt", "-m", address)
    assert (run.code, run.out) == (4, "")
    assert said in run.err
    assert run.err.count("\n") == 1


@pytest.fixture
def server(tmp_path, monkeypatch):
    """An https server of this machine with a certificate of its own: its address, and what it gives by path."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    for variable in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    given, asked = {}, []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer = given[self.path]
            self.send_response(302 if isinstance(answer, str) else 200)
            if isinstance(answer, str):
                self.send_header("Location", answer)
                answer = b""
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_given):
            pass

    served = http.server.HTTPServer(("localhost", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    served.socket = context.wrap_socket(served.socket, server_side=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"https://localhost:{served.server_port}", given, asked
    served.shutdown()
    served.server_close()


def test_a_model_is_fetched_once_and_only_if_it_is_the_one(small_artifact, small_model, cache, server):
    """By its digest; another file, or a way that leads off https, is refused and kept nowhere."""
    address, given, asked = server
    data = zipped(small_artifact)
    digest = hashlib.sha256(data).hexdigest()
    given |= {"/m.zip": data, "/other.zip": data + b"x", "/away": "http://localhost:1/m.zip", "/on": "/m.zip"}
    with pytest.raises(ArtifactError, match="is another file than was meant"):
        load(f"{address}/other.zip#sha256={digest}")
    with pytest.raises(ArtifactError, match="not https"):
        load(f"{address}/away#sha256={digest}")
    assert not cache.exists()
    assert load(f"{address}/on#sha256={digest}").predict([TEXT]) == small_model.predict([TEXT])
    assert load(f"{address}/m.zip#sha256={digest}").labels == small_model.labels
    assert asked.count("/m.zip") == 1
