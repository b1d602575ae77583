"""A flow to be reviewed on paper: one page that prints, with every conversation of its walk-through in every language.

It stands alone: its style is in it, it loads nothing and runs nothing. Nobody's words are in it but the flow's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup, escape

from bot.walkthrough.stage import Stranded
from bot.walkthrough.telling import Line, Transcript
from bot.walkthrough.whole import Walkthrough
from flows.editing.values import of_flow
from flows.exchange.bundle import Bundle
from flows.exchange.picture import to_svg
from locales.languages import Language
from web.console.phrases.languages import html
from web.console.words import Words

CHANNEL = "sms"  # the plainest: whatever can be chosen stands in the message, by its number
Tell = Callable[[int, str], Transcript]  # a conversation by its number, from 0, in a language. Raises Stranded

_STYLE = Markup("""
@page { size: A4 landscape; margin: 12mm; }
body { font: 10pt/1.45 "Noto Sans", "Noto Naskh Arabic", sans-serif; color: #111; margin: 0 auto; padding: 1rem; max-width: 75rem; }
h1 { font-size: 20pt; margin: 0 0 .3rem; } h2 { font-size: 13pt; margin: 0 0 .3rem; break-after: avoid; } h3 { font-size: 10pt; margin: 0 0 .4rem; border-bottom: 1px solid #999; break-after: avoid; }
.soft { color: #444; margin: .2rem 0; overflow-wrap: anywhere; } .picture { margin: 1rem 0; break-inside: avoid; } .picture svg { max-width: 100%; max-height: 170mm; height: auto; }
section { break-before: page; margin-top: 2rem; } .tongues { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .9rem; align-items: start; }
ol { list-style: none; margin: 0; padding: 0; } li { break-inside: avoid; margin: 0 0 .45rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.ours { border-inline-start: 3px solid #00565c; padding-inline-start: .5rem; } .hers { border-inline-end: 3px solid #888; padding-inline-end: .5rem; text-align: end; font-weight: 600; }
.between, .where { font-size: 8pt; color: #444; } .keys { font-size: 9pt; } .remarks { border: 1px solid #999; min-height: 18mm; padding: .4rem; margin-top: .8rem; break-inside: avoid; } .signed { margin-top: 1.5rem; }
""")


def booklet(t: Words, walk: Walkthrough, tell: Tell, languages: Sequence[Language]) -> str:
    """The whole page, its headings in one language of the console."""
    return str(Markup("\n").join(_pages(t, walk, tell, languages))) + "\n"


def _pages(t: Words, walk: Walkthrough, tell: Tell, languages: Sequence[Language]) -> Iterator[Markup]:
    name, count = walk.flow.name, len(walk.courses)
    title = t("booklet.title", name=name)
    head = Markup(
        '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head><body>'
    )
    yield head.format(t.code, t.direction, title, _STYLE)
    yield Markup("<h1>{}</h1><p>{}</p>").format(title, t("booklet.about", count=count))
    yield Markup('<p class="soft">{} <bdi dir="ltr">{}</bdi></p>').format(t("booklet.edition"), walk.flow.hash)
    drawn = Markup(to_svg(Bundle(of_flow(walk.flow))))  # noqa: S704  # ours: every name in it is escaped already
    yield Markup('<div class="picture" dir="ltr">{}</div>').format(drawn)
    yield Markup('<p class="signed">{} ______________________________ {} ______________</p>').format(
        t("booklet.by"), t("booklet.day")
    )
    for number in range(count):
        yield from _conversation(t, tell, languages, number, count)
    yield Markup("</body></html>")


def _conversation(t: Words, tell: Tell, languages: Sequence[Language], number: int, count: int) -> Iterator[Markup]:
    told: list[tuple[Language, Transcript | str]] = []
    for language in languages:
        try:
            told.append((language, tell(number, language.code)))
        except Stranded as stranded:
            told.append((language, str(stranded)))
    nodes = next((one.nodes for _, one in told if isinstance(one, Transcript)), ())
    yield Markup('<section><h2>{}</h2><p class="soft" dir="ltr">{}</p><div class="tongues">').format(
        t("walk.one", number=number + 1, count=count), " → ".join(node for node in nodes if node)
    )
    for language, one in told:
        yield Markup('<article lang="{}" dir="{}"><h3>{}</h3>').format(
            html(language), language.direction, language.own_name
        )
        if isinstance(one, Transcript):
            yield Markup("<ol>{}</ol>").format(Markup("").join(_line(t, line) for line in one.lines))
        else:
            yield Markup('<p lang="{}" dir="{}">{}</p>').format(t.code, t.direction, t("walk.cannot_go_on"))
        yield Markup("</article>")
    yield Markup('</div><div class="remarks">{}</div></section>').format(t("booklet.remarks"))


def _line(t: Words, line: Line) -> Markup:
    if line.who not in ("her", "us"):
        said = t(f"walk_note.{line.who}")
        return Markup('<li class="between" lang="{}" dir="{}">{} <bdi dir="ltr">{}</bdi></li>').format(
            t.code, t.direction, said, line.text
        )
    keys = Markup("").join(
        Markup('<div class="keys">{}</div>').format(" ".join(f"[{label}]" for label in row)) for row in line.buttons
    )
    where = Markup('<div class="where"><bdi dir="ltr">{}</bdi></div>').format(line.node) if line.node else Markup("")
    return Markup('<li class="{}">{}{}{}</li>').format(
        "hers" if line.who == "her" else "ours", escape(line.text), keys, where
    )
