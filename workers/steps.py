"""The steps that the outbox promises, as Celery tasks: plain functions with a tag, given numbers of promises."""

from exchange import advising, alerting, correcting, delivering, detecting, linking, reminding, sequence
from exchange import checked as checking
from exchange import queried as asked
from workers.app import app
from workers.hub import hub
from workers.promises import keep


@app.task(name="link")  # type: ignore[untyped-decorator]
def link(numbers: list[int]) -> None:
    """Find which notices concern the same person."""
    keep(hub(), "link", numbers, linking.link)


@app.task(name="weigh")  # type: ignore[untyped-decorator]
def weigh(numbers: list[int]) -> None:
    """Decide links anew by other weights."""
    keep(hub(), "weigh", numbers, linking.weigh)


@app.task(name="deliver")  # type: ignore[untyped-decorator]
def deliver(numbers: list[int]) -> None:
    """Put notices into the inboxes of those who may have them."""
    keep(hub(), "deliver", numbers, delivering.deliver)


@app.task(name="detect")  # type: ignore[untyped-decorator]
def detect(numbers: list[int]) -> None:
    """Judge persons by the patterns."""
    keep(hub(), "detect", numbers, detecting.detect)


@app.task(name="alert")  # type: ignore[untyped-decorator]
def alert(numbers: list[int]) -> None:
    """Address findings to caseworkers."""
    keep(hub(), "alert", numbers, alerting.alert)


@app.task(name="correct")  # type: ignore[untyped-decorator]
def correct(numbers: list[int]) -> None:
    """Erase what authors had erased of their own notices, and tell monitors of subjects made smaller."""
    keep(hub(), "correct", numbers, correcting.correct)


@app.task(name="report")  # type: ignore[untyped-decorator]
def report(numbers: list[int]) -> None:
    """Tell senders what is wrong with their own sequences."""
    keep(hub(), "report", numbers, sequence.tell)


@app.task(name="queried")  # type: ignore[untyped-decorator]
def queried(numbers: list[int]) -> None:
    """Tell holders that somebody asks, and the secretariat when somebody probes."""
    keep(hub(), "queried", numbers, asked.tell)


@app.task(name="checked")  # type: ignore[untyped-decorator]
def checked(numbers: list[int]) -> None:
    """Tell monitors what a removal that somebody asked about would show."""
    keep(hub(), "checked", numbers, checking.tell)


@app.task(name="acknowledged")  # type: ignore[untyped-decorator]
def acknowledged(numbers: list[int]) -> None:
    """Hand acknowledgements on to the authors of the notices."""
    keep(hub(), "acknowledged", numbers, delivering.acknowledged)


@app.task(name="remind")  # type: ignore[untyped-decorator]
def remind(numbers: list[int]) -> None:
    """Tell who must answer, and who waits, what the clocks say."""
    keep(hub(), "remind", numbers, reminding.remind)


@app.task(name="advise")  # type: ignore[untyped-decorator]
def advise(numbers: list[int]) -> None:
    """Say in the hub's own words what a notice makes necessary to say."""
    keep(hub(), "advise", numbers, advising.advise)
