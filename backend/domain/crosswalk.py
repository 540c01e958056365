"""From other lists to ours: what StreetSafe and Safecity ask, item by item, and the ICCS classes by name.

A source's item may be finer or coarser than our codes: its first code here is the closest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.domain.taxonomy import CATEGORIES

# UK Home Office, police.uk: what is wrong with a place, then what somebody did there.
STREETSAFE: Mapping[str, Sequence[str]] = {
    "Absence of CCTV": ("no_cctv",),
    "Badly lit": ("badly_lit", "lamp_broken"),
    "Empty buildings or isolated places": ("isolated", "no_one_around"),
    "Poor street layout (blind spots, hidden areas)": ("blocked_view",),
    "Restricted visibility (overgrown bushes, walls)": ("blocked_view",),
    "Rundown (derelict, abandoned cars, graffiti, fly-tipping)": ("rundown", "vandalism"),
    "Signs of drug or alcohol use": ("drug_alcohol_signs", "drug_use"),
    "Other (place)": ("other_place",),
    "Verbal harassment by a single stranger": ("commenting",),
    "Verbal harassment by a group": ("group_intimidation", "commenting"),
    "Being or having been followed": ("following",),
    "Other harassment": ("other_behaviour",),
}

# The list of its app, then what only its older public map has.
SAFECITY: Mapping[str, Sequence[str]] = {
    "Domestic Violence": ("domestic_violence",),
    # Not of a place: a moderator decides whether it belongs here at all.
    "Online Harassment": ("other_behaviour",),
    "Rape/Sexual Assault": ("rape_assault",),
    "Physical Assault": ("physical_assault",),
    "Stalking": ("following",),
    "Ogling/Facial Expressions/Staring": ("ogling", "gestures"),
    "Taking photos without permission": ("photographing",),
    "Indecent exposure/Masturbation in public": ("exposure",),
    "Touching/Groping": ("touching",),
    "Showing Pornography without consent": ("showing_pornography",),
    "Commenting/Sexual Invites": ("commenting",),
    "Chain Snatching/Robbery": ("robbery", "theft"),
    "Human Trafficking": ("trafficking",),
    "Other": ("other_behaviour",),
    "Catcalls/Whistles": ("commenting",),
    "Sexual Invites": ("commenting",),
    "Poor/No Street Lighting": ("badly_lit", "lamp_broken"),
    # A regional campaign's tag that says nothing of what happened.
    "North East India Report": ("other_behaviour",),
    "Others": ("other_behaviour",),
}

# International Classification of Crime for Statistical Purposes, version 1.0 (UNODC 2015).
ICCS: Mapping[str, str] = {
    "0201": "Assaults and threats",
    "0204": "Trafficking in persons",
    "0208": "Acts intended to induce fear or emotional distress",
    "0209": "Defamation or insult",
    "0301": "Sexual violence",
    "03012": "Sexual assault",
    "0401": "Robbery",
    "0502": "Theft",
    "0504": "Property damage",
    "0601": "Unlawful acts involving controlled drugs or precursors",
    "0802": "Acts against public order sexual standards",
}


def table() -> str:
    """Return every code with its group and what it is called elsewhere, as a Markdown table."""
    head = ["| code | axis | group | ICCS | StreetSafe | Safecity |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *(_row(code) for code in CATEGORIES)])


def _row(code: str) -> str:
    category = CATEGORIES[code]
    iccs = f"{category.iccs} {ICCS[category.iccs]}" if category.iccs else ""
    cells = (
        code,
        category.axis,
        category.group or "",
        iccs,
        _asked(STREETSAFE, code),
        _asked(SAFECITY, code),
    )
    return f"| {' | '.join(cells)} |".replace("|  ", "| ")


def _asked(items: Mapping[str, Sequence[str]], code: str) -> str:
    return "; ".join(item for item, codes in items.items() if code in codes)
