"""The package in French."""

from types import MappingProxyType

from upheld.law.basis import LegalBasis
from upheld.rights.package.catalogue import Catalogue

words = Catalogue(
    code="fr",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    day="{day} {month} {year}",
    thousands="\u202f",
    at="{date}, {time}",
    countries=MappingProxyType(
        {
            "AT": "Autriche",
            "AU": "Australie",
            "BE": "Belgique",
            "BG": "Bulgarie",
            "BR": "Brésil",
            "CA": "Canada",
            "CH": "Suisse",
            "CN": "Chine",
            "CY": "Chypre",
            "CZ": "Tchéquie",
            "DE": "Allemagne",
            "DK": "Danemark",
            "EE": "Estonie",
            "ES": "Espagne",
            "EU": "Union européenne",
            "FI": "Finlande",
            "FR": "France",
            "GB": "Royaume-Uni",
            "GR": "Grèce",
            "HR": "Croatie",
            "HU": "Hongrie",
            "IE": "Irlande",
            "IL": "Israël",
            "IN": "Inde",
            "IS": "Islande",
            "IT": "Italie",
            "JP": "Japon",
            "KR": "Corée du Sud",
            "LI": "Liechtenstein",
            "LT": "Lituanie",
            "LU": "Luxembourg",
            "LV": "Lettonie",
            "MT": "Malte",
            "NL": "Pays-Bas",
            "NO": "Norvège",
            "NZ": "Nouvelle-Zélande",
            "PL": "Pologne",
            "PT": "Portugal",
            "RO": "Roumanie",
            "RS": "Serbie",
            "SE": "Suède",
            "SG": "Singapour",
            "SI": "Slovénie",
            "SK": "Slovaquie",
            "TR": "Turquie",
            "UA": "Ukraine",
            "US": "États-Unis",
        }
    ),
    categories=MappingProxyType(
        {
            "biometric": "données biométriques (une empreinte, par exemple)",
            "email-address": "adresse électronique",
            "financial-account": "numéro de compte ou de carte",
            "government-number": "numéro de pièce d’identité ou de sécurité sociale",
            "health-insurance-number": "numéro d’assurance maladie",
            "ip-address": "adresse internet (IP)",
            "name": "nom",
            "password": "mot de passe",
            "postal-address": "adresse postale",
            "security-answer": "réponse à une question de sécurité",
            "telephone-number": "numéro de téléphone",
        }
    ),
    bases=MappingProxyType(
        {
            LegalBasis.CONSENT: "vous y avez consenti",
            LegalBasis.CONTRACT: "un contrat avec vous l’exige",
            LegalBasis.LEGAL_OBLIGATION: "la loi nous y oblige",
            LegalBasis.VITAL_INTEREST: "cela protège la vie d’une personne",
            LegalBasis.PUBLIC_TASK: "cela relève d’une mission publique",
            LegalBasis.LEGITIMATE_INTEREST: "nous, ou d’autres, y avons un intérêt légitime",
        }
    ),
    heading="Ce que {organisation} conserve à votre sujet",
    what="Vous avez demandé à {organisation} une copie de vos données. La voici, telle qu’elle était le "
    "{date}.",
    nothing="Nous avons cherché partout où quelque chose pouvait vous concerner, sans rien "
    "trouver : {systems}.",
    expected="Vous attendiez autre chose ? Indiquez-nous les noms, adresses ou numéros sous "
    "lesquels vous pourriez figurer.",
    unfinished="Cette copie n’est pas encore complète. Il manque des éléments de : {systems}. Ils vous sont "
    "toujours dus, "
    "sans nouvelle demande de votre part.",
    unfinished_all="Cette copie n’est pas encore complète. Rien n’a pu être lu dans : {systems}. Cela ne "
    "veut pas dire que "
    "nous n’avons rien ; le reste vous est toujours dû, sans nouvelle demande de votre part.",
    by_system="Ce que nous conservons, et où",
    state_failed="incomplet",
    state_waiting="réponse attendue",
    state_not_asked="non consulté",
    why_failed="Ce système était illisible au moment de la copie : nous ne savons pas encore ce qu’il "
    "contient sur vous.",
    why_failed_part="La lecture s’est interrompue. Ce qui avait été lu figure ici ; il peut y en avoir "
    "davantage.",
    why_waiting="L’un de nous doit consulter ce système à la main. La réponse n’est pas encore dans cette "
    "copie.",
    why_not_asked="Ce système a été laissé de côté. Il peut contenir quelque chose sur vous.",
    looked_in="Nous avons aussi cherché ici, sans rien trouver sur vous : {systems}.",
    why="Pourquoi nous l’avons",
    purpose_unknown="Aucune raison n’est notée. Demandez-nous, nous vérifierons.",
    basis="C’est permis car {basis} ({article} RGPD)",
    receives="Qui le reçoit",
    nobody="Personne en dehors de {organisation}, d’après nos notes.",
    processor="{name}, {country} : {service}",
    agreement="selon {agreement}",
    kept="Combien de temps nous le gardons",
    place="Où cela se trouve",
    place_unknown="Ce n’est pas noté.",
    source="D’où cela vient",
    source_you="De vous-même : {categories}.",
    source_rest="Pour le reste, ce n’est pas noté : demandez-nous d’où cela vient.",
    source_unknown="Rien n’indique que cela vienne de vous-même. Demandez-nous d’où cela vient.",
    categories_held="De quel genre de données il s’agit",
    withheld="Conservé, mais pas montré",
    never_sent="{category} : nous l’avons ({count}) mais ne l’envoyons jamais, car entre de mauvaises mains "
    "cela vous nuirait.",
    others="Passages sur d’autres personnes ({count}) : remplacés par une mention pour les protéger.",
    data="Les données elles-mêmes",
    files="Fichiers",
    cut_short="ce fichier n’est pas entier",
    seen="{count} appartiennent à quelqu’un d’autre et figurent ici parce que vous pouvez les voir.",
    rights="Ce que vous pouvez faire maintenant",
    rights_text=(
        "Si quelque chose est faux ou manque, écrivez-nous ce qu’il faut lire et nous le corrigerons.",
        "Vous pouvez nous demander d’effacer vos données, de ne plus les utiliser ou d’en limiter l’usage.",
        (
            "Vous pouvez vous opposer à ce qui repose sur notre intérêt légitime et retirer un accord à "
            "tout moment."
        ),
        (
            "Ce que vous nous avez donné peut être repris par un autre organisme ; le format voulu est "
            "déjà dans cette copie."
        ),
        (
            "Si une machine seule a pris une décision importante pour vous, demandez comment, et qu’une "
            "personne la revoie."
        ),
    ),
    rights_text_us=(
        "Si quelque chose est faux, écrivez-nous ce qu’il faut lire et nous le corrigerons.",
        "Vous pouvez nous demander d’effacer vos données.",
        "Vous pouvez nous interdire de les vendre ou de les communiquer, sans en subir de conséquence.",
    ),
    complain="Si notre réponse ne vous satisfait pas",
    complain_named="Vous pouvez vous plaindre gratuitement auprès de : {authority}. Nous écrire d’abord "
    "n’est pas obligatoire.",
    complain_open="Vous pouvez vous plaindre gratuitement auprès de l’autorité de protection des données de "
    "votre lieu de vie "
    "ou de travail.",
    contact="Écrivez à {organisation} : {contact}",
    due="Vous avez fait votre demande le {received}. Notre objectif était de répondre avant le {target} "
    "inclus ; la loi nous laisse jusqu’au {legal}.",
    due_promised="Vous avez fait votre demande le {received}. Notre objectif était de répondre avant le "
    "{target} inclus ; nous l’avons promis au plus tard le {legal}.",
    machines="Pour les machines",
    machines_text="Les mêmes données sont jointes en tableaux (CSV) et en lignes JSON pour les programmes. "
    "{manifest} énumère "
    "chaque fichier ; {schema} décrit chaque table.",
    records=("élément", "éléments"),
    pages=("page", "pages"),
    bytes_text="{size} octets",
    back="Retour à la vue d’ensemble",
    page="Page {page} sur {pages}",
    rows="Éléments {first} à {last} sur {total}",
    first="Première",
    previous="Précédente",
    next="Suivante",
    last="Dernière",
    record="Élément {number}",
    empty="non renseigné",
    yes="oui",
    no="non",
    mark_never="Conservé mais pas envoyé : {category}. Entre de mauvaises mains, cela vous nuirait.",
    mark_others="Masqué : cela concerne une autre personne.",
    mark_others_row="à quelqu’un d’autre ; vous pouvez le voir",
    mark_recoverable="supprimé, récupérable jusqu’au {day}",
    mark_deleted="marqué comme supprimé, mais encore là",
    mark_restricted="limité : nous le conservons sans en faire autre chose",
    binary="{type}, {size} octets",
    save="enregistrer",
    endless="sans fin",
    no_date="pas une vraie date",
    statements="Ce que vous en dites vous-même",
    statement="Votre déclaration {number} du {date}",
    mark_statement="voir votre déclaration {numbers}",
    port_heading="Vos données chez {organisation}, à emporter",
    port_what="Voici ce que vous avez fourni à {organisation}, avec votre consentement ou pour un "
    "contrat avec vous, en date du {date}. D’autres programmes peuvent le lire. Rien n’a été "
    "effacé pour autant.",
    port_left_out="Ce qui n’y est pas, et pourquoi",
    port_reasons={
        "not-provided": "Vous ne nous l’avez pas fourni ; cela est né ici ou ailleurs : {categories}.",
        "legal-basis": "Nous ne le détenons ni avec votre consentement ni pour un contrat avec vous : "
        "{categories}.",
        "another-person": "Cela concerne aussi d’autres personnes : {categories}.",
        "withheld": "En de mauvaises mains, cela pourrait vous nuire ; nous ne l’envoyons pas : "
        "{categories}.",
        "unnamed": "Rien dans ces tables n’est enregistré comme fourni par vous : {categories}.",
    },
)
