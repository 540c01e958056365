# ruff: noqa: RUF001 - characters that look like others are what these tests are about
"""Every kind of personal data, in every served language, in every disguise: not a letter of it stays."""

from __future__ import annotations

import unicodedata
from itertools import product

import pytest

from workers.anonymise.text import find, redact

# A person and what leads to one, said in each language; {} stands for what must go.
SAID = {
    "en": {
        "person": ("My neighbour {} shouted at me", "Marisol Oyelaran"),
        "phone": ("Call me on {} please", "+44 7911 123456"),
        "email": ("Write to {} for the photos", "marisol.oye@example.org"),
        "address": ("He lives at {} with his dog", "14 Baker Street"),
        "handle": ("He follows me as {} online", "@creepy_joe99"),
        "plate": ("The number plate was {} I think", "AB12 CDE"),
        "id_number": ("His passport number is {} he said", "533380006"),
        "card": ("He took my card {} too", "4111 1111 1111 1111"),
        "link": ("The video is on {} since Monday", "https://example.org/v/joe"),
        "organisation": ("He works at {} and follows me home", "Brindle Logistics"),
    },
    "es": {
        "person": ("Mi vecino {} me gritó", "Eustaquio Urrutikoetxea"),
        "phone": ("Llámame al {} por favor", "612 34 56 78"),
        "email": ("Escribe a {} y te mando las fotos", "marisol.oye@example.org"),
        "address": ("Vive en {} con su perro", "calle Mayor 12"),
        "handle": ("Me sigue como {} en la red", "@creepy_joe99"),
        "plate": ("La matrícula era {} creo", "4521 KLM"),
        "id_number": ("Su DNI es {} según dijo", "12345678Z"),
        "card": ("Me quitó la tarjeta {} también", "4111 1111 1111 1111"),
        "link": ("El vídeo está en {} desde el lunes", "https://example.org/v/joe"),
        "organisation": ("Trabaja en {} y me sigue a casa", "Transportes Brindal"),
    },
    "fr": {
        "person": ("Mon voisin {} m'a crié dessus", "Enguerrand Kerviel"),
        "phone": ("Appelle-moi au {} merci", "06 12 34 56 78"),
        "email": ("Écris à {} pour les photos", "marisol.oye@example.org"),
        "address": ("Il habite {} avec son chien", "12 rue des Lilas"),
        "handle": ("Il me suit sous {} en ligne", "@creepy_joe99"),
        "plate": ("La plaque était {} je crois", "AB-123-CD"),
        "id_number": ("Son passeport est {} selon lui", "533380006"),
        "card": ("Il a pris ma carte {} aussi", "4111 1111 1111 1111"),
        "link": ("La vidéo est sur {} depuis lundi", "https://example.org/v/joe"),
        "organisation": ("Il travaille chez {} et me suit", "Transports Brindal"),
    },
    "pt": {
        "person": ("O meu vizinho {} gritou comigo", "Quitério Bragançal"),
        "phone": ("Liga-me para o {} por favor", "912 345 678"),
        "email": ("Escreve para {} e mando as fotos", "marisol.oye@example.org"),
        "address": ("Ele mora na {} com o cão", "Rua Augusta 1200"),
        "handle": ("Ele segue-me como {} na rede", "@creepy_joe99"),
        "plate": ("A matrícula era {} acho eu", "12-AB-34"),
        "id_number": ("O CPF dele é {} disse ele", "123.456.789-09"),
        "card": ("Tirou-me o cartão {} também", "4111 1111 1111 1111"),
        "link": ("O vídeo está em {} desde segunda", "https://example.org/v/joe"),
        "organisation": ("Ele trabalha na {} e segue-me", "Transportes Brindal"),
    },
    "ca": {
        "person": ("El meu veí {} em va cridar", "Guifré Puigdemunt"),
        "phone": ("Truca'm al {} si us plau", "612 34 56 78"),
        "email": ("Escriu a {} i t'envio les fotos", "marisol.oye@example.org"),
        "address": ("Viu al {} amb el gos", "carrer d'Aragó 255"),
        "handle": ("Em segueix com a {} a la xarxa", "@creepy_joe99"),
        "plate": ("La matrícula era {} em sembla", "4521 KLM"),
        "id_number": ("El seu DNI és {} va dir", "12345678Z"),
        "card": ("Em va prendre la targeta {} també", "4111 1111 1111 1111"),
        "link": ("El vídeo és a {} des de dilluns", "https://example.org/v/joe"),
        "organisation": ("Treballa a {} i em segueix", "Transports Brindal"),
    },
    "hi": {
        "person": ("mera padosi {} ne mujhe gaali di", "Rakesh Yadavendra"),
        "phone": ("mujhe {} par call karo", "98765 43210"),
        "email": ("photo ke liye {} par likho", "marisol.oye@example.org"),
        "address": ("wo {} mein rehta hai", "14 Gandhi Marg"),
        "handle": ("wo {} naam se peecha karta hai", "@creepy_joe99"),
        "plate": ("gaadi number {} tha", "DL 3C 1234"),
        "id_number": ("uska aadhaar {} hai", "2345 6789 0123"),
        "card": ("usne mera card {} bhi le liya", "4111 1111 1111 1111"),
        "link": ("video {} par hai", "https://example.org/v/joe"),
        "organisation": ("wo {} mein kaam karta hai", "Brindal Logistics Pvt Ltd"),
    },
}
# Digits one by one, as people say them; after the fashion of the language where there are several.
DIGITS = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "pt": "zero um dois três quatro cinco meia sete oito nove",
    "ca": "zero u dos tres quatre cinc sis set vuit nou",
    "hi": "shunya ek do teen char paanch chhe saat aath nau",
}
LIKE = str.maketrans("aeopcxyAEOPCTXBHKM", "аеорсхуАЕОРСТХВНКМ")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
BOLD = {ord("A") + i: 0x1D400 + i for i in range(26)} | {ord("a") + i: 0x1D41A + i for i in range(26)}
BOLD |= {ord("0") + i: 0x1D7CE + i for i in range(10)}
DISGUISES = {
    "plain": str,
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "joiners": "\u2060".join,
    "variation selectors": "\ufe0f".join,
    "marks": lambda told: "".join(char + "\u0336" for char in told),
    "decomposed": lambda told: unicodedata.normalize("NFD", told),
    "look-alikes": lambda told: told.translate(LIKE),
    "full width": lambda told: told.translate(WIDE),
    "astral": lambda told: told.translate(BOLD),
    "Arabic digits": lambda told: told.translate({48 + i: 0x660 + i for i in range(10)}),
    "Persian digits": lambda told: told.translate({48 + i: 0x6F0 + i for i in range(10)}),
    "Devanagari digits": lambda told: told.translate({48 + i: 0x966 + i for i in range(10)}),
    "circled digits": lambda told: told.translate({49 + i: 0x2460 + i for i in range(9)} | {48: 0x24EA}),
    "override": lambda told: f"\u202e{told[::-1]}\u202c",
    "no-break spaces": lambda told: told.replace(" ", "\u00a0"),
    "thin spaces": lambda told: told.replace(" ", "\u2009"),
    "control characters": "\x02".join,
}
CASES = [(*case, disguise) for case, disguise in product(
    ((language, kind) for language, kinds in SAID.items() for kind in kinds), DISGUISES
)]  # fmt: skip


def left_of(told, secret, start, spans):
    """What of a secret can still be read: its letters and digits outside all spans."""
    gone = {place for span in spans for place in range(span.start, span.end)}
    places = range(start, start + len(secret))
    return [told[place] for place in places if told[place].isalnum() and place not in gone]


@pytest.mark.parametrize(("language", "kind", "disguise"), CASES)
def test_nothing_stays_in_any_language_and_disguise(finder, language, kind, disguise):
    sentence, plain = SAID[language][kind]
    secret = DISGUISES[disguise](plain)
    for before in ("", "🌃🇪🇸 ", "n\u0303 ﷺ "):
        told = before + sentence.format(secret)
        spans = find(told, language, finder)
        assert not left_of(told, secret, told.index(secret), spans)


@pytest.mark.parametrize(
    ("language", "kind"), [(language, kind) for language in SAID for kind in SAID[language]]
)
def test_the_kind_is_told(finder, language, kind):
    sentence, secret = SAID[language][kind]
    seen = redact(sentence.format(secret), language, finder).text
    assert seen == sentence.format(f"[{kind}]")


@pytest.mark.parametrize(("language", "joint"), [*product(DIGITS, (" ", ", ", "-", " - ", ".", " ... "))])
def test_spelled_out_digits_go(finder, language, joint):
    secret = joint.join(DIGITS[language].split()[int(digit)] for digit in "612345078")
    told = SAID[language]["phone"][0].format(secret)
    assert not left_of(told, secret, told.index(secret), find(told, language, finder))


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize(
    "secret",
    [
        "six1two3four56",
        "6 1 2 3 4 5 6 7 8",
        "6  1  2  3  4  5  6  7  8",
        "6.1.2.3.4.5.6.7.8",
        "6/1/2/3/4/5/6/7/8",
        "6📞1📞2📞3📞4📞5📞6📞7📞8",
        "6_1_2_3_4_5_6_7_8",
        "six 1 two 3 four 5 six 7 eight",
        "ana (at) example (dot) org",
        "ana [at] example [punto] org",
        "ana{arroba}example.org",
        "ana (arobase) example point org",
        "ana @ example . org",
        "a n a @ e x a m p l e . o r g",
        "ana AT example DOT org",
        "ana＠example．org",
        "ana﹫example。org",
        "hxxps://example[.]org/ana",
        "example dot org slash ana",
        "https://example.org/~ana",
        "www . example . org/ana",
        "４１１１　１１１１　１１１１　１１１１",
        "4111-1111-1111-1111",
    ],
)
def test_what_is_written_around_is_found_whatever_the_language(finder, language, secret):
    told = SAID[language]["email"][0].format(secret)
    assert not left_of(told, secret, told.index(secret), find(told, language, finder))


def test_a_chip_somebody_typed_protects_nothing(finder):
    told = "mira https://example.org/[person]/ana y ana@example.org[phone]"
    spans = find(told, "es", finder)
    gone = "".join(told[span.start : span.end] for span in spans)
    assert "example.org/" in gone
    assert "ana@example.org" in gone
