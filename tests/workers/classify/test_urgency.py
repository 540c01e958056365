"""Urgency from 0 (calm) to 3 (act now), and the sign that a child is involved."""

import csv
from pathlib import Path

import pytest

from workers.classify.urgency import NOW, SOON, TODAY, signs_of, urgency_of

# Language, urgent, minor, text: written before the rules, ordinary messages full of dangerous words among them.
MESSAGES = Path(__file__).parent / "messages.tsv"


def _is_urgent(text):
    return urgency(text) >= TODAY


def _has_minor(text):
    return signs_of(text).minor


def urgency(text, *codes):
    return urgency_of(signs_of(text), frozenset(codes))


@pytest.mark.parametrize(
    "text",
    [
        "He is following me, please help me",
        "Está fuera de mi casa, llamen a la policía",
        "M'està seguint, ajudeu-me",
        "Il est en train de me suivre, au secours",
        "Ele está me seguindo, me ajude",
        "bachao, woh abhi peeche hai",
        "I don't want to live any more",
        "quiero morirme",
        "vull morir",
        "je veux mourir",
        "não quero mais viver",
        "A man with a knife threatened a child",
    ],
)
def test_danger_at_hand_asks_for_action_now(text):
    assert urgency(text) == NOW


@pytest.mark.parametrize(
    "text",
    [
        "He showed me a knife", "Me amenazó con una navaja", "Tenia un ganivet", "Il avait un couteau",
        "Ele tinha uma faca", "usne chaku nikala", "I was bleeding", "Me llevaron al hospital",
        "He knows where I live", "bare wires hang from the lamp", "una alcantarilla abierta", "un fil, odeur de gaz",
    ],
)  # fmt: skip
def test_weapons_injuries_threats_to_life_and_deadly_places_wait_no_day(text):
    assert urgency(text) == TODAY


def test_following_goes_before_a_remark():
    assert urgency("he walked behind me", "following") == SOON
    assert urgency("he called me names", "commenting") == 0
    assert urgency("he calls me names every day", "commenting") == SOON


def test_the_words_right_now_weigh_with_people_and_not_with_lamps():
    assert urgency("it is happening right now", "following") == NOW
    assert urgency("the lamp is broken right now", "lamp_broken") == 0


@pytest.mark.parametrize(
    "text",
    [
        "They sang songs at us", "me tiró al suelo", "the stop near the hospital", "nobody was injured",
        "he had no weapon", "sin armas", "personne n'a été blessé", "il y a 10 ans", "hace 10 años",
        "I was 5 minutes from home", "",
    ],
)  # fmt: skip
def test_what_only_looks_like_danger_stays_calm(text):
    signs = signs_of(text)
    assert (urgency_of(signs, frozenset()), signs.minor) == (0, False)


@pytest.mark.parametrize(
    "text",
    [
        "I was 14 years old", "my daughter was with me", "he follows the schoolgirls", "a class 7 girl",
        "tenía 12 años", "una niña lloraba", "la meva filla", "tinc 13 anys", "j'avais 11 ans", "une fillette",
        "minha filha", "eu tinha 12 anos", "meri beti ke saath",
    ],
)  # fmt: skip
def test_a_child_is_noticed(text):
    assert signs_of(text).minor


def test_violence_towards_a_child_is_read_today():
    assert urgency("my daughter was pushed", "physical_assault") == TODAY


def test_a_hostile_text_takes_no_longer_than_its_length():
    assert signs_of("is still " * 50_000).found == frozenset()


def _messages():
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize(("column", "said"), [("urgent", _is_urgent), ("minor", _has_minor)])
def test_of_two_hundred_messages_hardly_one_is_overlooked_or_marked_for_nothing(column, said):
    truth = [message[column] == "1" for message in _messages()]
    marked = [said(message["text"]) for message in _messages()]
    right = sum(one and other for one, other in zip(truth, marked, strict=True))
    assert len(truth) >= 200
    assert right / sum(truth) >= 0.95
    assert right / sum(marked) >= 0.95
