"""Mobile numbers as people write them: +92 300…, 0300…, in any digits."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from casework.places.gazetteer import read_country
from flows.reading.fold import digits

_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def mobile_in(text: str) -> PhoneNumber | None:
    """The mobile number that is meant, of any country; None for anything else."""
    try:
        found = phonenumbers.parse(digits(text), read_country().region)
    except NumberParseException:
        return None
    return found if phonenumbers.is_valid_number(found) and phonenumbers.number_type(found) in _MOBILE else None


def is_at_home(number: PhoneNumber) -> bool:
    """Whether it belongs to the country that this installation serves."""
    return bool(phonenumbers.region_code_for_number(number) == read_country().region)
