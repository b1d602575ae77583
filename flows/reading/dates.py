"""Dates as roughly as people give them: "last week", "kal", "3 din pehle", "18 نومبر", "lunes".

Every language is tried, whichever is in use. The past is meant: "kal" is yesterday, a
weekday the last such day. What lies in the future is no date of something that happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flows.reading.fold import digits, fold

OLDEST = 1930  # an earlier year is a slip of the thumb


@dataclass(frozen=True, slots=True)
class DateRead:
    """The days it may have been, both ends included."""

    start: date
    end: date
    said: str


def _table(rows: Mapping[str | int, str]) -> dict[str, str | int]:
    return {fold(word): key for key, words in rows.items() for word in words.split(",")}


_SINGLE = _table(
    {
        "today": "today,aaj,aj,آج,اڄ,hoy,abhi,ابھی,هاڻي,now,this morning,tonight,aaj subah,آج صبح,اڄ صبح,esta mañana",
        "yesterday": "yesterday,kal,کل,ڪالهه,ڪلهه,kalh,ayer,last night,kal raat,کل رات,ڪالهه رات,anoche,yday,yesterdy",
        "day_before": "day before yesterday,parson,parso,پرسوں,پرسون,ٽئين ڏينهن,anteayer,antier,antes de ayer",
        "this_week": "this week,is hafte,اس ہفتے,هن هفتي,esta semana,isi hafte,اسی ہفتے",
        "last_week": "last week,pichle hafte,pichlay haftay,pichle hafta,پچھلے ہفتے,گزشتہ ہفتے,گذريل هفتي,la semana pasada,"
        "semana pasada,a week ago,one week ago,hafta pehle,ek hafta pehle,ہفتے,ہفتہ پہلے,ایک ہفتہ پہلے,هفتو اڳ,هڪ هفتو اڳ,hace una semana",
        "this_month": "this month,is mahine,اس مہینے,هن مهيني,este mes",
        "last_month": "last month,pichle mahine,pichle maheene,پچھلے مہینے,گزشتہ ماہ,گذريل مهيني,el mes pasado,mes pasado,a month ago,"
        "ek mahina pehle,mahina pehle,ایک مہینہ پہلے,مهينو اڳ,هڪ مهينو اڳ,hace un mes",
        "this_year": "this year,is saal,اس سال,هن سال,este año",
        "last_year": "last year,pichle saal,پچھلے سال,گذريل سال,el año pasado,año pasado,a year ago,ek saal pehle,saal pehle,ایک سال پہلے,هڪ سال اڳ,hace un año",
    }
)
_WEEKDAYS = _table(
    {
        0: "monday,mon,peer,pir,somwar,پیر,سومر,somar,lunes",
        1: "tuesday,tue,mangal,منگل,اڱارو,angaro,martes",
        2: "wednesday,wed,budh,بدھ,اربع,arba,miercoles",
        3: "thursday,thu,jumerat,jumairat,جمعرات,خميس,khamis,jueves",
        4: "friday,fri,juma,jumma,جمعہ,جمعو,jumo,viernes",
        5: "saturday,sat,hafta,sanichar,ہفتہ,ڇنڇر,chhanchhar,sabado",
        6: "sunday,sun,itwar,اتوار,آچر,aachar,domingo",
    }
)
_MONTHS = _table(
    {
        1: "january,jan,جنوری,جنوري,enero,janwari",
        2: "february,feb,فروری,فيبروري,febrero,farwari",
        3: "march,mar,مارچ,مارچ,marzo",
        4: "april,apr,اپریل,اپريل,abril",
        5: "may,مئی,مئي,mayo,mai",
        6: "june,jun,جون,junio",
        7: "july,jul,جولائی,جولاءِ,julio,julai",
        8: "august,aug,اگست,آگسٽ,agosto",
        9: "september,sep,sept,ستمبر,سيپٽمبر,septiembre,sitambar",
        10: "october,oct,اکتوبر,آڪٽوبر,octubre",
        11: "november,nov,نومبر,نومبر,noviembre",
        12: "december,dec,دسمبر,ڊسمبر,diciembre",
    }
)
_UNITS = _table(
    {
        1: "day,days,din,roz,دن,روز,ڏينهن,dinhan,dia,dias",
        7: "week,weeks,hafta,hafte,haftay,ہفتہ,ہفتے,هفتو,هفتا,semana,semanas",
        30: "month,months,mahina,mahine,mahinay,مہینہ,مہینے,ماہ,مهينو,مهينا,mes,meses",
        365: "year,years,saal,sal,سال,ورهيه,año,años",
    }
)
_COUNTS = _table(
    {
        1: "a,an,one,ek,aik,ایک,هڪ,un,una,uno",
        2: "two,do,دو,ٻه,ba,dos,couple,couple of,a couple of",
        3: "three,teen,tin,تین,ٽي,te,tres,few,a few,kuch,چند,کچھ,ڪجهه,unos,unas",
        4: "four,char,chaar,چار,cuatro",
        5: "five,panch,paanch,پانچ,پنج,cinco",
        6: "six,chay,che,چھ,ڇهه,seis",
        7: "seven,saat,سات,ست,siete",
        8: "eight,aath,آٹھ,اٺ,ocho",
        9: "nine,nau,نو,nueve",
        10: "ten,das,دس,ڏهه,diez",
    }
)
_AGO = "|".join(
    fold(word)
    for word in ["ago", "before", "back", "pehle", "pehlay", "pahle", "phle", "qabl", "پہلے", "قبل", "اڳ", "ag", "agu"]
)
_COUNT = "|".join(sorted((re.escape(word) for word in _COUNTS), key=len, reverse=True))
_UNIT = "|".join(sorted((re.escape(word) for word in _UNITS), key=len, reverse=True))
_RELATIVE = re.compile(rf"(?:hace )?(\d{{1,3}}|{_COUNT}) (?:of )?({_UNIT})(?: (?:{_AGO}))?(?: ki baat| se| ki)?")
_WEEK_WORDS = frozenset(
    fold(word)
    for word in [
        "last",
        "pichle",
        "pichlay",
        "on",
        "this",
        "ko",
        "pasado",
        "el",
        "پچھلے",
        "گزشتہ",
        "گذريل",
        "کو",
        "تي",
        "past",
        "din",
        "day",
        "دن",
        "جي",
        "ڏينهن",
    ]
)
_ENDINGS = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_NUMERIC = re.compile(r"(\d{1,4})[-/. ](\d{1,2})(?:[-/. ](\d{2,4}))?")


def read_date(typed: str, today: date, language: str = "") -> DateRead | None:
    """The days that are meant, or None. `language` is only a hint; none is needed so far."""
    said = typed.strip()[:100]
    folded = _ENDINGS.sub("", fold(digits(typed)))
    span = (
        _named(folded, today)
        or _numeric(digits(typed).strip(), today)
        or _relative(folded, today)
        or _weekday(folded, today)
        or _month(folded, today)
    )
    if span is None or span[0] > today or span[0].year < OLDEST:
        return None
    return DateRead(span[0], min(span[1], today), said)


Span = tuple[date, date]


def _named(folded: str, today: date) -> Span | None:
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    month_before = (first - timedelta(days=1)).replace(day=1)
    spans: dict[str | int, Span] = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1),) * 2,
        "day_before": (today - timedelta(days=2),) * 2,
        "this_week": (monday, today),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this_month": (first, today),
        "last_month": (month_before, first - timedelta(days=1)),
        "this_year": (date(today.year, 1, 1), today),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    return spans.get(_SINGLE.get(folded, ""))


def _numeric(plain: str, today: date) -> Span | None:
    if re.fullmatch(r"(19|20)\d\d", plain):
        return date(int(plain), 1, 1), date(int(plain), 12, 31)
    found = _NUMERIC.fullmatch(plain)
    if found is None:
        return None
    first, second, third = found.groups()
    if len(first) == 4:  # year first, as computers write it
        return _day(int(first), int(second), int(third)) if third and len(third) <= 2 else None
    if len(first) > 2:
        return None
    if third is None:
        return _latest(int(first), int(second), today)
    year = int(third) if len(third) == 4 else 2000 + int(third)
    return _day(year, int(second), int(first)) or _day(year, int(first), int(second))


def _relative(folded: str, today: date) -> Span | None:
    found = _RELATIVE.fullmatch(folded)
    if found is None or not (found[0].startswith("hace ") or re.search(rf" (?:{_AGO})\b", found[0])):
        return None
    count = int(found[1]) if found[1].isdecimal() else int(_COUNTS[found[1]])
    unit = int(_UNITS[found[2]])
    try:
        middle = today - timedelta(days=count * unit)
    except OverflowError:
        return None
    slack = timedelta(days=unit // 2 if unit > 1 else 0)
    return middle - slack, middle + slack


def _weekday(folded: str, today: date) -> Span | None:
    words = [word for word in folded.split() if word not in _WEEK_WORDS]
    if len(words) != 1 or words[0] not in _WEEKDAYS:
        return None
    back = (today.weekday() - int(_WEEKDAYS[words[0]])) % 7 or 7
    return (today - timedelta(days=back),) * 2


def _month(folded: str, today: date) -> Span | None:
    words = [
        word
        for word in folded.split()
        if word not in ("in", "of", "mein", "me", "de", "en", "the", "tareekh", fold("میں"), fold("۾"), fold("کو"))
    ]
    months = [int(_MONTHS[word]) for word in words if word in _MONTHS]
    numbers = [int(word) for word in words if word.isdecimal() and len(word) <= 4]
    if len(months) != 1 or len(months) + len(numbers) != len(words) or len(numbers) > 2:
        return None
    year = next((number for number in numbers if number >= 1900), None)
    day = next((number for number in numbers if number <= 31), None)
    if len(numbers) != (year is not None) + (day is not None):
        return None
    if day is not None:
        return _day(year, months[0], day) if year else _latest(day, months[0], today)
    year = year or (today.year if months[0] <= today.month else today.year - 1)
    first = date(year, months[0], 1)
    following = date(year + months[0] // 12, months[0] % 12 + 1, 1)
    return first, following - timedelta(days=1)


def _latest(day: int, month: int, today: date) -> Span | None:
    """The last time this day of the year was."""
    span = _day(today.year, month, day)
    return span if span and span[0] <= today else _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> Span | None:
    try:
        return (date(year, month, day),) * 2
    except ValueError:
        return None
