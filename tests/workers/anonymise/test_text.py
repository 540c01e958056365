"""Names, numbers and addresses go from a report's words in five languages; what helps the city stays."""

from __future__ import annotations

import pytest

from workers.anonymise.text import find, redact, remove

# What a resident sends, and what a moderator reads. Half of the names stand in no list.
STORIES = [
    ("en", "My boss Kwabena grabbed me near the copier.", "My boss [person] grabbed me near the copier."),
    ("en", "a man named brayan followed me home", "a man named [person] followed me home"),
    ("en", "The guard, Mr. Oyelaran, stared at me.", "The guard, [person], stared at me."),
    ("en", "He lives at 14 Baker Street, Flat 3 now", "He lives at [address] now"),
    ("en", "mail joe dot smith at gmail dot com", "mail [email]"),
    ("en", "the plate was AB12 CDE", "the plate was [plate]"),
    ("es", "mi jefe carlos me tocó", "mi jefe [person] me tocó"),
    ("es", "un chico que se llama yeison me manoseó", "un chico que se llama [person] me manoseó"),
    ("es", "Mi vecino Eustaquio Urrutikoetxea me grita", "Mi vecino [person] me grita"),
    ("es", "vive en la calle Mayor 12, 3º 2ª.", "vive en [address]."),
    ("es", "un Seat rojo, matrícula 4521 KLM", "un Seat rojo, matrícula [plate]"),
    ("es", "Su DNI es 12345678Z", "Su DNI es [id_number]"),
    ("es", "Rosa me acompañó y vi a Luz llorar", "[person] me acompañó y vi a [person] llorar"),
    ("fr", "Mon collègue Enguerrand m'a suivie", "Mon collègue [person] m'a suivie"),
    ("fr", "il s'appelle Karim Benhaddou.", "il s'appelle [person]."),
    ("fr", "Il habite 12 bis rue des Lilas", "Il habite [address]"),
    ("fr", "son numéro c'est le 06 12 34 56 78", "son numéro c'est le [phone]"),
    ("fr", "Rose et Pierre l'ont vu", "[person] et [person] l'ont vu"),
    ("pt", "Meu chefe João me apalpou no metrô", "Meu chefe [person] me apalpou no metrô"),
    ("pt", "Um homem chamado Wandercleyson me seguiu", "Um homem chamado [person] me seguiu"),
    ("pt", "mora na Rua Augusta, 1200, apto 45 e grita", "mora na [address] e grita"),
    ("pt", "placa ABC1D23", "placa [plate]"),
    ("ca", "El meu cap Jordi em va tocar", "El meu cap [person] em va tocar"),
    ("ca", "Es diu Guifré Puigdemunt i riu", "Es diu [person] i riu"),
    ("ca", "viu al carrer d'Aragó 255, 2n 1a.", "viu al [address]."),
    ("ca", "En Bernat em segueix", "En [person] em segueix"),
    ("hi", "uska naam rakesh yadav hai", "uska naam [person] hai"),
]

# Places, harassment and times of day are the report: not a character may go.
KEPT = [
    ("en", "I was called a slut on Green Street by a group of men at 10 pm near the main road"),
    ("en", "they called me names and I called the police at Victoria station"),
    ("en", "He was staring, whistling and groping women on platform 9 in 2019"),
    ("es", "Un hombre me siguió desde el metro Sants hasta la Plaça de Catalunya."),
    ("es", "me gritan piropos en la calle Alcalá a las 10 de la noche"),
    ("es", "En la plaza Juan Carlos nadie ayuda. Luz apagada, línea 3, bus 24"),
    ("fr", "Un homme m'a sifflée place de la République vers 22h, près de la gare Saint-Lazare."),
    ("fr", "La rue est mal éclairée et il y a trop de monde à 20 h"),
    ("pt", "Fui assediada no metrô da Sé, perto da Praça da República, às 23 horas."),
    ("ca", "Un noi em va seguir des de la plaça de Catalunya fins al passeig de Gràcia."),
    ("ca", "es diu que al parc no hi ha llum"),
    ("hi", "metro me ek ladka ghoor raha tha, bahut andhera tha"),
]


@pytest.mark.parametrize(("language", "told", "seen"), STORIES)
def test_what_identifies_someone_goes(finder, language, told, seen):
    assert redact(told, language, finder).text == seen


@pytest.mark.parametrize(("language", "told", "seen"), STORIES)
def test_it_goes_when_the_language_is_not_said(finder, language, told, seen):
    hidden = redact(told, None, finder)
    assert hidden.text == seen


@pytest.mark.parametrize(("language", "told"), KEPT)
def test_what_helps_the_city_stays(finder, language, told):
    assert redact(told, language, finder).text == told


@pytest.mark.parametrize(("language", "told", "seen"), STORIES)
def test_a_second_run_changes_nothing(finder, language, told, seen):
    once = redact(told, language, finder).text
    assert redact(once, language, finder).text == once


def test_offsets_are_code_points_of_the_original(finder):
    told = "🌃 Me siguió la señora Oyelaran, ¡qué ñandú! Su móvil: 612 34 56 78 🌃"
    spans = find(told, "es", finder)
    assert [(span.kind, told[span.start : span.end]) for span in spans] == [
        ("person", "Oyelaran"),
        ("phone", "612 34 56 78"),
    ]


def test_chips_stand_where_the_redacted_text_says(finder):
    hidden = redact("Mi jefe Eustaquio: ana@example.org, 612 34 56 78", "es", finder)
    assert [hidden.text[chip.start : chip.end] for chip in hidden.spans] == ["[person]", "[email]", "[phone]"]
    assert [chip.kind for chip in hidden.spans] == ["person", "email", "phone"]


def test_finding_touches_nothing_and_removing_decides_nothing(finder):
    told = "Mi jefe Eustaquio"
    assert remove(told, []) == told
    assert remove(told, find(told, "es", finder)) == "Mi jefe [person]"


def test_the_names_of_the_citys_areas_are_not_people(finder, finder_for):
    told = "Me siguieron en Rosario Norte y vi a Rosario"
    assert redact(told, "es", finder).text == "Me siguieron en [person] Norte y vi a [person]"
    assert (
        redact(told, "es", finder_for("Rosario Norte")).text
        == "Me siguieron en Rosario Norte y vi a [person]"
    )


def test_an_area_called_like_a_person_hides_nobody(finder_for):
    assert redact("Vi a Carlos", "es", finder_for("Carlos", "San Carlos")).text == "Vi a [person]"


def test_empty_text_is_empty(finder):
    assert redact("", None, finder).text == ""
