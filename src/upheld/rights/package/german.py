"""The package in German."""

from types import MappingProxyType

from upheld.law.basis import LegalBasis
from upheld.rights.package.catalogue import Catalogue

words = Catalogue(
    code="de",
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    day="{day}. {month} {year}",
    thousands=".",
    at="{date}, {time}",
    countries=MappingProxyType(
        {
            "AT": "Österreich",
            "AU": "Australien",
            "BE": "Belgien",
            "BG": "Bulgarien",
            "BR": "Brasilien",
            "CA": "Kanada",
            "CH": "Schweiz",
            "CN": "China",
            "CY": "Zypern",
            "CZ": "Tschechien",
            "DE": "Deutschland",
            "DK": "Dänemark",
            "EE": "Estland",
            "ES": "Spanien",
            "EU": "Europäische Union",
            "FI": "Finnland",
            "FR": "Frankreich",
            "GB": "Vereinigtes Königreich",
            "GR": "Griechenland",
            "HR": "Kroatien",
            "HU": "Ungarn",
            "IE": "Irland",
            "IL": "Israel",
            "IN": "Indien",
            "IS": "Island",
            "IT": "Italien",
            "JP": "Japan",
            "KR": "Südkorea",
            "LI": "Liechtenstein",
            "LT": "Litauen",
            "LU": "Luxemburg",
            "LV": "Lettland",
            "MT": "Malta",
            "NL": "Niederlande",
            "NO": "Norwegen",
            "NZ": "Neuseeland",
            "PL": "Polen",
            "PT": "Portugal",
            "RO": "Rumänien",
            "RS": "Serbien",
            "SE": "Schweden",
            "SG": "Singapur",
            "SI": "Slowenien",
            "SK": "Slowakei",
            "TR": "Türkei",
            "UA": "Ukraine",
            "US": "USA",
        }
    ),
    categories=MappingProxyType(
        {
            "biometric": "biometrische Daten (etwa ein Fingerabdruck)",
            "email-address": "E-Mail-Adresse",
            "financial-account": "Konto- oder Kartennummer",
            "government-number": "Ausweis- oder Sozialversicherungsnummer",
            "health-insurance-number": "Krankenversicherungsnummer",
            "ip-address": "Internetadresse (IP)",
            "name": "Name",
            "password": "Passwort",
            "postal-address": "Postanschrift",
            "security-answer": "Antwort auf eine Sicherheitsfrage",
            "telephone-number": "Telefonnummer",
        }
    ),
    bases=MappingProxyType(
        {
            LegalBasis.CONSENT: "Sie haben eingewilligt",
            LegalBasis.CONTRACT: "nötig für einen Vertrag mit Ihnen",
            LegalBasis.LEGAL_OBLIGATION: "ein Gesetz verpflichtet uns dazu",
            LegalBasis.VITAL_INTEREST: "zum Schutz eines Menschenlebens",
            LegalBasis.PUBLIC_TASK: "Teil einer öffentlichen Aufgabe",
            LegalBasis.LEGITIMATE_INTEREST: "wir oder andere haben ein berechtigtes Interesse daran",
        }
    ),
    heading="Was {organisation} über Sie gespeichert hat",
    what="Sie haben {organisation} um eine Kopie Ihrer Daten gebeten. Hier ist sie, mit dem Stand vom "
    "{date}.",
    nothing="Wir haben überall nachgesehen, wo etwas über Sie stehen könnte, und nichts gefunden: {systems}.",
    expected="Haben Sie etwas erwartet? Dann nennen Sie uns Namen, Adressen oder Nummern, unter "
    "denen Sie bekannt sein könnten.",
    unfinished="Diese Kopie ist noch nicht vollständig. Es fehlt etwas aus: {systems}. Das Fehlende steht "
    "Ihnen "
    "weiter zu; Sie müssen nicht noch einmal fragen.",
    unfinished_all="Diese Kopie ist noch nicht vollständig. Nicht lesbar waren: {systems}. Das heißt nicht, "
    "dass wir "
    "nichts gespeichert haben; der Rest steht Ihnen weiter zu, ohne dass Sie noch einmal fragen müssen.",
    by_system="Was wo gespeichert ist",
    state_failed="unvollständig",
    state_waiting="Antwort steht aus",
    state_not_asked="nicht durchsucht",
    why_failed="Dieses System war nicht lesbar, als die Kopie entstand. Was darin über Sie steht, wissen "
    "wir noch nicht.",
    why_failed_part="Das Lesen brach ab. Was bis dahin gelesen war, ist enthalten; es kann mehr geben.",
    why_waiting="Hier muss jemand von uns von Hand nachsehen. Die Antwort fehlt in dieser Kopie noch.",
    why_not_asked="Dieses System wurde für diese Kopie ausgelassen. Es kann etwas über Sie enthalten.",
    looked_in="Auch hier haben wir nachgesehen und nichts über Sie gefunden: {systems}.",
    why="Wozu wir es haben",
    purpose_unknown="Dazu ist kein Zweck vermerkt. Fragen Sie uns, wir klären es.",
    basis="Erlaubt, denn: {basis} ({article} DSGVO)",
    receives="Wer es bekommt",
    nobody="Vermerkt ist niemand außerhalb von {organisation}.",
    processor="{name}, {country}: {service}",
    agreement="Grundlage: {agreement}",
    kept="Wie lange wir es behalten",
    place="Wo es liegt",
    place_unknown="Nicht vermerkt.",
    source="Woher es stammt",
    source_you="Von Ihnen selbst: {categories}.",
    source_rest="Beim Übrigen ist das nicht vermerkt. Woher es kommt, sagen wir Ihnen auf Nachfrage.",
    source_unknown="Es ist nicht vermerkt, dass etwas davon von Ihnen selbst stammt. Fragen Sie uns nach der "
    "Herkunft.",
    categories_held="Welche Art von Daten es ist",
    withheld="Vorhanden, aber nicht abgedruckt",
    never_sent="{category}: gespeichert ({count}), wird aber nie versandt; in falschen Händen könnte es "
    "Ihnen schaden.",
    others="Teile über andere Menschen ({count}): zu deren Schutz durch einen Vermerk ersetzt.",
    data="Die Daten selbst",
    files="Dateien",
    cut_short="diese Datei ist unvollständig",
    seen="Davon gehören {count} jemand anderem; sie stehen hier, weil Sie sie einsehen können.",
    rights="Was Sie jetzt tun können",
    rights_text=(
        "Ist etwas falsch oder fehlt es, schreiben Sie uns, wie es richtig heißt. Wir berichtigen es.",
        (
            "Sie können verlangen, dass wir Ihre Daten löschen, nicht mehr oder nur noch eingeschränkt "
            "verwenden."
        ),
        (
            "Sie können widersprechen, wo wir uns auf berechtigtes Interesse stützen, und Einwilligungen "
            "zurücknehmen."
        ),
        (
            "Was Sie uns gegeben haben, können Sie so bekommen, dass eine andere Stelle es einlesen kann; "
            "hier liegt es schon bei."
        ),
        (
            "Hat allein eine Maschine etwas Wichtiges über Sie entschieden, erklären wir Ihnen wie, und "
            "ein Mensch prüft es neu."
        ),
    ),
    rights_text_us=(
        "Ist etwas falsch, schreiben Sie uns, wie es richtig heißt. Wir berichtigen es.",
        "Sie können verlangen, dass wir Ihre Daten löschen.",
        "Sie können uns untersagen, sie zu verkaufen oder weiterzugeben. Nachteile haben Sie dadurch nicht.",
    ),
    complain="Wenn Sie mit unserer Antwort nicht zufrieden sind",
    complain_named="Sie können sich kostenlos beschweren bei: {authority}. Uns vorher zu schreiben steht "
    "Ihnen frei.",
    complain_open="Sie können sich kostenlos bei der Datenschutzaufsicht Ihres Wohn- oder Arbeitsorts "
    "beschweren.",
    contact="Schreiben Sie an {organisation}: {contact}",
    due="Sie haben am {received} gefragt. Unser Ziel war eine Antwort bis zum {target}; das Gesetz lässt uns "
    "Zeit bis zum {legal}.",
    due_promised="Sie haben am {received} gefragt. Unser Ziel war eine Antwort bis zum {target}; versprochen "
    "ist sie bis zum {legal}.",
    machines="Für Maschinen",
    machines_text="Dieselben Daten liegen bei als Tabellen für eine Tabellenkalkulation (CSV) und für "
    "Programme (JSON-Zeilen). "
    "{manifest} nennt jede Datei, {schema} beschreibt jede Tabelle.",
    records=("Eintrag", "Einträge"),
    pages=("Seite", "Seiten"),
    bytes_text="{size} Byte",
    back="Zurück zur Übersicht",
    page="Seite {page} von {pages}",
    rows="Einträge {first} bis {last} von {total}",
    first="Erste",
    previous="Vorige",
    next="Nächste",
    last="Letzte",
    record="Eintrag {number}",
    empty="nicht vermerkt",
    yes="ja",
    no="nein",
    mark_never="Vorhanden, aber nicht versandt: {category}. In falschen Händen könnte es Ihnen schaden.",
    mark_others="Verdeckt: Hier geht es um jemand anderen.",
    mark_others_row="gehört jemand anderem; Sie können es einsehen",
    mark_recoverable="entfernt, wiederherstellbar bis {day}",
    mark_deleted="als gelöscht markiert, aber noch da",
    mark_restricted="eingeschränkt: wir bewahren es nur auf und nutzen es nicht",
    binary="{type}, {size} Byte",
    save="speichern",
    endless="ohne Ende",
    no_date="kein wirkliches Datum",
    statements="Was Sie selbst dazu sagen",
    statement="Ihre Erklärung {number} vom {date}",
    mark_statement="siehe Ihre Erklärung {numbers}",
    port_heading="Ihre Daten von {organisation}, zum Mitnehmen",
    port_what="Das ist, was Sie {organisation} gegeben haben, aufgrund Ihrer Einwilligung oder eines "
    "Vertrags mit Ihnen, Stand {date}. Programme anderer können es lesen. Gelöscht wurde "
    "dadurch nichts.",
    port_left_out="Was nicht dabei ist, und warum",
    port_reasons={
        "not-provided": "Das haben Sie uns nicht gegeben; es ist hier oder anderswo entstanden: "
        "{categories}.",
        "legal-basis": "Das haben wir weder aufgrund Ihrer Einwilligung noch für einen Vertrag mit Ihnen: "
        "{categories}.",
        "another-person": "Das betrifft auch andere Menschen: {categories}.",
        "withheld": "In falschen Händen könnte Ihnen das schaden, darum senden wir es nicht: {categories}.",
        "unnamed": "In diesen Tabellen ist nichts als von Ihnen gegeben verzeichnet: {categories}.",
    },
)
