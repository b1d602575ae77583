"""Numbers as people type them to choose: "2", "۲", "2.", "option 2", "two", "do", "دو", "2️⃣"."""

from __future__ import annotations

import re

from flows.reading.fold import digits, fold

_WORDS = {
    1: "one first ek aik pehla pehli hik هڪ پهريون پهرين ایک پہلا پہلی uno una primero primera",
    2: "two second do dusra doosra dusri doosri ba ٻه ٻيو دو دوسرا دوسری dos segundo segunda",
    3: "three third teen tin teesra tisra te ٽي ٽيون تین تیسرا تیسری tres tercero tercera",
    4: "four fourth char chaar chautha چار چوٿون چوتھا چوتھی cuatro cuarto cuarta",
    5: "five fifth panch paanch panchwan panj پانچ پانچواں پنج پنجون cinco quinto quinta",
    6: "six sixth che chay chhe chey چھ چھٹا ڇهه ڇهون seis sexto sexta",
    7: "seven seventh saat sat سات ساتواں ست ستون siete septimo septima",
    8: "eight eighth aath ath آٹھ آٹھواں اٺ اٺون ocho octavo octava",
    9: "nine ninth nau no9 نو nueve noveno",
    10: "ten tenth das dah دس ڏهه diez decimo",
}
_BY_WORD = {fold(word): number for number, words in _WORDS.items() for word in words.split()}
_BEFORE = "option|opcion|number|num|no|nmbr|nimber|number|numero|n|answer|ans|choice|reply|press|jawab|"
_BEFORE += "|".join(fold(word) for word in ("نمبر", "آپشن", "جواب", "جواب"))
_AFTER = "|".join(fold(word) for word in (
    "number", "wala", "wali", "no", "option", "please", "plz", "pls", "st", "nd", "rd", "th", "نمبر", "والا", "والی", "وارو", "نمبر وارو",
))
_NUMBER = re.compile(rf"(?:the |la |el )?(?:(?:{_BEFORE}) ?)?(\w+?)(?: ?(?:{_AFTER}))?")
_KEYCAP = re.compile("[\ufe0f\u20e3]")


def read_number(typed: str) -> int | None:
    """The number that this whole message is, or None."""
    raw = _KEYCAP.sub("", typed).strip()
    if re.search(r"[-−+*/=,.:]\s*\d|\d\s*[,.:]\s*\d", raw):  # "-2", "1.5", "1,2", "10:30"
        return None
    folded = fold(raw)
    found = _NUMBER.fullmatch(folded)
    if found is None:
        return None
    core = digits(found[1])
    if core.isdecimal():
        return int(core) if len(core) <= 3 and not core.startswith("0") else None
    return _BY_WORD.get(core)
