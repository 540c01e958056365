"""What the rules for urgency and for children look for, by language, in folded words with one blank between."""

from __future__ import annotations

# Each line is one language: en, es, ca, fr, pt, romanised Hindi. Words are separated by one blank.
CUES: dict[str, tuple[str, ...]] = {
    "help": (
        (r"(is|are) (still )?(following|chasing|attacking|outside|behind) (me|us|my door)|(please )?help (me"
        r"|us)|call the police|i am hiding|(he|she|they) (is|are) (still )?outside|send help|(he|they) (is"
        r"|are) still"),
        (r"(me|nos) esta(n)? (siguiendo|persiguiendo|atacando|pegando)|sigue(n)? aqui|ayudenme|ayudadme"
        r"|ayuda por favor|auxilio|llam(en|ad) a la policia|estoy escondida|esta(n)? fuera de mi casa"),
        (r"m esta(n)? (seguint|perseguint|atacant|pegant)|encara (es|son) aqui|ajudeu me|truqueu a la policia"
        r"|estic amagada|ajuda si us plau"),
        (r"(est|sont) en train de (me|nous|la)|me sui(t|vent) encore|(est|sont) encore la|au secours"
        r"|aidez (moi|nous)|appelez la police|je me cache|je suis cachee"),
        (r"esta(o)? (me|nos) (seguindo|perseguindo|atacando|batendo)|esta(o)? a seguir me|ainda esta(o)? aqui"
        r"|me ajud(em|e)|ajudem me|chamem a policia|estou escondida|socorro"),
        r"abhi (bhi )?(peeche|peecha)|bachao|madad karo|police ko bulao",
        (r"behind (the|my) door|(trying|tries) to (get|break) in(to)?|i (am|m) (locked|trapped|hiding)|(locked"
        r"|shut) (me|myself) in|(beating|attacking|hitting|kicking) (up )?(someone|somebody|a (man|woman|girl"
        r"|boy)|her|him|me|us)( up)?|send (someone|somebody|police)"),
        (r"(golpeando|pegando|pateando|atacando) a|mand(en|ad) a alguien|envi(en|ad) a alguien"
        r"|estoy (encerrada|atrapada|escondida|encerrado)|(sigue|esta) (detras|al otro lado) de la puerta"
        r"|viene(n)? detras de mi|socorro"),
        (r"(pegant|colpejant|atacant) (a )?(un|una|algu|el|la)|(envieu|envieu me) algu|estic (tancada|atrapada"
        r"|tancat)|(es|esta) darrere (de )?la porta|ve(nen)? darrere meu|auxili|socors"),
        (r"(frappe(nt)?|tabasse(nt)?|agresse(nt)?) (une?|quelqu un|la|le)|envoyez (quelqu un|la police)"
        r"|je suis (enfermee?|coincee?|bloquee?)|(attend(ent)?|est) derriere (la|ma) porte"
        r"|en train de (se faire )?(frapper|tabasser|agresser)"),
        (r"(espancando|batendo em|agredindo|atacando)|mand(em|e) (alguem|a policia)|estou (trancad[ao]"
        r"|pres[ao]|escondid[ao])|(do outro lado|atras) da porta|vem atras de mim"),
        (r"(peet|maar) (raha|rahe|rahi) (hai|hain)|(kisi|police) ko (bhejo|bulao)|darwaze ke (bahar|peeche)"
        r"|meri (madad|help) karo|band hoon|jaldi (aao|bhejo)"),
    ),
    "now": (
        r"right now|happening now|at this moment|as i write",
        r"ahora mismo|en este momento|esta pasando ahora",
        r"ara mateix|en aquest moment",
        r"en ce moment|maintenant meme",
        r"agora mesmo|neste (momento|instante)",
        r"is waqt|abhi ho raha",
    ),
    "suicidal": (
        (r"kill myself|end my life|(want|wish) to die|suicid\w*|take my (own )?life|(do not"
        r"|don t) want to live|harm(ing)? myself|better off dead|no reason to live"),
        (r"quiero morir\w*|matarme yo|quitarme la vida|no quiero (seguir )?viv(ir|iendo)|acabar con mi vida"
        r"|hacerme dano"),
        r"vull morir( me)?|treure m la vida|no vull viure|acabar amb la meva vida",
        r"(veux|envie de) mourir|me suicider|en finir avec la vie|mettre fin a mes jours|veux plus vivre",
        r"quero morrer|tirar (a )?minha vida|nao quero (mais )?viver|acabar com a minha vida",
        r"marna chaht[ia]|khudkushi|aatmahatya|jeena nahi",
        (r"want (it all|everything|this) to (end|stop)|can(not| t) go on( living)?|to be dead|want to be dead"
        r"|don t want to be here any ?more|end it all"),
        (r"no aguanto mas|quitarme la vida|(quiero|voy a) (matarme|suicidarme)|suicid\w+|ya no quiero (estar"
        r"|vivir)"),
        r"no puc mes|em vull (matar|morir)|vull (matar|suicidar) me|suicid\w+|llevar me la vida",
        r"(n en|ne) peux plus( vivre)?|(veux|vais) (en finir|me tuer|mourir)|plus envie de vivre",
        r"nao aguento mais|(quero|vou) (me matar|acabar com tudo|morrer)|suicid\w+|me suicidar",
        (r"(mar|mer) jana (chaht[ai]|chahe)|ab (aur )?nahi (sah|jee)( sakt[ai])?|khud ko (khatam|maar)"
        r"|mar jau\w*"),
    ),
    "weapon": (
        (r"knife|knives|guns?|gunpoint|knifepoint|pistol|weapons?|machete|acid|broken bottle|armed|shot at"
        r"|stabb\w+|razor|iron rod"),
        r"cuchillo|navaja|pistola|armas?|machete|acido|botella rota|armad[oa]s?|apunal\w+|disparos?",
        r"ganivet|navalla|armes|ampolla trencada|armats?|apunyal\w+|un tret|trets",
        r"couteaux?|fusil|pistolet|arme|machette|acide|bouteille cassee|poignard\w*|coups? de feu|rasoir",
        r"faca|facao|revolver|canivete|garrafa quebrada|esfaque\w+|tiros|um tiro|mao armada",
        r"chaa?ku|bandook|hathiyar|tezaab|talwar",
        r"a blade|with a (bottle|bat|stick|hammer|screwdriver)|pulled a (gun|knife)",
        r"punal|cuchill[oa]s?|hoja de afeitar|con un (palo|bate|martillo|destornillador)",
        r"amb un (pal|bat|martell|tornavis)|ganivets",
        r"une lame|cutter|avec (une|un) (batte|baton|marteau|tournevis|barre)",
        r"com um (pau|taco|martelo|pedaco de pau)|com (uma barra|facas)",
        r"chh?ur[ai]|katta|pistol|danda|blade",
    ),
    "injury": (
        (r"bleed\w*|blood|bled|unconscious|fainted|broken (arm|leg|nose|ribs?|jaw|tooth)|(to"
        r"|in) (the )?hospital|ambulance|stitches|wound\w*|injur\w+|cannot breathe"),
        r"sangr\w+|herid\w+|inconsciente|desmay\w+|(al|en el) hospital|ambulancia|me rompio (el|la)|urgencias",
        (r"sagn\w+|(la|de|molta) sang|ferit\w*|ferida|inconscient|desmai\w+|a l hospital|urgencies"
        r"|em va trencar (el|la)"),
        r"saign\w+|(du|en) sang|blesse\w*|blessures?|evanoui\w*|a l hopital|points de suture|fracture|urgences",
        r"sangue|ferid\w+|machucad\w+|(ao|no) hospital|pronto socorro|quebrou (o )?meu|desacordad\w",
        r"khoon|ghayal|chot|behosh|aspatal",
        (r"cut open|(broke|knocked out) (my|his|her|a) (nose|tooth|teeth|arm|leg|jaw|rib)|(i|nearly"
        r"|almost) passed out|concussion"),
        (r"(ceja|cabeza|cara|labio|frente) (abiert[ao]|partid[ao])|(le|me) (rompi\w+|parti\w+|romp\w+) (un|el"
        r"|la|los) (diente|dientes|nariz|brazo|labio|pierna|mandibula)|puntos de sutura"),
        (r"(cella|cara|front|llavi|cap) (obert[ao]?|oberta|partida)|(li|em|me) va(n)? (trencar|partir) (una|el"
        r"|la|les)? ?(dent|dents|nas|brac|llavi|cama)|desmaio"),
        (r"(arcade|levre|tete) (ouverte|fendue)|(cass|cassé|casse) (une dent|le nez|le bras|la jambe"
        r"|des dents)|perd(u|re) connaissance|tombee? dans les pommes"),
        (r"(testa|cabeca|boca|sobrancelha) (aberta|cortada)|quebr(ou|aram) (o|a|um|uma) (dente|nariz|braco"
        r"|perna|dente dele)|desmaiar|desmaiei|(o|meu) sangue nao para"),
        r"(daant|haath|pair|naak) (toot|tod)\w*|sir (phat|phoot)\w*|behosh",
    ),
    "mortal": (
        (r"kill (me|us|her|him)|rape (me|us|her)|murder\w*|raped|attempted rape|kidnap\w*|abduct\w*|strangl\w+"
        r"|forced (himself|me)|knows? where i live|by the throat"),
        (r"matar(me|nos|la|lo)|me iba a matar|violar(me|la|nos)|violaron|violad[ao]|violacion|secuestr\w+"
        r"|estrangul\w+|sabe(n)? donde vivo|del cuello|me forzo"),
        (r"matar (me|nos|la)|violar (me|nos|la)|van violar|violacio|segrest\w+|escany\w+|sap on visc|pel coll"
        r"|em va forcar"),
        (r"(me|nous|la) tuer|(me|nous|la) violer|violee|viol|enlevement|kidnapp\w+|etrangl\w+|sait ou j habite"
        r"|a la gorge|m a forcee"),
        r"(me|nos) matar|estupr\w+|violaram|sequestr\w+|sabe onde (eu )?moro|pelo pescoco|me forcou",
        r"maar (dega|dalega|denge)|jaan se maar\w*|balatkar|apharan",
        (r"slit my (throat|wrists)|chok(ed|ing)|(forced|dragged|pulled|pushed|shoved|bundled) (me|her|him|us"
        r"|my (friend|sister|daughter|son)|a (girl|woman|boy|child)) (\w+ )?(in|into|to) (a|the|his|their|my"
        r"|touch|have|undress)?|(pull|drag|get) (me|her|him|us) into (a|the|his) (car|van)|forced (me|her"
        r"|him) to|death threats?|(cut|slash) my (face|throat)"),
        (r"(rajar|cortar|quemar)(me|te|le)?( la)? (cara|cuello|garganta)|apret\w+ (el|del) cuello|a la fuerza"
        r"|llev(ar|ars)e a (mi|la|una|el|un)|me oblig\w+|amenaza(s)? de muerte|violad[ao]s?|violar"),
        (r"em (van|va|volia|van voler) violar|em (matari[ae]n?|mataria|matara|matava)|a la forca|(estrenyer"
        r"|apretar) (me )?(el )?coll|endur se (a )?(la|el|una|un)|em va(n)? obligar|amenaces de mort"
        r"|tallar (me )?(la cara|el coll)"),
        (r"(me|la|le|nous) (tuer|tuerait|tuera)|de force|m a(vait)? (etranglee?|forcee?|obligee?)|emmener (ma"
        r"|une|mon|la|le)|etranglee?s?|sous la gorge|menaces? de mort|violees?"),
        (r"(ia|vai|vou|iria) (me )?matar|a forca|apert\w+ (o )?(meu )?pescoco|levar (minha|a|uma|meu) (filha"
        r"|filho|menina|menino|amiga|crianca)|me obrig\w+|ameaca(s)? de morte|estuprad[ao]|enforc\w+"),
        (r"(maar|mar) (dunga|dalunga|daalunga|denge|dunga)|rape|zabardasti|gala (daba|ghot)\w*"
        r"|gaadi mein (daal|kheench)\w*|uth[ai] (kar )?le gay\w"),
    ),
    "hazard": (
        (r"(live|hanging|bare|loose) (wires?|cables?)|cables hang|open manhole|gas (smell|leak)|smell of gas"
        r"|on fire|about to (fall|collapse)"),
        (r"cables? (sueltos?|pelados?)|cuelgan (los )?cables|alcantarilla (abierta|sin tapa)|olor a gas"
        r"|fuga de gas|a punto de caer\w*"),
        (r"cables? (pelats?|solts?)|pengen (els )?cables|claveguera (oberta|sense tapa)|olor de gas"
        r"|fuita de gas"),
        r"(fils|cables) (denudes|electriques)|cables pendent|bouche d egout ouverte|odeur de gaz|fuite de gaz",
        (r"fios? (soltos?|descascados?|pendurados?)|fios ficam pendurados|bueiro aberto|cheiro de gas"
        r"|vazamento de gas"),
        r"khula manhole|taar latak\w*|nang[ie] taar|aag lagi",
        r"(electric|power|live) (cable|wire)s?|sparking|sparks",
        r"cables? (quedan|queda|estan|electricos?)|(dan?|da) calambre|chispas",
        r"cables? electrics?|espurnes|enrampa",
        r"(cable|fil)s? electriques?|etincelles",
        r"fios? (de luz|eletricos?)|faiscas?|choque eletrico",
        r"bijli k[aei] taar\w*|taar (zameen|khul\w+|neeche)|chingari|current (lag|maar)\w*",
    ),
    "again": (
        r"every (day|night)|again and again|for (weeks|months)|stalk\w*|waits for me",
        r"todos los dias|cada (dia|noche)|desde hace (semanas|meses)|lleva (semanas|meses)|me espera",
        r"cada (dia|nit)|una altra vegada|fa (setmanes|mesos)|m espera",
        r"tous les jours|chaque (jour|soir|nuit)|depuis des (semaines|mois)|m attend",
        r"tod[oa]s? (os )?(dias?|noites?)|ha (semanas|meses)|fica me esperando",
        r"roz|har (din|raat)",
    ),
    "minor": (
        (r"child|children|kids?|minors?|underage|school ?(girl|boy)s?|little (girl|boy|sister|brother)s?"
        r"|my daughter|my son|toddler|class [5-9]|aged? ([1-9]|1[0-7])|([1-9]|1[0-7]) (years?|yrs?) old"
        r"|teen(age)?r?s?|my school|(i|she|he) (am|is|was) ([5-9]|1[0-7]) (when|and|then|at the time|years)"
        r"|primary school|high school"),
        (r"nin[oa]s?|menores|menor de edad|mi hij[oa]|colegial(a|as|es)?|mi colegio|instituto|adolescentes?"
        r"|hermanit[oa]|(tengo|tenia|tiene|de|con) ([1-9]|1[0-7]) anos"),
        (r"nen(a|es|s)?|menors|menor d edat|la meva filla|el meu fill|criatur(a|es)|adolescents?|institut"
        r"|(tinc|tenia|te|de|amb) ([1-9]|1[0-7]) anys|germana petita"),
        (r"enfants?|fillettes?|mineure?s?|ma fille|mon fils|gamine?s?|petite (fille|soeur|sœur)s?"
        r"|petit (garcon|frere)|collegiennes?|lyceennes?|lycee|mon (ecole|college)|ados?|(j ai|j avais|elle a"
        r"|elle avait|de) ([1-9]|1[0-7]) ans"),
        (r"criancas?|menor de idade|minha filha|meu filho|menininha|menin[oa]s? (pequen[oa]s?|de)|minha escola"
        r"|(tenho|tinha|tem|de|com) ([1-9]|1[0-7]) anos|irmazinha|meu colegio|da escola"),
        r"ba(ch)?chch?[ieoa]|bacch[ieoa]|meri beti|mera beta|chhoti behen|nabalig|school ki ladki\w*",
        (r"(i am|i m|im|she is|he is|i was|aged?|age) (1[0-7]|[5-9]|ten|eleven|twelve|thirteen|fourteen"
        r"|fifteen|sixteen|seventeen) (years?|and|when|then|old|at the time)|(is|was|were) only (ten|eleven"
        r"|twelve|thirteen|fourteen|fifteen|sixteen|nine|eight|seven|six|five)( was| is| years?| and| when)?"
        r"|(my|a|the) ([5-9]|1[0-7]) year olds?|kindergarten|nursery school|playgrounds?|(small|young"
        r"|little) (boy|girl|child|kid)s?|(middle|primary|elementary|secondary|high) school|(fifth|sixth"
        r"|seventh|eighth|ninth|tenth) (grade|class)|pupils?|babies|baby (girl|boy|son|daughter)"
        r"|ten years old|my (baby )?(niece|nephew)s?( who)? (is|are) (only )?(ten|eleven|twelve|[1-9])"),
        (r"(con|tengo|tenia|tiene|de) (diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|ocho|nueve"
        r"|siete|seis|cinco) anos|con ([1-9]|1[0-7]) anos|chaval(es|as|a)?|chic[oa]s? (de|pequen\w+)"
        r"|alumn[oa]s?|primaria|guarderia|parque infantil|sobrinit[oa]s?|herman[oa]s? pequen[oa]s?"
        r"|(a la salida|saliendo) d?(el|e la) (cole|colegio|escuela)|bebes?|(de|del) la? ?eso|crios?|cria"
        r"|peques?|patio del cole(gio)?"),
        (r"(amb|tinc|tenia|te|de) (deu|onze|dotze|tretze|catorze|quinze|setze|disset|vuit|nou|set|sis"
        r"|cinc) anys|amb ([1-9]|1[0-7]) anys|alumn(e|a|es)|primaria|llar d infants|parc infantil"
        r"|germa(na)? petita?|nebo(t|da) petita?|d eso|nadons?|xiquet(s|a|es)?|canalla"),
        (r"(j ai|j avais|a|elle a|il a|avait|de) (dix|onze|douze|treize|quatorze|quinze|seize|dix sept|huit"
        r"|neuf|sept|six|cinq) ans|a ([5-9]|1[0-7]) ans on|(ecole|ecoles) (primaires?|maternelles?)|creche"
        r"|aire de jeux|tout petits?|collegiens?|lyceens?|ecoliers?|ecolieres?|bebes?|petits? garcons?"
        r"|a la sortie de l ecole|(les|des|une?) eleves?|gosses?|gamins?"),
        (r"(com|tenho|tinha|tem|de) (dez|onze|doze|treze|catorze|quatorze|quinze|dezesseis|dezessete|oito|nove"
        r"|sete|seis|cinco) anos|alun[oa]s?|escola primaria|creche|parquinho|irma (mais nova|pequena)"
        r"|irmao (mais novo|pequeno)|sobrinh[oa] pequen[oa]|(saida|porta) da escola|(do )?(quinto|sexto"
        r"|setimo|oitavo|nono) ano|bebes?|garotinh[oa]s?"),
        (r"(main|mai|woh|vo) (das|gyarah|barah|terah|chaudah|pandrah|solah|satrah|[5-9]|1[0-7]) (saal|sal"
        r"|baras) (ki|ka|ke)|([1-9]|1[0-7]|das|gyarah|barah|terah|chaudah|pandrah|solah|satrah) (saal"
        r"|sal) k[iae] (thi|tha|the|hoon|hu|hai|beti|beta|bachch\w+|ladk\w+)|bachch?on|chhot[ei] (behen|bhai"
        r"|bachch\w+|ladk\w+)|school ke (\w+ )?(ladk\w+|bachch\w+)|school ki (\w+ )?ladk\w+|aanganwadi"
        r"|anganwadi"),
    ),
}  # fmt: skip
# What only looks like danger is taken out before the rules look: what is denied ("no weapon", "nobody was hurt"),
# what is shown, sold or given, and what is only a way of speaking.
HARMLESS = (
    (
        r"(no|not|without|never|nobody|no one|sin|ni|ningun|ninguna|nadie|sense|cap|ningu|no portava cap|sans"
        r"|pas d|pas de|aucun|aucune|personne|sem|nem|nenhum|nenhuma|ninguem|nao)( \w+)?( \w+)?( \w+)? (knife"
        r"|gun|weapons?|blood|bleeding|hurt|injur\w+|arma|armas|cuchillo|navaja|sangre|herid\w+|ganivet"
        r"|navalla|sang|ferit\w*|couteau|arme|armes|bless\w+|faca|sangue|ferid\w+|machucad\w+)"
    ),
    r"(hathiyar|chaku|chaaku|bandook|chot|khoon)( \w+)? (nahi|nahin)",
    (
        r"(mural|museum|painting|poster|street art|graffiti|fresque|affiche|pintura|cartel"
        r"|quadre)( \w+)?( \w+)?( \w+)? (guns?|pistol|pistola|pistolet|fusil|arma|armas|cuchillo|knife)"
    ),
    (
        r"(pistol|chaku|bandook) k[iae] (painting|tasveer|poster)|(guns?|weapons?|arms|knife|knives) (museum"
        r"|shop|store)|chaku wali (gali|dukaan)"
    ),
    (
        r"blood (bank|donation\w*|test|orange)|dona(cion|cio|cao|caciones)? de sang(re|ue)?|doacao de sangue"
        r"|don du sang|banco de sang(re|ue)"
    ),
    (
        r"(next to|near|opposite|behind|outside) the hospital|(de|del|al lado del|cerca del) hospital|(pres"
        r"|cote|arret) (de )?l hopital|aspatal ke (paas|saamne|peeche|bahar)"
    ),
    (
        r"to die for|died laughing|dead (tired|bored)|de muerte|de mort|linda de morrer|belle a mourir"
        r"|mortel d ennui|de matar de tedio"
    ),
    r"shooting stars?",
)
