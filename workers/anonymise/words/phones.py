"""Phone numbers: written in digits, with letters in their place, or spelled out in words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from phonenumbers.phonemetadata import PhoneMetadata

from workers.anonymise.words.linear import Pattern, Scan
from workers.anonymise.words.rules import digits_of
from workers.anonymise.words.spans import Span

# Regions whose local numbers are known by default, by language of the city.
REGIONS: dict[str, tuple[str, ...]] = {
    "en": ("GB", "US", "IN"),
    "es": ("ES", "MX", "CO", "AR", "CL"),
    "ca": ("ES",),
    "fr": ("FR", "CA", "BE"),
    "pt": ("PT", "BR"),
    "hi": ("IN",),
}

# A digit, or a letter that stands for one between digits.
_CANDIDATE = Pattern(
    r"(?:\+ ?|\(\+?|\b)[0-9](?:[ .\-/()_*,~]{0,3}[0-9OoIl|]){5,16}(?: ?(?:x|ext\.?) ?\d{1,5})?\b"
)
_CUE = Pattern(
    r"(?i)\b(?:phone|tel(?:efon[oe]?|ephone)?|mobile|mobil|movil|cell?(?:ular|phone)?|whats ?app|wsp|numero|number|"
    r"call(?:ed|s|ing)?|text(?:ed)?|llam(?:a|ar|ame|o|e|arme)|fax|desk|portable|appel\w*|ligar|ligue|liga|truca\w*|"
    r"telemovel|celular|contact\w*|office|answering|reach|marca\w*)\b"
)
_NOT_PHONE = Pattern(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d)"
    r"(?:[ ,T]+\d{1,2}[.:]?(?:\d{2})?)?"
)
_WORDS = (
    "zero one two three four five six seven eight nine oh double triple ten twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred cero uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa "
    "deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante "
    "soixante vingts um dois duas quatro sete oito nove meia dez vinte trinta quarenta cinquenta sessenta oitenta "
    "u dues cinc sis set vuit nou deu quaranta cinquanta seixanta vuitanta noranta ek do teen char paanch panch che "
    "saat aath nau shunya un vint onze dotze tretze quinze setze disset divuit dinou dezasseis dezesseis dezessete dezassete "
    "dezoito dezenove dezanove eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen septante octante "
    "nonante huitante veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve "
    "chhe chah chhah das bees tees chalis pachas hundred cent cien doble dobro"
).split()
_ANY_WORD = "|".join(sorted(set(_WORDS), key=len, reverse=True))
_SPELLED = Pattern(
    rf"(?i)\b(?:(?:{_ANY_WORD}|\d{{1,3}})(?:[ ,.\-/_~]{{1,5}}(?:(?:y|i|e|et|and)[ -])?)){{5,}}(?:{_ANY_WORD}|\d{{1,3}})\b"
)
# Without anything between: "six1two3four56".
_GLUED = Pattern(rf"(?i)\b\d{{0,3}}(?:(?:{_ANY_WORD})\d{{0,3}}){{3,}}\b")
PATTERNS = (_CANDIDATE, _CUE, _SPELLED, _GLUED)
_LETTER_DIGITS = str.maketrans("OoIl|", "00111")
_SHORTEST, _LONG = 5, 8
# A cue is this near, in characters, and in the same sentence.
_NEAR = 30
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
)  # fmt: skip


def short_numbers(regions: Iterable[str]) -> Pattern | None:
    """Return what local numbers shorter than eight digits look like, by the phonenumbers library.

    Its own parser is not asked for each number: it reads one in a tenth of a millisecond.
    """
    described = (PhoneMetadata.metadata_for_region(region) for region in regions)
    kinds = [getattr(known, kind) for known in described if known is not None for kind in _KINDS]
    shapes = {
        kind.national_number_pattern
        for kind in kinds
        if kind is not None
        and kind.national_number_pattern
        and min(kind.possible_length, default=_LONG) < _LONG
    }
    return Pattern("0?(?:" + "|".join(sorted(shapes)) + ")") if shapes else None


def find_phones(scan: Scan, local: Pattern | None) -> Iterator[Span]:
    """Find phone numbers; a run of eight digits or more is one even when no region knows it."""
    cues = [match.end() for match in scan.matches(_CUE)]
    for match in scan.matches(_CANDIDATE):
        start, end = match.span()
        score = _score(match.group(), local) or _cued(scan.plain, start, match.group(), cues)
        if score:
            yield Span(start, end, "phone", "phone", score)
    for match in scan.matches(_SPELLED):
        if any(char.isalpha() for char in match.group()):
            yield Span(match.start(), match.end(), "phone", "phone-in-words", 0.7)
    for match in scan.matches(_GLUED):
        if any(char.isdigit() for char in match.group()):
            yield Span(match.start(), match.end(), "phone", "phone-in-words", 0.7)


def _number(candidate: str) -> str:
    return candidate.partition("x")[0].translate(_LETTER_DIGITS)


def _score(candidate: str, local: Pattern | None) -> float:
    number = _number(candidate)
    digits = digits_of(number)
    if _NOT_PHONE.fullmatch(number) or len(digits_of(candidate)) < _SHORTEST:
        return 0.0
    if len(digits) >= _LONG or "+" in number:
        return 0.8
    return 0.9 if local is not None and local.fullmatch(digits) else 0.0


def _cued(plain: str, start: int, candidate: str, cues: Sequence[int]) -> float:
    """Six or seven digits are a number when a word such as "call" stands before."""
    before = bisect_right(cues, start)
    number = _number(candidate)
    if not before or len(digits_of(number)) <= _SHORTEST or _NOT_PHONE.fullmatch(number):
        return 0.0
    between = plain[cues[before - 1] : start]
    return 0.8 if len(between) <= _NEAR and not set(".!?").intersection(between) else 0.0
