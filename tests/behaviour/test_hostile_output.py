"""Guards what chude writes from what strangers wrote: pages, tables, the terminal and files obey none of it."""

from __future__ import annotations

import csv
import http.server
import io
import json
import re
import shutil
import subprocess
import threading

import pytest
from conftest import PROJECT, captured
from lxml import etree
from lxml import html as lxml_html

from classifier.cli import writers

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OLD_MODEL = PROJECT / "tests" / "data" / "artifacts" / "v1" / "model"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
MARKS = (
    "document.title='PWNED'",
    "fetch('http://127.0.0.1:PORT/fetched')",
    "new Image().src='http://127.0.0.1:PORT/image'",
)
RUNS = ";".join(MARKS)
PAYLOADS = (
    f"<script>{RUNS}</script>",
    f'"><img src=x onerror="{RUNS}">',
    f'\'><svg onload="{RUNS}">',
    '<img src="http://127.0.0.1:PORT/loaded"><link rel=stylesheet href="http://127.0.0.1:PORT/style">',
    f"</script><script>{RUNS}</script>",
    f"</style><script>{RUNS}</script>",
    f"</title><script>{RUNS}</script>",
    f"--><script>{RUNS}</script><!--",
    f"]]><script>{RUNS}</script>",
    f"</textarea></select><iframe srcdoc='<script>parent.{MARKS[0]}</script>'></iframe>",
    f"javascript:{RUNS}",
    f'<a href="javascript:{RUNS}" ping="http://127.0.0.1:PORT/ping">x</a>',
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:PORT/refreshed">',
    f"${{{MARKS[0]}}} {{{{constructor.constructor('{MARKS[1]}')()}}}} `{RUNS}`",
    f"\u2028{MARKS[0]}\u2029//",
    f"&lt;script&gt;{MARKS[0]}&lt;/script&gt; &#60;script>",
    '<base href="http://127.0.0.1:PORT/"><form action="http://127.0.0.1:PORT/form"><input autofocus onfocus="x">',
    "$\\frac{x$ $$ \\",
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "\x00=1", "\x1b=1", "\u202e=1")
ESCAPES = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.vn\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x9b31mred",
    "\x9d8;;http://evil.vn\x9c",
    "txt.\u202egpj",
    "\u2066isolated\u2069",
    "\x08\x08\x08over",
    "\x7f\x85\u2028",
)
LABELS = ("../../x", "/etc/chude-evil", f"x <script>{MARKS[0]}</script>", "=1+1", "\x1b[31mred\u202e", "$\\frac{x$")
OTHER_PAGES = ("report", "demo")
"""Without a script of their own."""
WORDS = ("hạt nhân", "ngừng bắn", "liên minh", "cà phê", "bóng đá", "động đất")


def _rows(texts, **more):
    return "".join(
        json.dumps({"id": f"{number}{text}", "title": text, "text": f"{text} {text}", **more}) + "\n"
        for number, text in enumerate(texts)
    )


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    """A folder with headlines, a corpus whose labels are hostile too, and a model trained on it by the program."""
    folder = tmp_path_factory.mktemp("nasty") / "inside"
    folder.mkdir()
    headlines = [*PAYLOADS, *FORMULAS, *ESCAPES]
    rows = [
        {
            "id": f"{text}{number}",
            "headline": f"{text} {WORDS[number % 6]}",
            "blurb": text,
            "date": f"2026-0{1 + number % 6}-03",
        }
        for number, text in enumerate(headlines * 2)
    ]
    (folder / "headlines.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    articles = [
        {
            "id": f"{copy}{label}",
            "title": headlines[(copy + place) % len(headlines)],
            "text": f"{WORDS[place]} {WORDS[place]} {headlines[copy]} số {copy}",
            "label": label,
            "site": headlines[copy % 3],
        }
        for place, label in enumerate(LABELS)
        for copy in range(8)
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in articles), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def own_model(nasty):
    _program("train", "corpus.jsonl", "-o", "model", "--folds", "2", cwd=nasty)
    return nasty / "model"


def _program(*arguments, cwd):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setattr("eval.report.report.KINDS", ("png",))
        assert captured(*arguments).code in (0, 1)


@pytest.fixture(scope="module")
def pages(nasty, own_model):
    """The HTML pages that the program writes about all that, by name."""
    _program("cluster", "headlines.jsonl", "-m", own_model, "-o", "clusters", cwd=nasty)
    _program("eval", "corpus.jsonl", "-m", own_model, "-o", "report", cwd=nasty)
    return {
        "clusters": nasty / "clusters" / "clusters.html",
        "report": nasty / "report" / "report.html",
        "demo": _demo(nasty, own_model),
    }


def _demo(nasty, own_model):
    """The demo's page, made of the same."""
    from classifier import load, read_pages
    from classifier.clustering import cluster_pages
    from eval.pages.tour import demo_page

    model = load(own_model)
    read = list(read_pages([nasty / "corpus.jsonl"]))[:20]
    clusters = cluster_pages(read_pages([nasty / "headlines.jsonl"]), model=model).result
    report = json.loads((nasty / "report" / "report.json").read_text(encoding="utf-8"))
    made = demo_page(read, model.predict(read, explain=4), clusters, report, nasty)
    (nasty / "demo.html").write_text(made, encoding="utf-8")
    return nasty / "demo.html"


def _policy(tree):
    return dict(
        part.strip().partition(" ")[::2]
        for part in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0].split(";")
    )


@pytest.mark.parametrize("name", ["clusters", *OTHER_PAGES])
def test_nothing_hostile_becomes_markup(pages, name):
    """Read as a browser reads it, a page has our elements alone, no handler, no address, and a strict policy."""
    text = pages[name].read_text(encoding="utf-8")
    tree = lxml_html.fromstring(text)
    scripts = tree.xpath("//script")
    assert len(scripts) == (1 if name == "clusters" else 0)
    assert not any("PWNED" in script.text for script in scripts)
    assert tree.xpath("//iframe | //object | //embed | //link | //base | //form | //a[@href]") == []
    assert [found for found in tree.xpath("//@*") if found.attrname.startswith("on")] == []
    assert all(source.startswith("data:image/png;base64,") for source in tree.xpath("//@src"))
    assert tree.xpath("//@style | //@srcdoc | //@ping") == []
    assert "pwned" in tree.text_content().casefold()  # it is there, as text; values of a slice are in small letters
    assert not STEERING.search(text.replace("\r", ""))
    policy = _policy(tree)
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data:"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    for kind in ("script-src", "style-src"):
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]+'", policy.get(kind, "'sha256-x'"))


@pytest.fixture
def server():
    """A local server that notes every request, and answers all of them."""
    asked = []

    class Notes(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made.server_address[1], asked
    made.shutdown()
    made.server_close()


def _shown(file, folder):
    """The document as headless Chromium has it after it has run whatever it runs."""
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--virtual-time-budget=1500",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=100,
    )
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("name", ["clusters", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHER_PAGES)])
def test_a_browser_runs_and_loads_nothing_of_it(pages, server, tmp_path, name):
    """Headless Chromium: titles stay, the local server that the payloads call is never asked; a page that does not
    escape them is caught by the same test.
    """
    port, asked = server
    written = pages[name].read_text(encoding="utf-8")
    file = tmp_path / f"{name}.html"
    file.write_text(written.replace("PORT", str(port)), encoding="utf-8")
    shown = lxml_html.fromstring(_shown(file, tmp_path / "profile"))
    assert shown.xpath("//title")[0].text == lxml_html.fromstring(written).xpath("//title")[0].text
    assert len(shown.xpath("//script")) == (1 if name == "clusters" else 0)
    assert asked == []
    control = tmp_path / "control.html"
    body = PAYLOADS[0] + PAYLOADS[3]
    control.write_text(f"<title>x</title><body>{body}".replace("PORT", str(port)), encoding="utf-8")
    assert "<title>PWNED</title>" in _shown(control, tmp_path / "profile")
    assert {"/fetched", "/loaded"} <= set(asked)


def test_pictures_take_any_name():
    """Formulas, markup, controls, unpaired halves and scripts without a font: drawn as text, and SVG stays XML."""
    from eval.plots.figures import headline_map, render, silhouette_chart
    from eval.plots.scores import confusion_matrix

    names = ["$\\frac{x$", "--><script>x</script>", "\x00\x1b[31m\u202e", "漢字 \ud800", "x" * 500, "]]>", ""]
    points = [[x, y] for x in range(7) for y in range(3)]
    clusters = [number % 7 for number in range(21)]
    for picture in (
        headline_map(points, clusters, names),
        silhouette_chart([0.5] * 21, clusters, names),
        confusion_matrix([[1] * 7] * 7, names),
    ):
        drawn = etree.fromstring(render(picture, "svg", 40))
        assert drawn.xpath("//*[local-name()='script']") == []


@pytest.mark.parametrize(("command", "form"), [("predict", "csv"), ("predict", "tsv"), ("cluster", "csv")])
def test_no_cell_starts_a_formula_or_steers_a_terminal(chude, nasty, command, form):
    """In every table that a spreadsheet may open; a cell still says what it said, an apostrophe before it."""
    more = ["--explain", "2"] if command == "predict" else ["--k", "4"]
    done = chude(command, nasty / "headlines.jsonl", "-m", OLD_MODEL, "--format", form, *more)
    assert not STEERING.search(done.out)
    cells = [
        cell for row in csv.reader(io.StringIO(done.out), delimiter="\t" if form == "tsv" else ",") for cell in row
    ]
    assert len(cells) > 200
    for cell in cells:
        number = re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", cell)
        assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert any(cell.startswith("'=1+1") for cell in cells)


@pytest.mark.parametrize("text", [*FORMULAS, *ESCAPES])
def test_one_cell_is_safe_whatever_it_holds(text):
    """One row of one cell, without a control character, that starts no formula."""
    rows = list(csv.reader(io.StringIO(writers.separated_line([text], ","))))
    assert len(rows) == 1
    ((cell,),) = rows
    assert not STEERING.search(cell)
    assert cell.startswith(("'", "red", "]", "[", "txt", "isolated", "over", "31m", "0;title", "8;;", " "))


def test_json_lines_say_the_same_and_steer_nothing():
    """What a terminal would obey is escaped in JSON; a reader gets it back."""
    for text in (*ESCAPES, *PAYLOADS, "tiếng Việt"):
        line = writers.json_line({"title": text})
        assert not STEERING.search(line)
        assert json.loads(line) == {"title": text}
    assert "tiếng Việt" in writers.json_line("tiếng Việt")


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "headlines.jsonl", "-m", "model", "--explain", "2"],
        ["predict", "headlines.jsonl", "-m", "model", "--format", "jsonl"],
        ["extract", "corpus.jsonl"],
        ["cluster", "headlines.jsonl", "-m", "model"],
        ["check", "corpus.jsonl"],
        ["show", "model"],
        ["show", "model", "--format", "jsonl"],
        ["compare", "model", "model", "corpus.jsonl"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_the_terminal_gets_no_command_from_a_text(chude, nasty, own_model, monkeypatch, arguments):
    """Neither from titles and ids nor from the labels and terms of a stranger's model, on stdout and stderr."""
    monkeypatch.chdir(nasty)
    done = chude(*arguments)
    assert done.code in (0, 1)
    assert done.out
    assert not STEERING.search(done.out + done.err)


def test_file_names_steer_nothing_in_messages(chude, tmp_path):
    """An error line names the file without what it would make the terminal do."""
    for name in ("\x1b[31mred.txt", "a\u202etxt.exe", "b\x9b2J.csv", "c\nchude: all is well.txt"):
        (tmp_path / name).write_bytes(b"")
    for arguments in (
        ["predict", tmp_path],
        ["show", tmp_path / "\x1b[31mred.txt"],
        ["train", "no\x1b]0;x\x07", "-o", "y"],
    ):
        done = chude(*arguments)
        assert done.code
        assert done.err
        assert not STEERING.search(done.out + done.err)
        assert not re.search("^chude: all is well", done.err, re.MULTILINE)


def test_no_name_leads_out_of_the_output_folder(nasty, pages):
    """Labels and ids like ../../x and /etc/x name no file: everything written stands where -o said."""
    assert pages["report"].exists()
    outside = {path.name for path in nasty.parent.rglob("*") if nasty not in path.parents} - {nasty.name}
    assert outside == set()
    assert {path.name for path in nasty.iterdir()} == {
        "headlines.jsonl",
        "corpus.jsonl",
        "model",
        "clusters",
        "report",
        "demo.html",
    }
    assert not any("evil" in path.name or path.name == "x" for path in nasty.rglob("*"))
