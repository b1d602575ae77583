"""Phone numbers, in every style people write them, as one that can be dialled in the country: "0300-1234567", "1094"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, shortnumberinfo

from flows.reading.fold import digits

_BETWEEN = re.compile(r"\s*(?:[;/\n|،؛]|,(?!\s*(?:ext|x))|\bor\b)\s*", re.IGNORECASE)
_NOTE = re.compile(r"\s*\(([^()]*[^\W\d][^()]*)\)\s*")  # "(exchange)", not "(021)"
_SHORT = re.compile(r"\d{2,5}")
_GROUPS = re.compile(r"[\s()./-]+")


@dataclass(frozen=True, slots=True)
class Phones:
    """What a cell of phone numbers holds."""

    numbers: tuple[str, ...] = ()  # as they are dialled
    note: str = ""  # words beside them: "exchange"
    wrong: tuple[str, ...] = ()  # what is no number


def read_phones(text: str, region: str) -> Phones:
    """Read a cell of numbers. region: whose numbers are written without a country code ("PK")."""
    notes: list[str] = []

    def noted(found: re.Match[str]) -> str:
        notes.append(found[1].strip())
        return " "

    plain = _NOTE.sub(noted, digits(text)).strip()
    numbers: list[str] = []
    wrong: list[str] = []
    for piece in filter(None, _BETWEEN.split(plain)):
        number = read_phone(piece, region)
        if number is None:
            wrong.append(piece)
        elif number not in numbers:
            numbers.append(number)
    return Phones(tuple(numbers), "; ".join(notes), tuple(wrong))


def read_phone(text: str, region: str) -> str | None:
    """One number as it is dialled in the country, or None when it is none. Reading what this returns changes nothing."""
    squeezed = _GROUPS.sub("", digits(text))
    if _SHORT.fullmatch(squeezed):
        short = phonenumbers.PhoneNumber(country_code=_code(region), national_number=int(squeezed))
        leading = squeezed.startswith("0")
        return squeezed if not leading and shortnumberinfo.is_possible_short_number(short) else None
    try:
        number = phonenumbers.parse(digits(text), region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.country_code != _code(region):
        return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
    national = str(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
    written, _, extension = national.partition(" ext. ")
    first, *rest = _GROUPS.sub(" ", written).split()
    if phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE:
        rest = ["".join(rest)]  # 0800-39393, as it is known
    return "-".join((first, *rest)) + (f" ext. {extension}" if extension else "")


def _code(region: str) -> int:
    return int(phonenumbers.country_code_for_region(region))
