"""Rules for cards, identity papers and number plates."""

from __future__ import annotations

from workers.anonymise.words.linear import Match
from workers.anonymise.words.rules import digits_of, rule

_PLATE_CUE = (
    r"(?i:number ?plate|licen[cs]e(?: plate)?|plate|registration|rego|matricula|placas?|patente|"
    r"plaque|immatricul\w+|chapa|gaadi|gadi number)"
)
_PAPER_CUE = (
    r"(?i:dni|nie|nif|cif|curp|rfc|cpf|rg|cnpj|ssn|aadhaar|aadhar|pan|passport|pasaporte|passeport|passaporte|passaport|"
    r"cedula|carnet|carne|badge|employee|driver'?s? licen[cs]e|permis|carta de conducao|bilhete de identidade|"
    r"cartao de cidadao|seguridad social|securite sociale|placa policial|tip|id(?: card)?|account|cuenta|compte|conta)"
)
_IS = (
    r"(?:\s?(?:(?i:number|numero|num|no|nr|n|is|es|est|e|was|era|etait|hai|tha|dele|dela|card|de|del|the|la|el|con|avec|com|amb)\b|"
    r"[:#.-]))*\s?"
)
# Fewer digits than these beside a cue are a floor, a bus or a count.
_PLATE_DIGITS, _PAPER_DIGITS, _ACCOUNT_DIGITS = 2, 4, 10
# Words of three consonants or makes of car that stand beside a number without being a plate.
_NOT_PLATES = frozenset(
    {
        "bus",
        "bmw",
        "suv",
        "hrs",
        "mts",
        "kms",
        "pls",
        "mrt",
        "dtc",
        "the",
        "and",
        "for",
        "gmt",
        "cpf",
        "dni",
        "nie",
        "nif",
        "tel",
    }
)


def is_card(match: Match) -> bool:
    """Check the last digit by Luhn's method, as all payment cards do (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits_of(match.group()))):
        value = int(digit) * (1 + place % 2)
        total += sum(divmod(value, 10))
    return total % 10 == 0


def _is_plate(match: Match) -> bool:
    letters = "".join(char for char in match.group(1) if char.isalpha()).lower()
    return letters not in _NOT_PLATES


def _has_digits(match: Match) -> bool:
    return len(digits_of(match.group(1))) >= _PLATE_DIGITS


def _is_paper(match: Match) -> bool:
    return len(digits_of(match.group(1))) >= _PAPER_DIGITS


def _is_account(match: Match) -> bool:
    return len(digits_of(match.group())) >= _ACCOUNT_DIGITS


CARDS = (rule("card", "card", 0.95, r"\b\d(?:[ .-]?\d){11,18}\b", is_card),)

PAPERS = (
    rule("id_number", "long-number", 0.6, r"\b\d(?:[ .-]?\d){11,}\b"),
    rule("id_number", "iban", 0.95, r"(?i)\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b", _is_account),
    rule(
        "id_number",
        "iban-spaced",
        0.95,
        r"\b[A-Z]{2}\d{2}(?:[ -][A-Z0-9]{4}){2,7}(?:[ -][A-Z0-9]{1,3})?\b",
        _is_account,
    ),
    rule("id_number", "es-dni", 0.9, r"\b\d{2}\.?\d{3}\.?\d{3}[ -]?[A-HJ-NP-TV-Za-hj-np-tv-z]\b"),
    rule("id_number", "es-nie", 0.9, r"(?i)\b[xyz][ -]?\d{7}[ -]?[a-z]\b"),
    rule("id_number", "br-cpf", 0.9, r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"),
    rule("id_number", "br-cnpj", 0.9, r"\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b"),
    rule("id_number", "fr-insee", 0.9, r"\b[1-478] ?\d{2} ?\d{2} ?\d[\dABab] ?\d{3} ?\d{3}(?: ?\d{2})?\b"),
    rule("id_number", "us-ssn", 0.9, r"\b\d{3}-\d{2}-\d{4}\b"),
    rule("id_number", "in-pan", 0.9, r"\b[A-Z]{5}\d{4}[A-Z]\b"),
    rule("id_number", "mx-curp", 0.9, r"\b[A-Z]{4}\d{6}[A-Z0-9]{3,8}\b"),
    rule("id_number", "gb-nino", 0.8, r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"),
    rule(
        "id_number",
        "paper-cue",
        0.8,
        rf"\b{_PAPER_CUE}\b{_IS}([A-Za-z]{{0,3}}[ -]?\d[\dA-Za-z.-]*(?:[ -]\d[\dA-Za-z.-]*){{0,4}})",
        _is_paper,
    ),
)

PLATES = (
    rule(
        "plate", "es-plate", 0.85, r"\b(\d{4}[ -]?(?:[B-DF-HJ-NP-TV-Z]{3}|[b-df-hj-np-tv-z]{3}))\b", _is_plate
    ),
    rule("plate", "es-old-plate", 0.8, r"\b([A-Z]{1,2}[ -]\d{4}[ -][A-Z]{1,2})\b", _is_plate),
    rule("plate", "fr-plate", 0.85, r"\b([A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2})\b", _is_plate),
    rule(
        "plate",
        "pt-plate",
        0.85,
        r"\b(\d{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}|[A-Z]{2}-\d{2}-(?:\d{2}|[A-Z]{2}))\b",
        _is_plate,
    ),
    rule("plate", "br-plate", 0.8, r"\b([A-Z]{3}[ -]?\d(?:\d|[A-Z])\d{2})\b", _is_plate),
    rule("plate", "in-plate", 0.85, r"\b([A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4})\b", _is_plate),
    rule("plate", "gb-plate", 0.8, r"\b([A-Z]{2}\d{2} ?[A-Z]{3})\b", _is_plate),
    rule("plate", "mx-co-plate", 0.7, r"\b([A-Z]{3}[ -]\d{2,3}(?:-[A-Z\d]{1,2})?)\b", _is_plate),
    rule(
        "plate",
        "plate-cue",
        0.85,
        rf"\b{_PLATE_CUE}\b{_IS}([A-Za-z0-9]{{1,4}}(?:[ -]?(?:[A-HJ-Z0-9][A-Z0-9]{{0,3}}|I[A-Z0-9]{{1,3}}|[a-z]{{0,2}}\d[a-z0-9]{{0,4}})){{0,3}})",
        _has_digits,
    ),
)

RULES = (*CARDS, *PAPERS, *PLATES)
