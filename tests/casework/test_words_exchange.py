"""Words as files: out and in identical, refused by row where they cannot be taken, and never half taken."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from casework.spreadsheets import read_xlsx, write_xlsx
from casework.staff.roles import Role
from casework.studio import drafts, proving, shelf
from casework.wordings import bulk, checks, exchange, keeping, listing, replacing
from casework.wordings.keeping import Wording
from casework.wordings.refusals import NoWordsEditor, WordsMoved, WordsUnfit
from casework.wordings.room import WordsRoom
from flows.editing import operations
from flows.editing.values import as_flow
from flows.wording import phrases_of
from locales.exchanging import Sent, read_po, write_sent
from locales.phrasebook import Phrasebook
from operating.parts import Hamraz
from operating.wording import words_room
from storage import wordings
from storage.staff import people

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HEADERS = {
    "Language": "ur",
    "Content-Type": "text/plain; charset=utf-8",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@pytest.fixture
def words(hamraz: Hamraz) -> WordsRoom:
    return words_room(hamraz.room, hamraz.studio)


@pytest.fixture
def by(hamraz: Hamraz) -> bytes:
    return somebody(hamraz, "Tahira", Role.TRANSLATOR)


def somebody(hamraz: Hamraz, name: str, role: Role) -> bytes:
    def work(unit: people.Unit) -> bytes:
        member = people.add(unit, hamraz.keyring, name, role, NOW)
        member.status = people.ACTIVE
        people.save(unit, hamraz.keyring, member)
        return member.id

    return hamraz.database.work(work)


def said(words: WordsRoom, language: str, key: str) -> tuple[str, ...]:
    return words.read(lambda unit: words.phrasebook.entry(key, language).forms)


texts = st.text(st.characters(exclude_categories=()), max_size=60).map(
    lambda text: checks.cleaned(text.encode("utf-8", "ignore").decode(), right_to_left=True)
)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,9}\.[a-z_]{1,9}(@sms)?", fullmatch=True), texts, texts),
        max_size=5,
        unique_by=lambda row: row[0],
    )
)
def test_whatever_is_written_comes_back_as_it_was(rows: list[tuple[str, str, str]]) -> None:
    sent = [Sent(0, key, "One | Two ⏎", (one, more) if more else (one,)) for key, one, more in rows]

    found, _, repeated = read_po(write_sent(sent, HEADERS).decode(), "file")
    assert [(one.key, one.english, one.forms) for one in found] == [(one.key, one.english, one.forms) for one in sent]
    assert repeated == []

    title, cells, faults = read_xlsx(write_xlsx("ur", ("a", "b", "c"), rows, right_to_left=True))
    assert (title, faults) == ("ur", [])
    assert [(*each, "", "", "")[:3] for _, each in cells[1:]] == rows
    assert exchange.loaded(exchange.dumped(sent)) == sent


@ON_SQLITE
@pytest.mark.parametrize("form", exchange.FORMATS)
def test_a_language_goes_out_and_in_and_nothing_has_changed(words: WordsRoom, form: str, long: bool) -> None:
    for language in words.phrasebook.languages if long else map(words.phrasebook.language, ("ur", "es")):
        sent, faults = exchange.read(exchange.export(words, language, form), language)
        plan = exchange.plan(words, language, sent, faults)

        assert (plan.changes, plan.stale, plan.faults) == ((), (), ())
        assert plan.same > 600


def test_a_file_is_taken_as_a_whole_or_not_at_all_and_only_as_it_was_looked_at(
    words: WordsRoom, by: bytes, hamraz: Hamraz
) -> None:
    language = words.phrasebook.language("es")
    book = load_workbook(io.BytesIO(exchange.export(words, language, "xlsx")))
    sheet = book.active
    at = {row[0].value: row[0].row for row in sheet.iter_rows()}

    def filled(**cells: str) -> list[Sent]:
        for key, text in cells.items():
            sheet.cell(at[key.replace("__", ".")], 3).value = text
        file = io.BytesIO()
        book.save(file)
        sent, faults = exchange.read(file.getvalue(), language)
        assert faults == []
        return sent

    bad = exchange.plan(words, language, filled(say__panic="Vale, gracias.", say__broke="Perdón {0.__class__}"))
    assert [(fault.line, fault.column, fault.trouble[:4]) for fault in bad.faults] == [
        (at["say.broke"], "say.broke", "E202")
    ]
    with pytest.raises(WordsMoved):
        exchange.take(words, by, language, bad.sent, bad.digest, NOW, say=True)
    clash = exchange.plan(words, language, filled(say__broke="Perdón.", report__when__today="Ayer"))
    assert ("report.when.today", "E205") in {(fault.column, fault.trouble[:4]) for fault in clash.faults}

    good = exchange.plan(words, language, filled(report__when__today="Hoy mismo"))
    assert [change.key for change in good.changes] == ["say.panic", "say.broke", "report.when.today"] and good.sound
    with pytest.raises(NoWordsEditor):
        exchange.take(words, b"nobody", language, good.sent, good.digest, NOW, say=True)
    assert hamraz.database.read(lambda unit: wordings.every(unit, hamraz.keyring)) == ([], [])
    # English changes before it is taken: what was looked at is no more what would be done.
    keeping.say(words, by, Wording("en", "say.panic"), ["Fine, thank you."], NOW)
    with pytest.raises(WordsMoved):
        exchange.take(words, by, language, good.sent, good.digest, NOW, say=True)
    again = exchange.plan(words, language, good.sent)
    assert [one.key for one in again.stale] == ["say.panic"]
    assert exchange.take(words, by, language, again.sent, again.digest, NOW, say=False) == 2
    assert said(words, "es", "say.broke") != ("Perdón.",)
    # A colleague goes on with one of the drafts: she finds it again.
    version = keeping.look(words, "es", "report.when.today").wording.version
    keeping.draft(words, by, Wording("es", "report.when.today", version=version), ["Hoy, por la"], NOW)
    assert exchange.take(words, by, language, again.sent, again.digest, NOW, say=True) == 2
    assert said(words, "es", "say.broke") == ("Perdón.",)
    assert keeping.look(words, "es", "report.when.today").wording.draft == ("Hoy, por la",)
    assert keeping.look(words, "es", "say.broke").wording.draft == ()
    assert said(words, "es", "say.panic") == ("De acuerdo, gracias.",)
    past = keeping.look(words, "es", "say.broke").past
    assert [one.what for one in past] == ["said", "drafted"]


@ON_SQLITE
def test_one_word_for_another_leaves_placeholders_and_control_words_alone(words: WordsRoom, by: bytes) -> None:
    english = words.phrasebook.language("en")
    done, control = said(words, "en", "report.story.ask"), said(words, "en", "control.done")
    assert "{done}" in done[0]

    plan = replacing.plan(words, english, "done", "ready")
    assert "report.story.ask" not in {change.key for change in plan.changes}
    plan = replacing.plan(words, english, "No names needed.", "No name is needed.")
    assert {change.key for change in plan.changes} >= {"report.story.ask", "report.story.ask@sms"} and plan.sound
    replacing.take(words, by, english, "No names needed.", "No name is needed.", plan.digest, NOW, say=True)

    assert "No name is needed." in said(words, "en", "report.story.ask")[0]
    assert said(words, "en", "control.done") == control
    with pytest.raises(WordsMoved):
        replacing.take(words, by, english, "No names needed.", "No name is needed.", plan.digest, NOW, say=True)
    assert not replacing.plan(words, english, "Yes", "No").sound  # two answers would read the same


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return file.getvalue()


@cache
def plain_book() -> bytes:
    return write_xlsx("es", ("phrase", "english", "words", "words for more than one", "notes"), [], right_to_left=False)


def repacked(member: str, change: bytes, *, of: bytes = b"") -> bytes:
    """A sound workbook of ours in which one member says something else."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(of or plain_book())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack,
    ):
        for name in old.namelist():
            if name != member:
                pack.writestr(name, old.read(name))
        pack.writestr(member, change)
    return file.getvalue()


def book_of(*rows: list[object]) -> bytes:
    book = Workbook()
    book.active.title = "es"
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HEADER: list[object] = ["phrase", "english", "words"]
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
HOSTILE = {
    "a bomb": (bomb, "unpacked it would be far too large"),
    "entities": (lambda: repacked("xl/worksheets/sheet1.xml", ENTITIES), "cannot be read as a spreadsheet"),
    "a macro": (lambda: repacked("xl/vbaProject.bin", b"\0"), "it holds a macro"),
    "no workbook": (lambda: repacked("xl/workbook.xml", b"<nothing/>"), "cannot be read as a spreadsheet"),
    "cut off": (lambda: plain_book()[:-40], "cannot be read as a spreadsheet"),
    "only a beginning": (lambda: b"PK\3\4", "cannot be read as a spreadsheet"),
    "wide as a wall": (lambda: book_of(["x"] * 10_000), "over 20 columns"),
    "a formula": (lambda: book_of(HEADER, ["say.panic", "", '=HYPERLINK("http://x")']), "it is a formula"),
    "other columns": (lambda: book_of(["a", "b"], ["c"]), "there is no such column"),
    "another language": (
        lambda: write_xlsx("sd", ("phrase", "english", "words"), [("a", "b", "c")], right_to_left=True),
        "for 'sd'",
    ),
    "no phrases": (lambda: b"", "it holds no phrases"),
    "no text": (lambda: b"\xff\xfe\xfd", ""),
    "no PO": (lambda: b'msgid "a\nmsgstr', "it holds no phrases"),
    "nor this": (lambda: b'<?xml version="1.0"?><a/>', ""),
    "twice": (lambda: b'msgid "say.panic"\nmsgstr "a"\n\nmsgid "say.panic"\nmsgstr "b"\n', "it stands there twice"),
    "not sure": (lambda: b'#, fuzzy\nmsgid "say.panic"\nmsgstr "a"\n', "not sure"),
}


@ON_SQLITE
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_what_is_wrong(words: WordsRoom, what: str) -> None:
    made, trouble = HOSTILE[what]

    _, faults = exchange.read(made(), words.phrasebook.language("es"))

    assert faults and trouble in faults[0].trouble


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_file_of_any_bytes_breaks_the_reader(noise: bytes, at: int) -> None:
    language = Phrasebook.load().language("es")
    for content in (noise, plain_book()[:at] + noise + plain_book()[at + len(noise) :], b"PK" + noise):
        sent, faults = exchange.read(content, language)
        assert sent or faults


def test_what_was_tampered_with_on_the_way_is_nothing() -> None:
    for text in ("", "[", "{}", "[[1]]", "[1]", '[["a", "b", "c", ["d"]]]', "[[1e999, 0, 0, []]]", "[" * 100_000):
        assert exchange.loaded(text) == []


@ON_SQLITE
def test_what_a_bulk_change_breaks_elsewhere_is_told_with_the_phrase(words: WordsRoom) -> None:
    changes = [bulk.Change("say.broke", (), ("Sorry.",)), bulk.Change("report.when.ask", (), ("When? " * 80,))]

    found = {(key, one.code) for key, one in bulk.findings(words, words.read(words.asked), "en", changes)}

    assert ("report.when.ask", "E301") in found and "say.broke" not in {key for key, _ in found}


@ON_SQLITE
def test_a_phrase_of_a_flow_that_is_being_written_can_be_written_too(
    words: WordsRoom, by: bytes, hamraz: Hamraz
) -> None:
    studio, adila = hamraz.studio, somebody(hamraz, "Adila", Role.ADMIN)
    before = drafts.of(studio, "report")
    step = operations.add("say", "thanks", before.data["node"][0]["name"])
    draft = drafts.take(studio, adila, "report", before.token, step, NOW)
    (key,) = phrases_of(as_flow(draft.data)) - phrases_of(as_flow(before.data))

    def missing() -> set[str]:
        found = proving.findings(studio, as_flow(drafts.of(studio, "report").data), shelf.everything(studio))
        return {one.trouble for one in found if one.code == "E201"}

    assert any(key in one for one in missing())
    assert "missing" in next(line for line in listing.lines(words, "en") if line.key == key).states
    assert keeping.draft(words, by, Wording("es", key), ["Grac"], NOW)
    assert drafts.discard(studio, adila, "report", draft.token, NOW)
    assert key not in {line.key for line in listing.lines(words, "es")}  # nothing asks for it: it has no page
    drafts.take(studio, adila, "report", drafts.of(studio, "report").token, step, NOW)
    with pytest.raises(WordsUnfit):  # nothing fills it there
        keeping.say(words, by, Wording("en", key), ["Thank you, {name}."], NOW)
    for language, text in (
        ("en", "Thank you."),
        ("ur", "شکریہ۔"),
        ("sd", "مهرباني."),
        ("ur_Latn", "Shukriya."),
        ("es", "Gracias."),
    ):
        version = keeping.look(words, language, key).wording.version
        keeping.say(words, by, Wording(language, key, version=version), [text], NOW)

    assert missing() == set()
    assert said(words, "ur", key) == ("شکریہ۔",)
