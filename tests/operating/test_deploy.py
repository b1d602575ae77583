"""What deploy/ names is there: settings, commands, metrics; and no unit is open where it could be shut."""

from __future__ import annotations

import json
import re
from pathlib import Path

import promql_parser as promql
import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from bot.settings import described
from handlers.counters import LOOKED_UP, Counters
from webhook_app import command

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OF_OTHERS = {"HAMRAZ_HOST"}  # the proxy's own


def names_of(files: list[Path], pattern: str) -> set[str]:
    return {name for path in files for name in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_every_setting_that_is_named_exists() -> None:
    known = {name for name, _, _ in described()}
    known |= {f"{name}_FILE" for name in known if name.endswith("_PASSPHRASE")}

    assert names_of(FILES, r"\b((?:HAMRAZ|TWILIO|TELEGRAM)_[A-Z_]+)\b") - OF_OTHERS <= known


def test_every_command_that_is_called_exists(capsys: pytest.CaptureFixture[str]) -> None:
    called = names_of(UNITS, r"-m webhook_app ([a-z-]+)") | names_of(
        [DEPLOY / "container" / "compose.yaml"], r'command: \["([a-z-]+)"'
    )

    assert called >= {"serve", "worker", "backup", "migrate"}
    for name in called:
        assert command([name, "--help"]) == 0


def test_every_metric_that_is_looked_at_is_counted() -> None:
    shown = Counters(CollectorRegistry()).text().decode()
    counted = set(re.findall(r"^# TYPE (\w+) ", shown, re.MULTILINE))
    files = [DEPLOY / "prometheus" / "alerts.yaml", DEPLOY / "grafana" / "hamraz.json"]
    looked_at = {name.removesuffix("_bucket") for name in names_of(files, r"\b(hamraz_[a-z_]+)\b")}

    assert looked_at
    assert looked_at <= counted
    assert json.loads(files[1].read_text(encoding="utf-8"))["panels"]


def asked_of_prometheus() -> list[str]:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    panels = json.loads((DEPLOY / "grafana" / "hamraz.json").read_text(encoding="utf-8"))["panels"]
    return [rule["expr"] for rule in rules] + [one["expr"] for panel in panels for one in panel["targets"]]


@pytest.mark.parametrize("asked", asked_of_prometheus())
def test_prometheus_understands_what_it_is_asked_and_each_label_is_one_that_we_give(asked: str) -> None:
    told = {name: {label} - {""} for name, (_, label) in LOOKED_UP.items()}
    for one in vars(Counters(CollectorRegistry())).values():
        if isinstance(one, MetricWrapperBase):
            told |= {f"{one._name}_total": {*one._labelnames}, f"{one._name}_bucket": {*one._labelnames, "le"}}
    chosen, grouped, known = set[str](), set[str](), set[str]()

    def visit(part: promql.Expr) -> None:
        if isinstance(part, promql.VectorSelector):
            assert part.name in told
            known.update(told[part.name])
            chosen.update(matcher.name for matcher in part.matchers.matchers)
        if isinstance(part, promql.AggregateExpr) and part.modifier:
            grouped.update(part.modifier.labels)

    promql.walk(promql.parse(asked), visit)

    assert chosen | grouped <= known


def test_whoever_is_woken_is_told_what_to_do() -> None:
    alerts = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]

    assert len({one["alert"] for one in alerts}) == len(alerts) > 10
    assert [one["alert"] for one in alerts if set(one["annotations"]) != {"summary", "runbook"}] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_gains_nothing_writes_only_its_own_and_leaves_no_memory_behind(unit: Path) -> None:
    lines = set(unit.read_text(encoding="utf-8").splitlines())

    assert lines >= {
        "User=hamraz",
        "UMask=0077",
        "LimitCORE=0",
        "NoNewPrivileges=true",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=true",
        "StateDirectoryMode=0700",
    }


def test_a_container_writes_nothing_gains_nothing_and_has_the_usual_seccomp_profile() -> None:
    services = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    image = (DEPLOY / "container" / "Dockerfile").read_text(encoding="utf-8")

    for name, service in services.items():
        # Without a word of it, the engine's own seccomp profile holds; only what is named could take it away.
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"] and not {"privileged", "pid", "network_mode", "devices"} & set(service), (
            name
        )
        if service["image"] == "hamraz":
            assert service["read_only"] is True and "cap_add" not in service
            assert service["ulimits"] == {"core": 0} and service["memswap_limit"] == service["mem_limit"]
    assert image.index("USER hamraz") < image.index("ENTRYPOINT") and "--uid 10001" in image


def test_no_passphrase_and_no_token_stands_in_any_file() -> None:
    given = names_of(FILES, r"\b[A-Z_]*(?:PASSPHRASE|TOKEN|SECRET|PASSWORD)[=:][ \t]*([^\s\"']+)")

    assert given == set()


def test_what_is_secret_lies_in_no_image_and_in_no_repository() -> None:
    left_out = (DEPLOY / "container" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    ignored = (DEPLOY.parent / ".gitignore").read_text(encoding="utf-8").splitlines()

    assert {"deploy", ".env", "var", "*.db"} <= set(left_out)
    assert {"deploy/container/secrets/", "deploy/container/settings.env", ".env", "var/"} <= set(ignored)
    proxy = (
        (DEPLOY / "container" / "compose.yaml")
        .read_text(encoding="utf-8")
        .partition("  proxy:")[2]
        .partition("networks:")[0]
    )
    assert "env_file" not in proxy  # the tokens are none of its business
