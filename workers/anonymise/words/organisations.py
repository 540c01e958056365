"""Rules for who somebody works for, which tells who they are; hospitals, stations and the like stay."""

from __future__ import annotations

from workers.anonymise.words.lexicon import HARM, PLACES, TIME_WORDS
from workers.anonymise.words.linear import Match, proven
from workers.anonymise.words.rules import rule

_WORD = proven(r"[A-Za-z]+")
_CAP = r"[A-Z][A-Za-z0-9&'-]*"
_NAME = rf"{_CAP}(?: (?:(?:de|da|do|del|du|des|of|and|&|y|e|i|et) )?{_CAP}){{0,4}}"
_WORKS = (
    r"(?i:work(?:s|ed|ing)? (?:at|for)|employed (?:at|by)|job at|employee of|"
    r"trabaj(?:a|o|aba|an|amos|ando) (?:en|para)|emplead[oa] (?:de|en)|"
    r"travaill(?:e|ait|ent|ant) (?:chez|pour)|employee? (?:chez|de)|"
    r"trabalh(?:a|o|ava|am|amos|ando) (?:n[ao]|em|para)|empregad[oa] d[ao]|"
    r"treball(?:a|o|ava|en|em|ant) (?:a|al|per)|empleat? de)"
)
_FORM = (
    r"(?:Ltd|Limited|Inc|LLC|LLP|PLC|GmbH|SARL|SAS|SLU|SL|S\.L\.U?|SA|S\.A\.U?|Lda|Ltda|SRL|Corp|Pvt\.? Ltd)"
)
# Where many work and anybody may be: the name of one of these tells the city where, and hardly who.
_PUBLIC = frozenset(
    """
    hospital clinic clinica hopital metro station estacion estacio estacao gare airport aeropuerto aeroport aeroporto school
    escuela escola ecole college colegio institut instituto university universidad universitat universite universidade
    library biblioteca bibliotheque park parque parc museum museo museu musee ajuntament ayuntamiento mairie camara town city
    police policia street road calle rue rua carrer plaza placa praca market mercado mercat marche mall centro centre center
    """.split()
)


def _identifies(match: Match) -> bool:
    words = {word.lower() for word in _WORD.findall(match.group(1))}
    return words.isdisjoint(_PUBLIC | PLACES | HARM | TIME_WORDS)


RULES = (
    rule("organisation", "employer", 0.85, rf"\b{_WORKS} (?:(?:the|la|el|le|los|a|o) |l')?({_NAME})", _identifies),
    rule("organisation", "employer-after", 0.85, rf"\b({_NAME}) (?:mein|me) (?:kaam|naukri|job)\b", _identifies),
    rule("organisation", "legal-form", 0.85, rf"\b({_CAP}(?: {_CAP}){{0,3}},? {_FORM}\b\.?)", _identifies),
)  # fmt: skip
