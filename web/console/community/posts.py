"""Posts: the list, and one of them as it is written, as it is sent, told and withdrawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, abort, g, make_response, render_template, request

from casework.cases import relay
from casework.community import editing, wording
from casework.community.editing import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE, Fault, PostRefused
from casework.community.posts import DRAFT, EVERYWHERE, KINDS, Post, day_in
from casework.community.refusals import NoSuchPost
from casework.community.wording import MOST_PARTS
from casework.staff.refusals import Refusal
from locales.languages import Language
from web.console.pages import Console, go, page, person, typed, whole

_SAID = ("saved", "published", "already", "withdrawn", "discarded")


def posts(console: Console) -> Response:
    """What is on, what is written, and what is past."""
    now, zone = console.clock(), console.room.hours.zone
    groups: dict[str, list[Post]] = defaultdict(list)
    for post in editing.every(console.room):
        groups["on" if post.is_on(now, zone) else "draft" if post.status == DRAFT else "past"].append(post)
    return _page(
        console,
        "posts",
        groups=[(name, groups[name] if name != "past" else groups[name][::-1]) for name in ("on", "draft", "past")],
        subscribers=editing.subscribers(console.room, now),
    )


def post(console: Console) -> Response:
    """One of them, or the form for another."""
    post_id = request.args.get("post", "")
    return _form(console, _present(console, post_id) if post_id else Post())


def save(console: Console) -> Response:
    """Keep what was typed as a draft; or the form again, with what is wrong beside each field."""
    present = _present(console, typed("post")) if typed("post") else Post()
    wanted = _typed(console, present)
    try:
        kept = editing.save(console.room, person().id, wanted, _districts(console), console.clock())
    except Refusal as refusal:
        return _form(console, present, refusal, wanted)
    return go("/news/post", post=kept.id, said="saved")


def preview(console: Console) -> Response:
    """How it would be sent as it is typed now: a part of the page, for its program."""
    told = _told(console, _typed(console, Post()))
    return make_response(render_template("console/community/_told.html", t=g.words, told=told, most=MOST_PARTS))


def publish(console: Console) -> Response:
    """Tell it from now on; once, however often that is pressed."""
    if not typed("post"):
        return go("/news")
    present = _present(console, typed("post"))
    try:
        fresh = editing.publish(console.room, person().id, present.id, _version(), _districts(console), console.clock())
    except Refusal as refusal:
        return _form(console, present, refusal)
    return go("/news/post", post=present.id, said="published" if fresh else "already")


def withdraw(console: Console) -> Response:
    """Tell it no more; a draft goes."""
    if not typed("post"):
        return go("/news")
    present = _present(console, typed("post"))
    try:
        editing.withdraw(console.room, person().id, present.id, console.clock())
    except Refusal as refusal:
        return _form(console, present, refusal)
    if present.status == DRAFT:
        return go("/news", said="discarded")
    return go("/news/post", post=present.id, said="withdrawn")


def _form(console: Console, present: Post, refusal: Refusal | None = None, wanted: Post | None = None) -> Response:
    """It, and the form as she typed it where something was refused."""
    shown = wanted or present
    by_field: dict[str, list[Fault]] = defaultdict(list)
    for fault in refusal.faults if isinstance(refusal, PostRefused) else ():
        by_field[fault.about].append(fault)
    return _page(
        console,
        "post",
        refusal,
        post=shown,
        present=present,
        version=shown.version if wanted is None else present.version,
        form=shown.form or relay.new_name(),
        faults=by_field,
        written=present.status == DRAFT,
        told=_told(console, shown),
        most=MOST_PARTS,
        kinds=KINDS,
        districts=[
            (one.id, one.names.get(g.words.code, one.names["en"])) for one in console.directory.stock().districts
        ],
        longest={"title": LONGEST_TITLE, "text": LONGEST_TEXT, "place": LONGEST_PLACE},
    )


def _page(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    said = request.args.get("said", "")
    now, zone = console.clock(), console.room.hours.zone
    return page(
        f"community/{template}",
        refusal=refusal,
        said=said if said in _SAID else "",
        languages_of=console.room.phrasebook.languages,
        is_on=lambda one: one.is_on(now, zone),
        where=_where(console),
        when=_when(console),
        title_of=lambda one: one.titles.get(g.words.code) or one.titles.get("en") or g.words("posts.untitled"),
        day_of=lambda said: _day(console, said),
        count=_count,
        **values,
    )


def _told(console: Console, post: Post) -> Sequence[tuple[Language, str, int, bool]]:
    """In every language: what is sent, in how many parts of an SMS, and whether it was written in it."""
    book = console.room.phrasebook
    if not post.titles.get("en"):
        return []
    return [
        (one, wording.message(post, one.code, book, "telegram"), wording.sms_parts(post, one.code, book),
         wording.is_written(post, one.code))
        for one in book.languages
    ]  # fmt: skip


def _typed(console: Console, present: Post) -> Post:
    """The post as the form has it."""
    codes = [language.code for language in console.room.phrasebook.languages]
    return replace(
        present,
        kind=typed("kind"),
        district=typed("district"),
        titles=_words(codes, "title", LONGEST_TITLE),
        texts=_words(codes, "text", LONGEST_TEXT),
        day=typed("day"),
        hour=typed("hour"),
        place=wording.clean(typed("place"), LONGEST_PLACE).replace("\n", " "),
        last_day=typed("last_day") or typed("day"),
        form=present.form or typed("form")[:64],
        version=_version(),
    )


def _words(codes: Sequence[str], name: str, most: int) -> Mapping[str, str]:
    found = {code: wording.clean(typed(f"{name}_{code}"), most) for code in codes}
    return {code: text.replace("\n", " ") if name == "title" else text for code, text in found.items() if text}


def _version() -> int:
    return whole(typed("version"), digits=9, otherwise=0)


def _present(console: Console, post_id: str) -> Post:
    try:
        return editing.one(console.room, post_id)
    except NoSuchPost:
        abort(404)


def _districts(console: Console) -> list[str]:
    return [one.id for one in console.directory.stock().districts]


def _where(console: Console) -> Callable[[Post], str]:
    there = console.directory.stock().district
    code = g.words.code

    def said(post: Post) -> str:
        names = there[post.district].names if post.district in there else None
        return (
            g.words("posts.everywhere")
            if post.district == EVERYWHERE or names is None
            else names.get(code, names["en"])
        )

    return said


def _when(console: Console) -> Callable[[Post], str]:
    book, code = console.room.phrasebook, g.words.code

    def said(post: Post) -> str:
        moment, day = post.moment, post.held_on
        if moment is not None:
            return book.say("news.when.hour", code, {"moment": moment, "day": moment.date()})
        return "" if day is None else book.say("news.when.day", code, {"day": day})

    return said


def _day(console: Console, said: str) -> str:
    day = day_in(said)
    return "" if day is None else console.room.phrasebook.day(day, g.words.code)


def _count(number: int) -> str:
    """A count as staff may see it."""
    shown = editing.shown(number)
    return g.words("posts.few", count=editing.FEW) if shown is None else str(shown)
