"""A process that only answers messages loads nothing that only others need: it would lie in every worker's memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.handlers.payloads import ACCOUNT, OUR_NUMBER
from tests.operating.conftest import ROOT

NOT_NEEDED = {
    "pages": ("web.console.console", "web.console.pages", "web.simulator", "flask_wtf", "wtforms", "segno"),
    "a login": ("webauthn", "OpenSSL", "pyotp"),
    "files": ("httpx", "PIL", "openpyxl", "weasyprint", "pypdf"),
    "other channels and databases": ("telegram", "psycopg", "procrastinate"),
    "a command": ("handlers.commands.line", "typer", "rich", "alembic"),
    "other things that Twilio sells": ("twilio.rest.api",),
}

# As the web server does it: makes the application, and hands it one message. Then it says what is loaded.
SERVES_ONE = """
import os, sys
from twilio.request_validator import RequestValidator
from webhook_app import create_app
from werkzeug.test import Client
from tests.handlers.payloads import twilio_sms
form = twilio_sms(Body="hi")
signature = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"]).compute_signature(
    os.environ["HAMRAZ_PUBLIC_URL"] + "/webhooks/sms", form
)
answer = Client(create_app()).post("/webhooks/sms", data=form, headers={"X-Twilio-Signature": signature})
print(answer.status_code, answer.text, file=sys.stderr)
print("\\n".join(sys.modules), flush=True)
os._exit(0)  # its threads have work for minutes
"""


def test_who_only_answers_messages_loads_no_more_than_that(
    made: Path, settings_given: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(made / "var", tmp_path / "var")
    settings = {
        "HAMRAZ_PUBLIC_URL": "https://hamraz.example",
        "HAMRAZ_SMS_FROM": OUR_NUMBER,
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "a1" * 16,
    }

    done = subprocess.run(
        [sys.executable, "-c", SERVES_ONE],
        cwd=tmp_path,
        env=settings_given | settings | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    loaded = set(done.stdout.split())
    assert "200 " in done.stderr and "Is it safe" in done.stderr, done.stderr
    assert loaded >= {"handlers.sms", "bot.turn"}
    not_needed = {what: sorted(loaded.intersection(modules)) for what, modules in NOT_NEEDED.items()}
    assert not_needed == {what: [] for what in NOT_NEEDED}
