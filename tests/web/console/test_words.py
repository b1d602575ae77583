"""Every language of the console has every word, and every word that a page asks for is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from casework.staff import refusals
from casework.staff.roles import Role
from flows.library import shipped_flows
from web.console.words import FIRST, chosen, languages

CASEWORK = Path(__file__).parents[3] / "casework"
TEMPLATES = Path(__file__).parents[3] / "web" / "console" / "templates" / "console"
ASKED = re.compile(r"""\bt\(["']([a-z_.]+)["']""")
COMPUTED = (
    *("flow_file.", "exchange_form.", "flows.by_command", "booklet."),
    *("login.ended", "login.changed", "login.left", "role.", "status.", "factor.", "problem.", "error."),
    *("cases.mine", "cases.unassigned", "cases.all", "cases.longest", "cases.closed", "case.", "told.", "time."),
    *("row_kind.", "row_field.", "row_hint.", "row_group.", "row_state.", "row_said.", "row_change.", "phone_kind."),
    *("institution_kind.", "institution_said.", "institution_way."),
    *(
        "row_sort.",
        "calls_said.",
        "call_cost.",
        "list_said.",
        "bulk_deed.",
        "files_form.",
        "tip_state.",
        "fault.",
        "mend.",
    ),
    *("directory.everywhere", "directory.national", "directory.then"),
    *("canned.done_", "canned_kind.", "canned_state.", "canned_variable."),
    *(
        "flows.few",
        "flows.gone",
        "insight_took.",
        "insight_loses.",
        "insight_by.",
        "flow_name.",
        "compare_over.",
        "compare.first",
        "compare.other",
        "compare_take.",
        "flow_said.",
        "flow_two.",
        "flow_policy.",
        "flow_policy_short.",
        "flow_do.",
        "flow_mend.",
    ),
    *("flow_rule.", "flow_guard.", "flow_relation.", "flow_change.", "flow_kind.", "flow_about.", "flow_field."),
    *("flow_hint.", "finding.", "finding_trouble.", "finding_mend."),
    *(
        "walk_goal.",
        "walk_note.",
        "try_kind.",
        "try_reads.",
        "try_said.",
        "try_send.",
        "try_wait.",
        "try_pending.",
        "try_trouble.",
    ),
    *("team_can.", "door.done_", "door_way."),
    *("shifts.desk", "shifts.call", "shifts.off", "shifts.done_"),
    *(
        "risk.",
        "channel.",
        "state.",
        "reason.",
        "can.",
        "done.",
        "delivery.",
        "delivery_why.",
        "delivery_can.",
        "way.",
        "keys.",
    ),
    *("plan.", "referral.", "referral_", "two.", "two_", "history."),
    *("phrase_state.", "phrase_said.", "phrase_change.", "phrase_part.", "words_finding.", "phrases.done_"),
    "flow_file.",
    *("tongue_said.", "tongue_field.", "tongue_hint.", "tongue_direction.", "tongue_means."),
    *(
        "health.ago",
        "health.never",
        "health.staff_bot",
        "health_of.",
        "health_said.",
        "health_do.",
        "health_grave.",
        "health_database.",
    ),
    *(
        "settings.gone",
        "setting_said.",
        "setting_change.",
        "setting_accent.",
        "setting_switch.",
        "setting_switch_hint.",
        "first_step.",
        "first_trial.",
        "setting_part.",
        "setting_hint.",
    ),
    *("posts.few", "posts.untitled", "post_group.", "post_kind.", "post_said.", "post_fault."),
)
FILLED = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("code", sorted(languages()))
def test_a_language_has_the_same_words_with_the_same_places_to_fill(code: str) -> None:
    english, other = languages()[FIRST].texts, languages()[code].texts

    assert sorted(other) == sorted(english)
    assert {key: sorted(FILLED.findall(text)) for key, text in other.items()} == {
        key: sorted(FILLED.findall(text)) for key, text in english.items()
    }


def test_the_words_are_those_that_pages_ask_for_and_no_others() -> None:
    asked = {key for path in TEMPLATES.rglob("*.html") for key in ASKED.findall(path.read_text(encoding="utf-8"))}
    there = set(languages()[FIRST].texts)

    assert {key for key in asked if not key.endswith(".")} <= there
    assert not [key for key in there - asked if not key.startswith(COMPUTED)]


def test_every_refusal_and_every_role_has_its_words() -> None:
    for path in CASEWORK.rglob("refusals.py"):
        import_module(".".join(path.relative_to(CASEWORK.parent).with_suffix("").parts))
    there = languages()[FIRST].texts

    assert [kind.reason for kind in every(refusals.Refusal) if f"error.{kind.reason}" not in there] == []
    assert [role for role in Role if f"role.{role}" not in there] == []


def every(kind: type[refusals.Refusal]) -> list[type[refusals.Refusal]]:
    """It, and whatever is made from it."""
    return [kind, *(each for made in kind.__subclasses__() for each in every(made))]


def test_the_first_language_that_there_is_is_taken() -> None:
    assert chosen(("", "fr", "ur", "en")).code == "ur"
    assert chosen(("fr",)).code == "en"
    assert languages()["ur"].direction == "rtl"


def test_every_flow_that_comes_with_hamraz_has_a_name_in_every_language() -> None:
    for one in languages().values():
        assert [flow.name for flow in shipped_flows() if f"flow_name.{flow.name}" not in one.texts] == []
