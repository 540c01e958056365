"""Words that announce a person's name, in the served languages."""

from __future__ import annotations

from workers.anonymise.words.linear import Pattern

# After these a word is a name even in lower case and in no list.
SAYS_NAME = Pattern(
    r"(?i)\b(?:named|(?:his|her|my|their|whose|first|full|last|boy'?s|girl'?s|man'?s|guy'?s) names? (?:is|was|are)|name ?:|"
    r"name is|goes by|known as|"
    r"(?:se|me|te) llama(?:n|ba)?|llam(?:o|aba) |me llamo|llamad[oa]s?|apodad[oa]|de nombre|nombre(?: es|:)|su nombre es|"
    r"mi nombre es|"
    r"s'appel(?:le|lent|ait|aient)|m'appelle|appell?e(?:e)?s? |nomme(?:e)?s?|prenomme(?:e)?|prenom(?: est|:)|nom (?:est|:)|surnomme(?:e)?|"
    r"(?:se|me) cham(?:a|o|am|ava)|chama-se|chamava-se|chamo-me|chamad[oa]s?|de nome|nome (?:dele|dela|do \w+) (?:e|era)|"
    r"nome(?: e|:)|meu nome e|apelidad[oa]|"
    r"es diu(?:en)?|es deia|em dic|es diuen|anomenat|anomenada|de nom|nom es|(?:el )?nom(?: es|:)|"
    r"(?:mera|uska|iska|unka|tera) na+m|na+m(?: hai| tha)?|ka na+m)(?:[\s\"'(]+|\b)"
    r"(?:(?:is|was|es|est|e|era|el|la|en|na|don|mr\.?|sr\.?) )?([A-Za-z][A-Za-z'-]*)"
)

# After these a word that is not common is a name.
KNOWN_AS = Pattern(
    r"(?i)\b(?:conhecid[oa]s? (?:como|por)|conocid[oa]s? (?:como|por)|connue?s? (?:sous le nom de|comme)|conegu(?:t|da|ts|des) com a?|"
    r"coneixen com|known (?:as|to us as)|(?:un|um|el|o|una|uma|la|a) tal(?: de)?|un certain|une certaine|alias)"
    r"\s(?:(?:o|a|el|la|en|na|le|senhor|senor|sr|sra|mr)\.?\s)?([A-Za-z][A-Za-z'-]*)"
)
# After these a capitalised word is a name: titles, kin, work, school and neighbours.
_TITLES = (
    r"mr|mrs|ms|miss|mister|dr|doctor|prof|professor|sir|madam|officer|constable|inspector|sergeant|uncle|aunt|aunty|auntie|"
    r"senor|senora|senorita|sr|sra|srta|don|dona|dra|profesora?|tio|tia|agente|"
    r"monsieur|madame|mademoiselle|mme|mlle|docteur|professeur|maitre|tonton|tata|oncle|tante|"
    r"senhor|senhora|seu|doutora?|professora?|dom|senyor|senyora|oncle|tieta|shri|shrimati|smt|bhai"
)
_MY = (
    r"(?:my|his|her|our|their|the|mi|mis|su|sus|tu|nuestr[oa]|mon|ma|mes|son|sa|ses|notre|leur|(?:o |a )?(?:meu|minha|seu|sua|"
    r"nosso|nossa)|(?:el |la )?(?:meu|meva|seu|seva|nostre|nostra)|el|la|le|o|a|un|una|une|um|uma|mera|meri|uska|uski)"
)
_KIN = (
    r"(?:ex[- ]?)?(?:boss|manager|supervisor|neighbou?r|colleague|co-?worker|friend|best friend|classmate|flatmate|roommate|"
    r"teacher|coach|trainer|landlord|boyfriend|girlfriend|husband|wife|partner|brother|sister|cousin|mother|father|mom|mum|"
    r"dad|son|daughter|stepfather|stepdad|stepbrother|nephew|niece|uncle|aunt|client|tutor|driver|guard|doctor|ex|"
    r"jefe|jefa|encargad[oa]|vecin[oa]|companer[oa]|amig[oa]|novi[oa]|marido|mujer|esposa|esposo|pareja|"
    r"herman[oa]|prim[oa]|madre|padre|mama|papa|hij[oa]|padrastro|sobrin[oa]|ti[oa]|profe|profesora?|maestr[oa]|"
    r"entrenador|portero|conserje|casero|cunad[oa]|cliente|doctora?|medic[oa]|conductora?|"
    r"patron|patronne|chef|cheffe|voisine?|collegue|ami|amie|copain|copine|mari|femme|compagnon|frere|soeur|sour|cousine?|"
    r"mere|pere|fils|fille|beau-pere|beau-frere|neveu|niece|oncle|prof|entraineur|proprietaire|gardien|concierge|"
    r"chefe|chefa|patrao|patroa|vizinh[oa]|colega|amig[oa]|namorad[oa]|irma|irmao|prim[oa]|mae|pai|filh[oa]|"
    r"cunhad[oa]|professora?|treinador|porteiro|senhorio|motorista|"
    r"cap|veina?|company[a]?|companya|amic|amiga|xicot|xicota|germa|germana|cosi|cosina|mare|pare|fill|filla|cunyat|"
    r"professor|entrenador|porter|dost|saheli|behen|bhai|boyfriend|padosi)"
)
TITLE = Pattern(rf"\b(?i:{_TITLES})\.?\s(?:(?i:en|na)\s|(?i:l'))?([A-Z][A-Za-z'-]*)")
RELATION = Pattern(
    rf"\b(?i:{_MY})\s(?:[a-z]+ )?(?i:{_KIN}),?\s(?:(?i:called|named|de nom|en|na|el|la|o|a)\s|(?i:l'))?([A-Za-z][A-Za-z'-]*)"
)
# A capitalised word after these verbs may be a name, when no list knows it as another word.
CALLED = Pattern(
    r"\b(?i:called|by|with|from|con|avec|com|amb|par|por|vs|against|told|asked|met|saw|y|et|and|e|i|a|de|en|na)\s([A-Z][a-z]+)"
    r"(?:\s[A-Z][a-z]+)?\s(?i:who|touched|grabbed|followed|groped|said|told|kept|me toco|me siguio|me grito|m'a|qui m'a|"
    r"me tocou|me seguiu|em va|va)\b"
)
# A name that opens what it does to somebody: "Xiomar me toco", "Kwabena grabbed my arm".
ACTS = Pattern(
    r"(?:^|[.!?,;:\n]\s*|\b(?:que|and|y|et|e|i|when|cuando|quand|quando|quan)\s)([A-Z][a-z]+)(?: [A-Z][a-z]+)?\s"
    r"(?i:touched|grabbed|followed|groped|kissed|hit|slapped|pinched|pushed|threatened|"
    r"(?:me|nos|la|le) (?:toco|siguio|grito|agarro|manoseo|beso|empujo|amenazo|persigue|acosa|insulta|insulto|mira|sigue)|"
    r"m'a (?:touche|suivie?|insultee?|embrassee?|attrapee?|agresse|agressee)|nous a|"
    r"me (?:tocou|seguiu|agarrou|gritou|beijou|empurrou|ameacou|persegue|assedia|assediou)|"
    r"em va|em segueix|m'ha|em persegueix)\b"
)
# What comes before "called X" when X is a place and not a person.
PLACE_NOUN = Pattern(
    r"(?i)\b(?:place|street|road|bar|club|station|park|square|shop|mall|market|restaurant|hotel|town|city|area|app|school|"
    r"calle|plaza|avenida|parque|barrio|estacion|tienda|discoteca|restaurante|ciudad|pueblo|zona|lugar|sitio|parada|"
    r"rue|place|quartier|gare|parc|boite|magasin|ville|lieu|endroit|station|rua|praca|bairro|estacao|loja|cidade|"
    r"carrer|placa|barri|estacio|parc|botiga|ciutat|lloc|local|linea|ligne|linha|line|bus|metro)\b[^.!?\n]{0,12}$"
)
# An initial before a family name, in whatever language.
INITIALS = Pattern(r"\b(?:[A-Z][a-z]{2,} [A-Z]\.? |[A-Z]\. ?)[A-Z][a-z]{2,}\b")

PATTERNS = (SAYS_NAME, KNOWN_AS, TITLE, RELATION, CALLED, ACTS, INITIALS)
