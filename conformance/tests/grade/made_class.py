"""A class that was never taught: submissions as Canvas hands them out, each with the score that it must get.

Right servers and faulty ones come from ci/peers, and what those must get from conformance/tests/servers.json; the rest
is what students hand in beside: nothing that starts, nothing that ends, and things that should not be let loose."""
import io
import json
import os
import re
import tarfile
import zipfile
from dataclasses import dataclass

import yaml

PEERS = "ci/peers"
POINTS = {check["id"]: check.get("points", 0)
          for check in yaml.safe_load(open("conformance/suites/lab08.yaml", encoding="utf-8"))["checks"]}
FULL = sum(POINTS.values())
SERVERS = json.load(open("conformance/tests/servers.json", encoding="utf-8"))


@dataclass
class Kind:
    name: str
    files: dict  # path in the archive: bytes
    score: float
    outcome: str = "tested"
    words: str = ""  # in the reason, where it was not tested
    ending: str = ".zip"
    raw: bytes = b""  # instead of an archive of the files


def read(path):
    with open(os.path.join(PEERS, path), "rb") as file:
        return file.read()


def score_of(server):
    entry = SERVERS[server]
    lost = {*entry.get("fail", []), *entry.get("blocked", []), *entry.get("inconclusive", [])}
    return sum(points for id, points in POINTS.items() if id not in lost)


RIGHT = read("python/app.py")
FAULTY = {name: read(f"faulty/{name}") for name in ("server.py", "chat_server.py")}
FAULTY |= {f"faults/{name}": read(f"faulty/faults/{name}") for name in sorted(os.listdir(f"{PEERS}/faulty/faults"))
           if name.endswith(".py")}
HOSTILE = {name: read(f"hostile/{name}") for name in sorted(os.listdir(f"{PEERS}/hostile")) if name.endswith(".py")}
HOSTILE |= {"chat_server.py": FAULTY["chat_server.py"]}


def told(files, option, value):
    app = f"import runpy, sys\nsys.argv = ['server.py', '{option}', '{value}']\nrunpy.run_path('server.py', run_name='__main__')\n"
    return {"app.py": app.encode(), **files}


def before_right(lines):
    """A right server that does something first."""
    return {"lab08/server/app.py": lines.encode() + b"\n" + RIGHT}


def not_started(name, lines, words=""):
    return Kind(name, {"lab08/server/app.py": lines.encode()}, 0, "not started", words)


def listening_on(port):
    return RIGHT.replace(b'os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081"', f'"{port}"'.encode())


def archive_of(files, links=()):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2022, 3, 4, 12, 0, 0)), data, zipfile.ZIP_DEFLATED)
        for path, target in links:
            entry = zipfile.ZipInfo(path)
            entry.create_system = 3
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, target)
    return content.getvalue()


def tar_of(files):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        device = tarfile.TarInfo("lab08/device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
        link = tarfile.TarInfo("lab08/link")
        link.type, link.linkname = tarfile.LNKTYPE, "/etc/passwd"
        archive.addfile(link)
    return content.getvalue()


def bomb():
    return archive_of({"lab08/server/app.py": RIGHT, "lab08/zeros": bytes(300 << 20)})


NESTED = {"lab08/server/app.py": RIGHT}
HARMFUL = [
    not_started("forks", "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
                "it ran more than 64 processes"),
    not_started("allocates", "kept = []\nwhile True:\n    kept.append(bytearray(1 << 20))", "MemoryError"),
    not_started("prints", "while True:\n    print('spam ' * 1000)", "it printed more than 64 MiB"),
    not_started("computes", "while True:\n    pass", "no port at all"),
    not_started("fills-the-disk", "import itertools\nfor i in itertools.count():\n"
                "    open(f'file-{i}', 'wb').write(bytes(8 << 20))", "No space left"),
    not_started("kills-its-parent", "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(3600)", "as after signal 9"),
    not_started("kills-everybody", "import os, signal, time\nos.kill(-1, signal.SIGKILL)\ntime.sleep(3600)", "as after signal 9"),
    Kind("ignores-signals", {"app.py": RIGHT.replace(
        b"asyncio.get_running_loop().add_signal_handler(number, stop.set)", b"signal.signal(number, signal.SIG_IGN)")},
         FULL),
    not_started("daemonises", "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
                "        time.sleep(3600)\n    os._exit(0)", "exited with status 0"),
    Kind("leaves-a-daemon", before_right("import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
                                         "        time.sleep(3600)\n    os._exit(0)"), FULL),
    Kind("looks-around", before_right(
        "import os, socket\n"
        "assert not os.path.exists('/root/.ssh') and os.listdir('/home') == ['student'], 'sees homes'\n"
        "assert not any(name.startswith('chatlab') for name in os.listdir('/tmp')), 'sees the scratch'\n"
        "assert len([name for name in os.listdir('/proc') if name.isdigit()]) < 5, 'sees processes'\n"
        "assert [name for _, name in socket.if_nameindex()] == ['lo'], 'sees a network'\n"
        "assert set(os.environ) <= {'PATH', 'HOME', 'TMPDIR', 'LANG', 'PYTHONUNBUFFERED', 'PYTHONHASHSEED', 'PORT',\n"
        "                           'WS_PORT', 'CHATLAB_LAUNCH', 'PWD', 'OLDPWD', 'SHLVL', 'LC_CTYPE', '_'}, os.environ"), FULL),
]
STRANGE = [
    not_started("syntax-error", "def handler(socket:\n    pass", "SyntaxError"),
    not_started("import-error", "import flask_of_my_own", "ModuleNotFoundError"),
    not_started("exits", "print('Hello, world!')", "exited with status 0"),
    not_started("crashes", "import os\nos.abort()", "status 134, as after signal 6 (Aborted)"),
    not_started("hangs", "import time\ntime.sleep(3600)", "no port at all"),
    Kind("listens-elsewhere", {"app.py": listening_on(9000)}, 0, "not started", "listens on port 9000 instead"),
    Kind("lab-port", {"app.py": listening_on(8081)}, FULL),
    Kind("nothing-there", {"readme.txt": b"I will hand it in tomorrow."}, 0, "not started", "there is no file 'app.py'"),
    Kind("other-case", {"App.py": RIGHT}, 0, "not started", "upper and lower case"),
    Kind("empty", {}, 0, "not started", "no files"),
    Kind("damaged", {}, 0, "not started", "cannot be unpacked", raw=archive_of(NESTED)[:200]),
    Kind("no-archive", {}, 0, "not started", "cannot be unpacked", raw=b"this is no archive"),
    Kind("bomb", {}, 0, "not started", "256 MiB", raw=bomb()),
    Kind("spaces", {"my lab 8 (final)/the server/app.py": RIGHT}, FULL),
    Kind("unicode", {"Übung – 聊天/сервер/app.py": RIGHT}, FULL),
    Kind("mac", {"lab08/server/app.py": RIGHT, "__MACOSX/lab08/server/app.py": b"\0", "lab08/.DS_Store": b"x"}, FULL),
    Kind("zip-in-zip", {"hand in/lab08.zip": archive_of(NESTED)}, FULL),
    Kind("tar", {}, FULL, ending=".tar.gz", raw=tar_of(NESTED)),
    Kind("two-servers", {"lab08/server/app.py": RIGHT, "lab08/old/copy/app.py": b"raise SystemExit"}, FULL),
    Kind("leads-out", {"../../escaped.py": b"x", "/tmp/escaped.py": b"x", **NESTED}, FULL),
    Kind("links", {}, FULL, raw=archive_of(NESTED, [("lab08/passwd", "/etc/passwd"), ("lab08/up", "../..")])),
    Kind("bare-file", {}, FULL, ending=".py", raw=RIGHT),
    Kind("echo", {"server/app.py": read("echo/app.py")}, score_of("echo")),
    Kind("mute", told(HOSTILE, "--kind", "mute"), score_of("hostile.mute")),
    Kind("dies-on-chat", told(HOSTILE, "--kind", "dies-on-chat"), score_of("hostile.dies-on-chat")),
]
RIGHT_ONES = [Kind("right", NESTED, FULL), Kind("right-flat", {"app.py": RIGHT}, FULL)]


def faulty_ones():
    names = [name[len("faulty."):] for name in SERVERS if name.startswith("faulty.")]
    return [Kind(f"faulty {name}", told(FAULTY, "--fault", name), score_of(f"faulty.{name}")) for name in names]


def kinds(count):
    """So many, of every kind as far as they reach; then right ones and faulty ones in turn, as a class has them."""
    chosen = (HARMFUL + STRANGE + RIGHT_ONES)[:count]
    fillers = [kind for fault in faulty_ones() for kind in (fault, RIGHT_ONES[0])]
    while len(chosen) < count:
        chosen.append(fillers[len(chosen) % len(fillers)])
    return chosen


def make(folder, chosen):
    """Files as in Canvas' "Download Submissions", in a folder; returns id -> kind."""
    os.makedirs(folder, exist_ok=True)
    wanted = {}
    for number, kind in enumerate(chosen):
        id = str(1000 + number)
        late = "LATE_" if number % 10 == 3 else ""
        student = f"student{chr(ord('a') + number % 26)}{number}"
        name = "app" if kind.ending == ".py" else "lab08"
        data = kind.raw or archive_of(kind.files)
        with open(os.path.join(folder, f"{student}_{late}{id}_{50000 + number}_{name}{kind.ending}"), "wb") as file:
            file.write(data)
        wanted[id] = kind
    return wanted


def figures(folder):
    """What two gradings of a class must have alike: name -> the tables and the class's page as they are, of a student's
    files all scores and verdicts. What is told of the runs, each has for itself."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "runs"]
        for path in (os.path.join(place, name) for name in names):
            with open(path, "rb") as file:
                content = file.read()
            if os.path.basename(place) == "students":
                content = student_figures(content) if path.endswith(".json") else page_figures(content)
            found[os.path.relpath(path, folder)] = content
    return found


def student_figures(content):
    result = json.loads(content)
    report = result.pop("report") or {}
    return {**result, "unreachable": report.get("unreachable"), "sandbox": report.get("sandbox"),
            "checks": [(check["id"], check["status"], check["earned"]) for check in report.get("checks", [])]}


DURATIONS = {
    ".json": re.compile(rb'(?<="duration_ms": )\d+|(?<=at_us": )\d+'),
    ".html": re.compile(rb'(?<=in )\d+\.\d\d(?= s</span>)|(?<=after )\d+\.\d{3}(?= ms: <code>)'),
}


def but_for_durations(folder):
    """The students' pages and reports byte by byte, without how long things took."""
    found = {}
    for name in sorted(os.listdir(os.path.join(folder, "students"))):
        with open(os.path.join(folder, "students", name), "rb") as file:
            found[name] = DURATIONS[os.path.splitext(name)[1]].sub(b"", file.read())
    return found


def page_figures(content):
    return [re.sub(rb"in \d+\.\d+ s", b"", line) for line in re.findall(rb'<p class="score">.*', content)]


def mistakes(results, wanted):
    """What differs from what it should be, in lines; `results`: results.jsonl."""
    lines = [json.loads(line) for line in results.splitlines()]
    found = [] if {line["id"] for line in lines} == set(wanted) else ["not the students that were handed in"]
    for line in lines:
        kind = wanted.get(line["id"])
        if kind is None:
            continue
        if line["outcome"] != kind.outcome or abs(line["score"] - kind.score) > 1e-6 or kind.words not in line["first_failure"]:
            found.append(f"{line['id']} ({kind.name}): {line['outcome']}, {line['score']}, {line['first_failure'][:300]!r}; "
                         f"wanted: {kind.outcome}, {kind.score}, {kind.words!r}")
    return found
