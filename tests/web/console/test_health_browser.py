"""Health in a real browser: at every width, in both scripts."""

from __future__ import annotations

from casework.staff.roles import Role
from tests.web.console.browsing import Keys, Site, wrong_with


def test_axe_finds_nothing_wrong_and_nothing_scrolls_sideways(keys: Keys, site: Site) -> None:
    keys.accept(site.invite("Rabia", Role.ADMIN))
    wrong = []
    for language in ("ur", "en"):
        keys.page.goto(f"{site.url}/console/health?language={language}")
        wrong += [f"{language}: {what}" for what in wrong_with(keys.page)]
    assert wrong == []
