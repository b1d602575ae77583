"""Yes and no, in five languages at once (design: words, section 3)."""

from __future__ import annotations

from flows.reading.fold import fold

_YES = (
    "y,yes,yeah,yep,yup,ya,yea,yess,yes please,of course,sure yes,جی ہاں,جی,ہاں,ہاں جی,جی بالکل,ہاں ہاں,ها,جي ها,هائو,ها جي,جي,"
    "haan,han,haa,ha,ji,jee,g,haan ji,hanji,han ji,ji haan,ji han,jee haan,jee han,g haan,g han,haanji,haao,hao,"
    "si,sí,claro,claro que si,si por favor,sip"
)
_NO = (
    "n,no,nope,nah,noo,no thanks,no thank you,not,نہیں,جی نہیں,نہ,نا,نہیں جی,نھیں,نه,نا,ڪونه,نہ جی,kona,kona na,na ji,"
    "nahi,nahin,nhi,nai,na,naa,ji nahi,jee nahi,ji nhi,g nahi,nahi ji,nahi g,nahee,nahein,no gracias,para nada"
)
# Not clear enough for a consent, too clear to be thrown away elsewhere.
_SOFT_YES = "ok,okay,k,hmm,theek hai,thik hai,theek,thik,ٹھیک ہے,ٺيڪ آهي,vale,bueno,sure,fine,acha,achha,اچھا,👍"

YES = frozenset(fold(word) for word in _YES.split(","))
NO = frozenset(fold(word) for word in _NO.split(","))


def read_yes_no(text: str) -> bool | None:
    """True, False, or None where it is neither."""
    folded = fold(text)
    if folded in YES:
        return True
    return False if folded in NO else None


def read_clear_yes_no(text: str) -> bool | None:
    """As for a consent: "1" and "2" count, "ok" and a thumbs-up do not."""
    folded = fold(text)
    if folded in ("1", "2"):
        return folded == "1"
    return read_yes_no(text)
