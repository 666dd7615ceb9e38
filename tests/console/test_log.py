"""L20: what an authority read and did is readable by it, and at the console by its supervisors."""

from flask.testing import FlaskClient

from console.offices import Office, sign_in


def test_a_supervisor_reads_who_read_what_and_is_in_it(client: FlaskClient, office: Office) -> None:
    office.hires("nn-1")
    office.hires("chief-1", "supervisor")
    alert = office.gets()
    sign_in(client, office, "nn-1")
    assert "Log" not in client.get("/console/").text.partition("</nav>")[0]
    client.get(f"/console/alerts/{alert}")
    refused = client.get("/console/log")
    assert refused.status_code == 403
    assert "supervisors" in refused.text
    sign_in(client, office, "chief-1")
    text = client.get("/console/log").text
    assert text.index("chief-1") < text.index(alert) < text.rindex("nn-1")  # the latest first
    assert text.count("nn-1") >= 3  # signed in, read the queue, read the alert
    assert client.get("/console/log?before=1").text.count('<td role="cell" data-label="No.">') == 1
    for wrong in ("0", "x", "-1", "1" * 16, ""):
        assert client.get(f"/console/log?before={wrong}").status_code == 400
