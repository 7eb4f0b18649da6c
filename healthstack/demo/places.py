"""Specialties, languages and hospitals of the demo. The hospitals, their streets and their numbers are made up."""

from typing import NamedTuple

# Where all of the demo's hospitals stand: their days and hours are counted by this wall clock.
ZONE = "Asia/Kolkata"

# Name, what its doctor is called, address on the site.
SPECIALTIES = (
    ("Cardiology", "Cardiologist", "cardiology"),
    ("Dentistry", "Dentist", "dentistry"),
    ("Dermatology", "Dermatologist", "dermatology"),
    ("Ear, nose and throat", "ENT specialist", "ear-nose-throat"),
    ("Endocrinology", "Endocrinologist", "endocrinology"),
    ("Gastroenterology", "Gastroenterologist", "gastroenterology"),
    ("General medicine", "Physician", "general-medicine"),
    ("Gynaecology", "Gynaecologist", "gynaecology"),
    ("Neurology", "Neurologist", "neurology"),
    ("Ophthalmology", "Eye specialist", "ophthalmology"),
    ("Orthopaedics", "Orthopaedic surgeon", "orthopaedics"),
    ("Paediatrics", "Paediatrician", "paediatrics"),
    ("Psychiatry", "Psychiatrist", "psychiatry"),
    ("Pulmonology", "Chest physician", "pulmonology"),
    ("Urology", "Urologist", "urology"),
)

# Tag, name, its own name for itself.
LANGUAGES = (
    ("en", "English", "English"),
    ("hi", "Hindi", "हिन्दी"),
    ("mr", "Marathi", "मराठी"),
    ("kn", "Kannada", "ಕನ್ನಡ"),
    ("ur", "Urdu", "اردو"),
    ("pa", "Punjabi", "ਪੰਜਾਬੀ"),
    ("bn", "Bengali", "বাংলা"),
    ("ta", "Tamil", "தமிழ்"),
)


class Place(NamedTuple):
    key: str
    name: str
    slug: str
    kind: str
    city: str
    region: str
    street: str
    postcode: str
    phone: str
    about: str
    fees: dict = {}


UP, MH, KA = ("Lucknow", "Uttar Pradesh"), ("Mumbai", "Maharashtra"), ("Bengaluru", "Karnataka")

HOSPITALS = (
    Place(
        "kite",
        "Saffron Kite Hospital",
        "saffron-kite-hospital",
        "hospital",
        *UP,
        "7 Kite Makers' Road, Old Orchard",
        "226097",
        "+91 522 555 0101",
        "A teaching hospital with wards for the heart, the nerves, mothers and children. The main entrance has a ramp; "
        "the pharmacy beside it is open until ten in the evening.",
        {"follow_up": 400, "report_review": 250},
    ),
    Place(
        "marigold",
        "Marigold Lane Hospital",
        "marigold-lane-hospital",
        "hospital",
        *UP,
        "42 Marigold Lane, Riverside",
        "226096",
        "+91 522 555 0140",
        "Sixty beds by the river. Day surgery, physiotherapy and a quiet waiting room on every floor.",
    ),
    Place(
        "boat",
        "Paper Boat Clinic",
        "paper-boat-clinic",
        "clinic",
        *UP,
        "3 Paper Boat Crossing, First Floor",
        "226095",
        "+91 522 555 0177",
        "A clinic of five consulting rooms above the bookshop. There is a lift at the back.",
        {"check_up": 450, "follow_up": 300},
    ),
    Place(
        "thread",
        "Silver Thread Clinic",
        "silver-thread-clinic",
        "clinic",
        *UP,
        "19 Embroiderers' Market",
        "226094",
        "+91 522 555 0192",
        "Family doctors, dentists and someone to talk to. Open on Sundays.",
    ),
    Place(
        "sparrow",
        "Blue Sparrow Practice",
        "blue-sparrow-practice",
        "practice",
        *UP,
        "Ground floor, 88 Sparrow Gardens",
        "226093",
        "+91 522 555 0188",
        "The practice of Dr Ananya Trivedi. Two rooms, one nurse, and tea while you wait.",
    ),
    Place(
        "monsoon",
        "Monsoon Lantern Hospital",
        "monsoon-lantern-hospital",
        "hospital",
        *MH,
        "1 Lantern Street, Harbour Side",
        "400197",
        "+91 22 5550 0110",
        "A general hospital of ninety beds. Bring your papers; we return them with the bill.",
        {"follow_up": 600},
    ),
    Place(
        "palms",
        "Two Palms Hospital",
        "two-palms-hospital",
        "hospital",
        *MH,
        "220 Two Palms Avenue",
        "400196",
        "+91 22 5550 0220",
        "Bones, lungs and everything between. Wheelchairs stand at the gate.",
    ),
    Place(
        "wave",
        "Ninth Wave Clinic",
        "ninth-wave-clinic",
        "clinic",
        *MH,
        "9 Sea Breeze Steps, behind the fish market",
        "400195",
        "+91 22 5550 0909",
        "Six doctors, short queues, long opening hours.",
    ),
    Place(
        "bell",
        "Copper Bell Practice",
        "copper-bell-practice",
        "practice",
        *MH,
        "12 Copper Bell Lane",
        "400194",
        "+91 22 5550 0312",
        "A small practice near the station. Ring the bell, somebody is always in.",
    ),
    Place(
        "jacaranda",
        "Jacaranda Court Hospital",
        "jacaranda-court-hospital",
        "hospital",
        *KA,
        "5 Jacaranda Court, Lake View Layout",
        "560197",
        "+91 80 5550 0150",
        "A hundred and ten beds among old trees. The lake-side gate has parking.",
    ),
    Place(
        "cotton",
        "Silk Cotton Clinic",
        "silk-cotton-clinic",
        "clinic",
        *KA,
        "31 Silk Cotton Cross, 4th Main",
        "560196",
        "+91 80 5550 0331",
        "Walk in, sit down, be seen. We speak Kannada, Tamil, Hindi and English.",
    ),
    Place(
        "rain",
        "Rain Tree Practice",
        "rain-tree-practice",
        "practice",
        *KA,
        "77 Rain Tree Road",
        "560195",
        "+91 80 5550 0770",
        "",
    ),
)
