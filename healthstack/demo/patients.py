"""The sixty patients of the demo: all made up."""

from typing import NamedTuple

NOT_ASKED, NONE_KNOWN = None, ()

# Substance, what happens, how bad, and what a prescription must therefore leave out.
PENICILLIN = ("Penicillin", "Rash, swollen lips", "severe", "penicillin")
AMOXICILLIN = ("Amoxicillin", "Hives within an hour", "moderate", "penicillin")
SULFA = ("Sulfa medicines", "Blisters", "severe", "sulfa")
ASPIRIN = ("Aspirin", "Wheezing", "severe", "nsaid")
IBUPROFEN = ("Ibuprofen", "Swollen eyelids", "moderate", "nsaid")
LATEX = ("Latex", "Itching hands", "mild", "")
PEANUTS = ("Peanuts", "Tight throat", "severe", "")
EGG = ("Egg", "Vomiting", "mild", "")
SHELLFISH = ("Prawns", "Hives", "moderate", "")
DUST = ("House dust", "Sneezing", "mild", "")
BEES = ("Bee stings", "Fainted once", "severe", "")
CONTRAST = ("X-ray contrast", "Hives", "moderate", "")


class Person(NamedTuple):
    name: str
    gender: str
    age: int
    blood_group: str
    allergies: tuple | None
    city: str


PATIENTS = tuple(
    Person(*facts, city)
    for city, people in (
        (
            "Lucknow",
            (
                ("Asha Verma", "female", 34, "B+", (PENICILLIN, DUST)),
                ("Ramesh Yadav", "male", 58, "O+", NONE_KNOWN),
                ("Nusrat Jahan", "female", 27, "A+", NOT_ASKED),
                ("अनीता शर्मा", "female", 45, "B+", (SULFA,)),
                ("Devendra Pratap", "male", 51, "AB+", (PEANUTS, PENICILLIN)),
                ("Meenakshi", "female", 39, "O-", NONE_KNOWN),
                ("Salman Ansari", "male", 23, "", NOT_ASKED),
                ("Sarojini Bhatnagar", "female", 92, "A-", (ASPIRIN,)),
                ("Rohit Kesarwani", "male", 31, "O+", NONE_KNOWN),
                ("Gulab Devi", "female", 77, "B-", NOT_ASKED),
                ("Aarav Mathur", "male", 6, "B+", (EGG,)),
                ("Bilal Khan", "male", 42, "A+", NONE_KNOWN),
                ("Priti Nishad", "female", 29, "AB-", (LATEX,)),
                ("रामप्रसाद यादव", "male", 68, "O+", NONE_KNOWN),
                ("Inaya Rizwan", "female", 0, "", NOT_ASKED),
                ("Sunil Dwivedi", "male", 47, "A+", (CONTRAST,)),
                ("Kiran Bala", "female", 55, "O+", NONE_KNOWN),
                ("Chandni Sonkar", "female", 19, "B+", NOT_ASKED),
                ("Harish Vishwakarma", "male", 63, "AB+", (SULFA, LATEX)),
                ("Tanvi Agarwal", "female", 11, "A+", NONE_KNOWN),
                ("Mohd Arif", "male", 36, "O+", NONE_KNOWN),
                ("Usha Kushwaha", "female", 60, "B+", (IBUPROFEN,)),
                ("Ayush Gautam", "male", 15, "", NOT_ASKED),
                ("Rukhsana Begum", "female", 49, "A-", NONE_KNOWN),
                ("Jitendra Pal", "male", 40, "B+", (BEES,)),
                ("Shanti Rawat", "female", 84, "O+", NONE_KNOWN),
                ("Vivek Tewari", "male", 26, "A+", NONE_KNOWN),
                ("Lalita Maurya", "female", 33, "O+", NOT_ASKED),
                ("Farhan Haider", "male", 3, "O+", (PEANUTS,)),
                ("Poonam Shukla", "female", 52, "B-", NONE_KNOWN),
                ("Gyanendra Nath", "male", 71, "AB+", NOT_ASKED),
                ("Sadaf Parveen", "female", 22, "A+", NONE_KNOWN),
            ),
        ),
        (
            "Mumbai",
            (
                ("Maria D'Souza", "female", 44, "A+", (PENICILLIN,)),
                ("Sachin Bhosale", "male", 37, "B+", NONE_KNOWN),
                ("Vaishali Kadam", "female", 30, "O+", NOT_ASKED),
                ("Hormuz Batliwala", "male", 81, "AB+", (ASPIRIN, SHELLFISH)),
                ("Tejas Mhatre", "male", 9, "B+", NONE_KNOWN),
                ("Ketaki Ranade", "female", 25, "A-", NONE_KNOWN),
                ("Suresh Gaikwad", "male", 56, "O+", NOT_ASKED),
                ("Reshma Shaikh", "female", 41, "B+", (SULFA,)),
                ("Dinkar Salvi", "male", 69, "O-", NONE_KNOWN),
                ("Ira Chitnis", "female", 1, "A+", NOT_ASKED),
                ("Prakash Jadhav", "male", 48, "A+", (IBUPROFEN,)),
                ("Leena Fernandes", "female", 35, "O+", NONE_KNOWN),
                ("सविता पाटील", "female", 62, "B+", NONE_KNOWN),
                ("Zubin Irani", "male", 28, "", NOT_ASKED),
                ("Manda Shinde", "female", 74, "O+", (CONTRAST,)),
                ("Aditya Sathe", "male", 13, "B+", NONE_KNOWN),
            ),
        ),
        (
            "Bengaluru",
            (
                ("Bhavana Rao", "female", 32, "O+", NONE_KNOWN),
                ("Manjunath Swamy", "male", 54, "B+", (AMOXICILLIN,)),
                ("Deepa Venkatesh", "female", 46, "A+", NOT_ASKED),
                ("Selvi", "female", 65, "O+", NONE_KNOWN),
                ("Arjun Belliappa", "male", 29, "AB-", (LATEX, BEES)),
                ("Nandini Achar", "female", 38, "B+", NONE_KNOWN),
                ("Chetan Reddappa", "male", 8, "A+", (EGG, PEANUTS)),
                ("Rahmat Ulla", "male", 59, "O+", NOT_ASKED),
                ("Kaveri Ponnappa", "female", 24, "O-", NONE_KNOWN),
                ("Siddharth Kini", "male", 43, "B-", (SHELLFISH,)),
                ("Padmavathi Ananthakrishnan", "female", 88, "A+", NONE_KNOWN),
                ("Vinod Thimmaiah", "male", 50, "O+", NOT_ASKED),
            ),
        ),
    )
    for facts in people
)

PATIENT = 1  # patient@demo.example
# Whom the doctor of doctor@ sees today, by number: the one in the room has allergies.
IN_THE_ROOM, WAITING, ASKS_FOR_TODAY = 5, (2, 18), 9
SEEN_TODAY, LATER_TODAY = (12, 17, 24, 28, 31, 32), (21, 25, 27, 30, 3)
ASK_FOR_LATER = (13, 16, 22)
IN_THE_ROOM_SAYS = "Since Sunday my left hand tingles, and I drop things."
ASK_SAYING = (
    "The headache is much worse since this morning. Is there still a time today?",
    "हाथों में कँपकँपी रहती है, चाय का कप छलक जाता है।",
    "My family doctor sends me with the EEG report.",
    "Second opinion, please. I bring the scans of both years on a CD.",
)
BUSY_TODAY = {PATIENT, IN_THE_ROOM, *WAITING, *SEEN_TODAY, *LATER_TODAY, ASKS_FOR_TODAY}
