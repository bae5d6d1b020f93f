"""Reports are served to this machine, and nothing else to nobody else."""

import http.client
import socket
import threading
from pathlib import Path

import pytest

from tryptome.cli import main, view

SECRET = "not for the web"


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    (folder / "cohorts" / "a b" / "report").mkdir(parents=True)
    (folder / "cohorts" / "a b" / "report" / "report.html").write_text("<p>the report</p>")
    (tmp_path / "secret.txt").write_text(SECRET)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    return folder


@pytest.fixture
def serving(results):
    server = view.prepare(results, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ask(serving):
    """Send a request with the path as it stands, and read the whole answer."""

    def send(path, method="GET", host=None):
        connection = http.client.HTTPConnection(*serving.server_address[:2], timeout=5)
        headers = {} if host is None else {"Host": host}
        connection.putrequest(method, path, skip_host=host is not None)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), answer.headers

    return send


def test_the_list_leads_to_the_reports(ask):
    status, page, headers = ask("/")
    assert status == 200
    assert 'href="cohorts/a%20b/report/report.html"' in page
    status, page, headers = ask("/cohorts/a%20b/report/report.html")
    assert (status, page) == (200, "<p>the report</p>")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_index_page_takes_the_place_of_the_list(ask, results):
    (results / "index.html").write_text("<p>all cohorts</p>")
    assert ask("/")[1] == "<p>all cohorts</p>"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//../secret.txt",
        "/cohorts/../../secret.txt",
        "/link.txt",
        "/linked/secret.txt",
        "/linked/",
        "/%00",
        "//etc/passwd",
        "/cohorts/",
        "/nothing.html",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_outside_the_results_is_given_and_no_folder_is_listed(ask, path, method):
    status, page, _ = ask(path, method)
    assert status in (301, 404)
    assert SECRET not in page
    assert "root:" not in page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_sent(ask, method):
    assert ask("/", method)[0] == 501


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_page_elsewhere_cannot_read_through_the_browser(ask, host):
    assert ask("/", host=host)[0] == 403


def test_only_the_loopback_interface_listens(serving):
    address, port = serving.server_address[:2]
    assert address == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for other in (others | {"127.0.0.2"}) - {"127.0.0.1"}:
        family = socket.AF_INET6 if ":" in other else socket.AF_INET
        with socket.socket(family) as client:
            client.settimeout(2)
            assert client.connect_ex((other, port)) != 0, other


def test_it_says_how_to_get_there_from_another_machine(serving):
    port = serving.server_address[1]
    said = view.describe(serving)
    assert f"http://127.0.0.1:{port}/" in said
    assert f"ssh -N -L {port}:127.0.0.1:{port} " in said


def test_a_port_in_use_and_a_folder_without_results_are_errors(serving, tmp_path, capsys):
    port = serving.server_address[1]
    assert main(["view", str(tmp_path), "--port", str(port)]) == 2
    assert "--port" in capsys.readouterr().err
    assert main(["view", str(tmp_path), "--port", "99999"]) == 2
    assert main(["view", str(Path(tmp_path) / "nowhere")]) == 2
