"""Roles: one a person. Somebody with two tasks has two logins, so that no admin ever holds a report's key."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"  # invites and removes staff; opens no report
    COUNSELLOR = "counsellor"  # answers reporters
    SUPERVISOR = "supervisor"  # a counsellor who also sees how the others fare
    ANALYST = "analyst"  # reads counts only
    TRANSLATOR = "translator"  # words only


READERS = frozenset({Role.COUNSELLOR, Role.SUPERVISOR})  # reports are granted to their keys
