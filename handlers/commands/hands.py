"""What the commands call. They are handed it, so that this door opens no storage either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


class CommandError(Exception):
    """The command cannot do it; the message says what to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the commands call; `webhook_app` joins each to its work in `operating`. Each may raise CommandError."""

    demo: Callable[[str, int], None]  # host, port
    serve: Callable[[str, int, int], None]  # host, port, workers
    worker: Callable[[str, int], None]  # host and port of its metrics
    chat: Callable[[str, str], None]  # channel, language
    flows_check: Callable[[Sequence[str]], Iterable[str]]  # files or names → findings, one a line
    flows_graph: Callable[[str], str]  # flow → Mermaid
    flows_export: Callable[
        [str, str, str, int, bool], Iterable[str]
    ]  # flow, form, file or "", edition or -1, the draft
    flows_import: Callable[[str, bool], Iterable[str]]  # file, only try it
    flows_walk: Callable[[str, str, str], Iterable[str]]  # flow or "", language, channel → transcripts
    flows_replay: Callable[[str], Iterable[str]]  # flow or ""
    words_check: Callable[[], Iterable[str]]
    words_extract: Callable[[], Iterable[str]]
    words_update: Callable[[], Iterable[str]]
    keys_new: Callable[[], Iterable[str]]
    keys_seal: Callable[[], Iterable[str]]
    keys_rotate: Callable[[], Iterable[str]]
    danger: Callable[[str], str]  # a text → a line of JSON
    answer: Callable[[str], str]  # a line of JSON → a line of JSON
    places_find: Callable[[str], str]  # a text → a line of JSON
    directory_ask: Callable[[str, str], str]  # a text, a language → a line of JSON
    directory_check: Callable[[Sequence[str]], Iterable[str]]  # files → findings, one a line
    directory_import: Callable[[str, bool, bool], Iterable[str]]  # file, only try it, take out what it lacks
    directory_export: Callable[[str], str]  # format → the file
    directory_credits: Callable[[], Iterable[str]]
    institutions_find: Callable[[str], str]  # a text → a line of JSON
    institutions_check: Callable[[Sequence[str]], Iterable[str]]  # files → findings, one a line
    institutions_import: Callable[[str, bool, bool], Iterable[str]]  # file, only try it, close what it lacks
    institutions_export: Callable[[], str]
    institutions_qr: Callable[[Sequence[str], str, str], Iterable[str]]  # ids, folder, language
    institutions_poster: Callable[[str, str, str], Iterable[str]]  # id, file, language
    connect: Callable[[], Iterable[str]]
    doctor: Callable[[], Iterable[tuple[bool, str, str]]]  # works?, what, how to mend it
    accept_restored: Callable[[], Iterable[str]]
    back_up: Callable[[str, str, int], Iterable[str]]  # folder for main, for keys, days that copies of main are kept
    restore_drill: Callable[[str, str, str, str], Iterable[str]]  # both folders; two empty databases, or ""
    migrate: Callable[[], Iterable[str]]
    settings: Callable[[], Iterable[tuple[str, str, str]]]
    bill: Callable[[], str]  # of materials, as JSON
    case_open: Callable[[str], str]  # receipt → the case as text
    staff_add: Callable[[str, str], Iterable[str]]  # name, role
    staff_invite: Callable[[str], Iterable[str]]  # name
    staff_remove: Callable[[str], Iterable[str]]  # name
    staff_list: Callable[[], Iterable[str]]
    staff_share: Callable[[], Iterable[str]]
    staff_retire_team: Callable[[], Iterable[str]]
    audit_verify: Callable[[], Iterable[str]]
