"""The vocabulary of the invented organisation: names, places and sentences from which everything is drawn."""

GIVEN = (
    "Ada Aina Alma Anouk Antje Bao Birgit Bodil Carlos Cemre Chidi Dörte Dušan Ebba Edda Elif "
    "Émile Enno Fenna Fiete Folke Femke Gesa Giulia Gönül Hauke Hedda Hinnerk Ida Ilse Imke Inès "
    "Ivo Jakub Jette Jian Jorge Jörn Joost Kaja Karim Keno Klára Lale Lasse Leyla Liv Lotte "
    "Łukasz Maaike Malin Marit Mei Mehmet Mira Nadja Niels Nils Noa Okke Ole Ömer Paula Péter Pia "
    "Quirin Rahel Rena Rıza Sanna Søren Sven Swantje Tadeusz Tomke Tiago Ulf Ute Vera Wiebke Wim "
    "Xenia Yara Yusuf Zainab Zoë Žofia"
).split()
FAMILY = (
    "Ahlers Asmussen Bakker Balogh Behrens Bergström Boysen Brodersen Carstens Claußen Çelik Dahl "
    "Demir Diallo Dijkstra Dvořák Ekström Feddersen Fischer Friedrichsen García Gerdes Gonçalves "
    "Groothuis Hansen Harms Hinrichs Hoekstra Horváth Ibrahim Ingwersen Jacobsen Janßen Jensen "
    "Johannsen Kaya Keller Ketelsen Kowalski Krüger Kühn Lassen Levy Lindqvist Lorenzen Lützen "
    "Martens Mbeki Meyer Müller Nagy Nguyen Nissen Nowak Núñez Okafor Olufsen Özdemir Paulsen "
    "Petersen Peeters Postma Quast Rasmussen Reimers Rossi Röhl Schröder Şahin Sørensen Steensen "
    "Strandgård Takahashi Thomsen Tjarks Ünal Vandamme Visser Volquardsen Wagner Weiß Wójcik "
    "Yılmaz Zhang Žižek"
).split()
STREETS = (
    "Deichweg,Hafenstraße,Am Siel,Koogstraße,Werftgang,Möwenweg,Lange Reihe,Norderende,"
    "Süderstraße,Ankerplatz,Schleusenweg,Wattblick,Fährhof,Priel,Mühlenbrink"
).split(",")
CITIES = (
    ("25813", "Husum", "DE"),
    ("25899", "Niebüll", "DE"),
    ("24937", "Flensburg", "DE"),
    ("26721", "Emden", "DE"),
    ("27568", "Bremerhaven", "DE"),
    ("9711", "Groningen", "NL"),
    ("8911", "Leeuwarden", "NL"),
    ("6200", "Aabenraa", "DK"),
)
HOSTS = (
    "brook.example.org",
    "harbour.example.org",
    "mail.example.com",
    "post.example.net",
    "inbox.example",
    "workshop.example",
    "home.invalid",
)
SENTENCES = (
    "The second prototype of the tide gauge runs since Tuesday.",
    "Has anybody measured the current of the sensor board at night?",
    "I would use the larger connector; the small one corrodes within a winter.",
    "The drawings are in the repository, under hardware/enclosure.",
    "It works here with the old firmware, but not with the new one.",
    "Please look at the solder joints first.",
    "We have twelve kits left and will pack them on Saturday.",
    "My neighbour printed the lid in PETG and it holds.",
    "The datasheet says 3.3 V, the silkscreen says 5 V. Trust neither.",
    "Thank you, that was it: a cold joint on pin 7.",
    "I bring two boards to the next open workshop.",
    "The calibration drifts by 2 mm a week, which is fine for us.",
    "Could somebody translate the manual into Dutch?",
    "With a pull-up of 4.7 kΩ the bus is quiet.",
    "The licence of that footprint is unclear, so I drew my own.",
    "Salt water wins in the end.",
)
TOPICS = (
    "Tide gauge",
    "Weather mast",
    "Solar charger",
    "Bus adapter",
    "Enclosure",
    "Firmware",
    "Workshop dates",
    "Kits and parts",
    "LoRa gateway",
    "Soundcard",
    "Calibration",
    "Documentation",
)
PRODUCTS = (
    ("Tide gauge kit", 8900),
    ("Weather mast kit", 14900),
    ("Solar charger board", 3900),
    ("Bus adapter", 1900),
    ("Enclosure, small", 1200),
    ("Enclosure, large", 1800),
    ("Sensor board", 2900),
    ("Cable set", 900),
    ("Soldering mat", 2200),
    ("Engraved name plate", 1500),
    ("Field notebook", 700),
    ("Workshop ticket", 2500),
)
BADGES = (
    ("First post", "Wrote something"),
    ("Finisher", "Built a kit to the end"),
    ("Translator", "Translated a manual"),
    ("Tester", "Tested a prototype"),
    ("Host", "Held an open workshop"),
    ("Night owl", "Answered at three in the morning"),
)
TAGS = ("donor", "volunteer", "press", "school", "board", "host", "translator", "lapsed")
CAMPAIGNS = ("Winter appeal", "Workshop roof", "Kits for schools", "Monthly gift")
LISTS = ("announce", "firmware", "builders")
