"""One proposal for one report: labels with their words, urgency, language, and the resident's own choice."""

import shutil

import pytest

from backend.domain.taxonomy import CATEGORIES, Axis, Kind
from backend.errors import ConfigError
from workers.classify.linear import load
from workers.classify.propose import MODEL, load_classifier

LANGUAGES = ("en", "es", "ca", "fr", "pt", "hi")


@pytest.fixture(scope="module")
def classifier():
    return load_classifier(LANGUAGES)


def propose(classifier, text, kind=Kind.INCIDENT, chosen=(), told=None):
    return classifier.propose(text, kind=kind, chosen=chosen, told_language=told)


def codes(proposal):
    return [label.code for label in proposal.labels]


# Written for this test; none of these sentences is among the seeds.
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("He laid his hand on my leg in the night bus and squeezed", Kind.INCIDENT, {"touching"}),
        ("Two lads whistled and made lewd remarks as I went by", Kind.INCIDENT, {"commenting"}),
        ("He kept staring at my chest and winked", Kind.INCIDENT, {"ogling"}),
        ("Un hombre me siguió desde la parada hasta el portal", Kind.INCIDENT, {"following"}),
        ("Un type s'est frotté contre moi dans le tram", Kind.INCIDENT, {"touching"}),
        ("Um homem ficou me seguindo depois do trabalho e me ameaçou", Kind.INCIDENT, {"threats"}),
        ("Dos nois em van robar el mòbil amb un ganivet", Kind.INCIDENT, {"robbery"}),
        ("ek aadmi mujhe ghoor raha tha", Kind.INCIDENT, {"ogling"}),
        ("El fanal de la cantonada està fos i no funciona", Kind.CONDITION, {"lamp_broken"}),
        ("La rue est sombre, il n'y a pas d'éclairage", Kind.CONDITION, {"badly_lit"}),
        ("The hedge blocks the view round the corner", Kind.CONDITION, {"blocked_view"}),
        ("Sempre há gente e a rua é bem iluminada", Kind.SAFE_PLACE, {"well_lit", "people_around"}),
    ],
)
def test_fresh_sentences_get_the_right_label(classifier, text, kind, expected):
    assert expected <= set(codes(propose(classifier, text, kind)))


def test_a_label_names_the_words_that_carried_it_as_they_were_written(classifier):
    text = "On Monday a man Groped me while I was looking for my ticket"
    label = next(label for label in propose(classifier, text).labels if label.code == "touching")
    assert "Groped" in label.words
    assert set(label.words) <= set(text.split())
    assert "Monday" not in label.words


@pytest.mark.parametrize("kind", list(Kind))
def test_only_categories_of_the_kind_are_proposed(classifier, kind):
    text = (
        "He groped me, the street is dark and dirty, there are always people around and the lamps are bright"
    )
    axes = {CATEGORIES[code].axis for code in codes(propose(classifier, text, kind))}
    allowed = {
        Kind.INCIDENT: {Axis.BEHAVIOUR, Axis.PLACE},
        Kind.CONDITION: {Axis.PLACE},
        Kind.SAFE_PLACE: {Axis.GOOD},
        Kind.AUDIT: {Axis.PLACE, Axis.GOOD},
    }[kind]
    assert axes
    assert axes <= allowed


def test_what_the_resident_chose_stays_among_the_labels(classifier):
    text = "I was sitting on the bench with a book"
    assert "photographing" not in codes(propose(classifier, text))
    assert "photographing" in codes(propose(classifier, text, chosen=["photographing"]))


@pytest.mark.parametrize("text", ["", "   ", "[person] [phone]", "🙂👍", "\u4f60\u597d", "!" * 5000])
def test_a_text_that_says_nothing_gets_no_labels_and_no_alarm(classifier, text):
    proposal = propose(classifier, text)
    assert (proposal.labels, proposal.urgency, proposal.minor) == ((), 0, False)


def test_a_choice_without_words_is_kept(classifier):
    labels = propose(classifier, "[phone]", chosen=["following"]).labels
    assert [(label.code, label.words) for label in labels] == [("following", ())]


def test_scores_are_probabilities_and_the_likeliest_comes_first(classifier):
    labels = propose(classifier, "They whistled at me, stared, and one of them grabbed my bottom").labels
    scores = [label.score for label in labels]
    assert len(scores) >= 2
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_the_proposal_names_its_model(classifier):
    assert propose(classifier, "hello").model == load(MODEL).version


@pytest.mark.parametrize("name", ["model.npz", "model.json"])
@pytest.mark.parametrize("damage", ["missing", "cut", "nonsense"])
def test_a_missing_or_damaged_model_is_refused(tmp_path, name, damage):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    path = folder / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:1000] if damage == "cut" else b"nothing of use")
    with pytest.raises(ConfigError):
        load_classifier(LANGUAGES, folder)


def test_a_model_whose_parts_do_not_fit_is_refused(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    words = (folder / "model.json").read_text(encoding="utf-8")
    (folder / "model.json").write_text(words.replace('"badly_lit",', "", 1), encoding="utf-8")
    with pytest.raises(ConfigError):
        load_classifier(LANGUAGES, folder)


def test_a_model_of_an_earlier_form_is_refused_with_a_word_on_what_to_do(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    words = (folder / "model.json").read_text(encoding="utf-8")
    assert '"form":2' in words
    (folder / "model.json").write_text(words.replace('"form":2,', "", 1), encoding="utf-8")
    with pytest.raises(ConfigError, match="another release; train it anew"):
        load_classifier(LANGUAGES, folder)


def asides(classifier, text):
    return {(aside.about, aside.code): aside for aside in propose(classifier, text).asides}


@pytest.mark.parametrize(
    ("text", "about", "code", "word"),
    [
        ("Women are scum, they are vermin", "flag", "abuse", "scum"),
        ("W0m3n are scum", "flag", "abuse", "scum"),
        ("f o r e i g n e r s are vermin", "flag", "abuse", "vermin"),
        ("Los extranjeros son escoria y ladrones", "flag", "abuse", "escoria"),
        ("Ces femmes sont toutes stupides", "flag", "abuse", "stupides"),
        ("Os imigrantes são uma praga", "flag", "abuse", "praga"),
        ("Claim your free prize, click now", "flag", "spam", "prize"),
        ("Win cash, ring 0900123456", "flag", "spam", "cash"),
        ("Me siguió de noche por la calle", "time_of_day", "night", "noche"),
        ("Il m'a suivie dans la rue ce matin", "place_type", "street", "rue"),
    ],
)
def test_flags_and_setting_are_proposed_with_their_words_and_their_rules(classifier, text, about, code, word):
    found = asides(classifier, text)[about, code]
    assert word in found.words
    assert 0 < found.score < 1
    assert found.model


@pytest.mark.parametrize(
    "text",
    [
        "He called me a bitch and followed me",
        "Saying women are scum is wrong",
        "Nadie debería decir que las mujeres son basura",
        'Who writes "women are scum" gets no answer from us',
        "Un hombre me gritó puta en la parada",
        "Ils m'ont traitée de salope dans le bus",
        "Um cara me chamou de vadia na rua",
        "Immigrants are not vermin",
        "Nos vecinas extranjeras son encantadoras",
        "Call me back on the bus line 24, please",
        "The bus was free but nobody helped",
    ],
)
def test_who_tells_of_abuse_or_objects_to_it_is_not_flagged(classifier, text):
    assert not [about for about, _ in asides(classifier, text) if about == "flag"]
