"""What the demo's patients come with and what they go with: complaints, diagnoses, usual generic medicines, advice.

Examples to look at, not advice to follow.
"""

from typing import NamedTuple

ADULT, CHILD, ALL = (16, 120), (2, 15), (2, 120)


class Remedy(NamedTuple):
    """`medicines`: "name | strength | dose | how often | food | days". `avoid`: allergies that forbid it."""

    complaint: str
    diagnosis: str
    medicines: tuple
    advice: str
    again: int | None = None  # days until the follow-up
    ages: tuple = ADULT
    avoid: str = ""
    gender: str = ""  # empty: for everybody

    def suits(self, person):
        """May this patient have it: age, gender, allergies?"""
        forbidden = {allergy[3] for allergy in person.allergies or ()}
        first, last = self.ages
        return (
            first <= person.age <= last
            and self.gender in ("", person.gender)
            and not (self.avoid and self.avoid in forbidden)
        )


PARACETAMOL = "Paracetamol | 500 mg | 1 tablet | as_needed | after | 5"
CHILDS_PARACETAMOL = "Paracetamol syrup | 250 mg/5 ml | 5 ml | as_needed | after | 3"

REMEDIES = {
    "Neurology": (
        Remedy(
            "Throbbing headache on one side, twice a week. Light makes it worse.",
            "Migraine without aura",
            (
                "Propranolol | 20 mg | 1 tablet | 1-0-1 | after | 30",
                "Paracetamol | 650 mg | 1 tablet | as_needed | after | 10",
            ),
            "Keep a headache diary. Regular meals and sleep. Not more than two pain tablets in a week.",
            14,
            (31, 65),
        ),
        Remedy(
            "तीन हफ़्ते से सिर में भारीपन और गर्दन में दर्द है।",
            "Tension-type headache",
            (PARACETAMOL,),
            "गर्दन की कसरत दिन में दो बार करें। मोबाइल कम देखें। खूब पानी पिएँ।",
            21,
        ),
        Remedy(
            "Burning feet at night. I have diabetes for eleven years.",
            "Diabetic peripheral neuropathy",
            (
                "Pregabalin | 75 mg | 1 capsule | 0-0-1 | after | 30",
                "Methylcobalamin | 1500 mcg | 1 tablet | 1-0-0 | after | 60",
            ),
            "Look at your feet every evening. Soft shoes, also at home.",
            30,
            (40, 85),
        ),
        Remedy(
            "No fit since last year. I need the tablets for the next months.",
            "Epilepsy, free of seizures for 14 months",
            ("Levetiracetam | 500 mg | 1 tablet | 1-0-1 | after | 90",),
            "Never stop by yourself. Sleep enough; no swimming alone.",
            84,
        ),
        Remedy(
            "The room turns when I lie down on the right side.",
            "Benign positional vertigo, right",
            ("Betahistine | 16 mg | 1 tablet | 1-1-1 | after | 7",),
            "The manoeuvre was done in the room. Get up slowly for some days.",
            10,
        ),
    ),
    "Cardiology": (
        Remedy(
            "My pressure at the chemist's was 158 over 96, twice.",
            "Essential hypertension",
            (
                "Telmisartan | 40 mg | 1 tablet | 1-0-0 | | 30",
                "Amlodipine | 5 mg | 1 tablet | 0-0-1 | | 30",
            ),
            "Less salt, half an hour's walk every day. Write down the pressure twice a week.",
            28,
            (40, 120),
        ),
        Remedy(
            "Yearly check, my father had a heart attack at 50.",
            "Raised LDL cholesterol",
            ("Atorvastatin | 10 mg | 1 tablet | 0-0-1 | after | 90",),
            "Blood fats again in three months, fasting.",
            90,
            (30, 85),
        ),
        Remedy(
            "Tightness in the chest on the stairs, gone when I rest.",
            "Stable angina",
            (
                "Aspirin (gastro-resistant) | 75 mg | 1 tablet | 0-1-0 | after | 30",
                "Metoprolol (extended release) | 25 mg | 1 tablet | 1-0-0 | after | 30",
                "Atorvastatin | 20 mg | 1 tablet | 0-0-1 | after | 30",
            ),
            "Pain that stays longer than ten minutes: call 112, do not drive yourself.",
            14,
            (40, 85),
            "nsaid",
        ),
    ),
    "Dermatology": (
        Remedy(
            "Itching rings on the waist since the rains began.",
            "Tinea corporis",
            (
                "Clotrimazole cream | 1% | 1 application | 1-0-1 | | 28",
                "Cetirizine | 10 mg | 1 tablet | 0-0-1 | | 10",
            ),
            "Go on for a week after it has gone. Separate towel, loose cotton.",
            28,
        ),
        Remedy(
            "Pimples on both cheeks, marks stay for months.",
            "Acne vulgaris, mild",
            ("Adapalene gel | 0.1% | 1 application | 0-0-1 | | 60",),
            "At first it gets drier, then better. Sunscreen in the morning.",
            56,
            (13, 35),
        ),
        Remedy(
            "The folds of the elbows are dry and itch at night.",
            "Atopic eczema",
            ("White soft paraffin | | 1 application | 1-0-1 | | 60",),
            "Short baths, lukewarm. Cream within three minutes.",
            30,
            ALL,
        ),
        Remedy(
            "Everybody at home is scratching, worst between the fingers.",
            "Scabies",
            ("Permethrin cream | 5% | 1 application | weekly | | 8",),
            "From neck to toes, wash off after 8 hours. The whole family on the same night. Bedding in the sun.",
            14,
        ),
    ),
    "Paediatrics": (
        Remedy(
            "Weight, feeding, and which vaccines are next?",
            "Well-baby check, growing along the curve",
            ("Vitamin D3 drops | 400 IU/ml | 1 ml | 1-0-0 | | 90",),
            "Go on with the drops. Next vaccines as in the card.",
            42,
            (0, 1),
        ),
        Remedy(
            "Runny nose and cough for three days, drinks well.",
            "Viral infection of the upper airways",
            (CHILDS_PARACETAMOL,),
            "Plenty to drink, saline drops for the nose. Come back if the breathing is fast.",
            None,
            (4, 15),
        ),
        Remedy(
            "दो दिन से दस्त और उल्टी है।",
            "Acute gastroenteritis, no dehydration",
            (
                "Oral rehydration salts | WHO formula | 1 sachet | as_needed | | 3",
                "Zinc syrup | 20 mg/5 ml | 5 ml | 1-0-0 | after | 14",
            ),
            "ओ.आर.एस. का घोल थोड़ा-थोड़ा पिलाएँ। खून दिखे या बच्चा सुस्त हो तो तुरंत आएँ।",
            3,
            CHILD,
        ),
        Remedy(
            "Pain on swallowing and fever since yesterday.",
            "Streptococcal tonsillitis",
            ("Amoxicillin syrup | 250 mg/5 ml | 5 ml | 1-1-1 | after | 10", CHILDS_PARACETAMOL),
            "Finish the bottle, also when it is better.",
            10,
            (5, 15),
            "penicillin",
        ),
    ),
    "General medicine": (
        Remedy(
            "Fever with body ache for two days, no cough.",
            "Viral fever",
            (PARACETAMOL,),
            "Rest, plenty to drink. If it lasts more than three days: blood count and dengue test.",
            3,
        ),
        Remedy(
            "Always tired, and my bones ache in the morning.",
            "Vitamin D deficiency",
            ("Cholecalciferol | 60,000 IU | 1 sachet | weekly | after | 56",),
            "The sachet in milk. Twenty minutes of morning sun. Level again in three months.",
            60,
        ),
        Remedy(
            "Sugar was 118 fasting at the health camp.",
            "Impaired fasting glucose",
            (),
            "No sugar in tea, half the rice, a walk after dinner. HbA1c before the next visit.",
            30,
        ),
        Remedy(
            "गले में खराश और खाँसी है, बुखार नहीं है।",
            "Acute pharyngitis",
            ("Cetirizine | 10 mg | 1 tablet | 0-0-1 | | 5", PARACETAMOL),
            "गरम पानी से गरारे करें। तीन दिन में आराम न हो तो दिखाएँ।",
        ),
        Remedy(
            "Burning when passing water since yesterday, no fever.",
            "Uncomplicated cystitis",
            ("Nitrofurantoin | 100 mg | 1 capsule | 1-0-1 | with | 5",),
            "Drink two to three litres. Urine culture sent.",
            7,
            (18, 60),
            gender="female",
        ),
    ),
    "Orthopaedics": (
        Remedy(
            "My knees hurt on the stairs, the right one more.",
            "Osteoarthritis of the knees",
            (
                "Paracetamol | 650 mg | 1 tablet | as_needed | after | 14",
                "Diclofenac gel | 1.16% | 1 application | 1-0-1 | | 14",
            ),
            "Thigh exercises, twenty times, twice a day. A stick in the left hand.",
            42,
            (45, 120),
            "nsaid",
        ),
        Remedy(
            "Lifted a cylinder, now I cannot straighten my back.",
            "Acute low back pain, no nerve signs",
            ("Paracetamol | 650 mg | 1 tablet | 1-1-1 | after | 5",),
            "Keep moving, no bed rest. A warm cloth helps. Numbness or trouble with urine: come at once.",
            10,
        ),
        Remedy(
            "Twisted my ankle at football.",
            "Sprain of the ankle, no fracture",
            ("Ibuprofen | 400 mg | 1 tablet | 1-0-1 | after | 5",),
            "Ice, bandage, leg up. Walking is allowed.",
            14,
            (16, 39),
            "nsaid",
        ),
    ),
    "Gynaecology": (
        Remedy(
            "Cramps on the first two days; I miss college for it.",
            "Painful periods",
            ("Mefenamic acid | 500 mg | 1 tablet | 1-1-1 | after | 3",),
            "Begin on the evening before. A hot water bottle is medicine too.",
            60,
            (16, 40),
            "nsaid",
        ),
        Remedy(
            "Heavy bleeding for eight days each month, I am out of breath.",
            "Iron deficiency anaemia",
            (
                "Ferrous ascorbate with folic acid | 100 mg/1.5 mg | 1 tablet | 0-1-0 | after | 60",
                "Tranexamic acid | 500 mg | 1 tablet | 1-1-1 | after | 5",
            ),
            "Lemon with the iron, no tea for an hour. Blood count in a month.",
            30,
            (16, 50),
        ),
        Remedy(
            "Hot flushes, and I wake up at four.",
            "Menopausal symptoms",
            ("Calcium with vitamin D3 | 500 mg/250 IU | 1 tablet | 1-0-1 | after | 60",),
            "Layers of cotton, less chilli and tea in the evening. We talk about hormones next time.",
            60,
            (45, 120),
        ),
    ),
    "Psychiatry": (
        Remedy(
            "I cannot sleep before three, thoughts go round.",
            "Generalised anxiety",
            ("Escitalopram | 10 mg | 1 tablet | 1-0-0 | after | 30",),
            "It needs two weeks to begin. No phone in bed; the breathing that we practised, morning and night.",
            14,
            (18, 64),
        ),
        Remedy(
            "Nothing gives me joy since my transfer.",
            "Depressive episode, moderate",
            ("Sertraline | 50 mg | 1 tablet | 1-0-0 | after | 30",),
            "One walk and one phone call a day. If dark thoughts come: 112 or the helpline, at any hour.",
            14,
            (18, 64),
        ),
        Remedy(
            "मन घबराता है, रात को नींद नहीं आती।",
            "Sleep disturbance",
            (),
            "सोने-उठने का समय एक रखें। शाम के बाद चाय न लें। दिन में आधा घंटा टहलें।",
            21,
        ),
    ),
    "Ophthalmology": (
        Remedy(
            "Eyes burn after the day at the screen.",
            "Dry eyes",
            ("Carboxymethylcellulose eye drops | 0.5% | 1 drop | 1-1-1-1 | | 30",),
            "A drop in both eyes. Every twenty minutes look far away for twenty seconds.",
            30,
        ),
        Remedy(
            "Itching, red eyes every spring.",
            "Allergic conjunctivitis",
            ("Olopatadine eye drops | 0.1% | 1 drop | 1-0-1 | | 14",),
            "Cold cloth. Do not rub.",
            None,
            ALL,
        ),
        Remedy(
            "Night driving is hard, lamps have rings.",
            "Cataract, both eyes, early",
            (),
            "New spectacles now; surgery only when it troubles you. Check in six months.",
            180,
            (55, 120),
        ),
    ),
    "Ear, nose and throat": (
        Remedy(
            "Blocked nose in the morning, sneezing in rows.",
            "Allergic rhinitis",
            (
                "Fluticasone nasal spray | 50 mcg | 1 puff | 1-0-0 | | 30",
                "Montelukast with levocetirizine | 10 mg/5 mg | 1 tablet | 0-0-1 | after | 15",
            ),
            "Point the spray outwards. Covers off the mattress, into the sun.",
            30,
        ),
        Remedy(
            "Cannot hear well on the left since the bath.",
            "Ear wax, left",
            ("Wax softening ear drops | | 3 drops | 1-0-1 | | 5",),
            "No cotton buds. It is washed out next week.",
            7,
            ALL,
        ),
        Remedy(
            "Pain in the face, green discharge for twelve days.",
            "Acute bacterial sinusitis",
            (
                "Amoxicillin with clavulanic acid | 625 mg | 1 tablet | 1-0-1 | after | 7",
                "Xylometazoline nasal drops | 0.1% | 2 drops | 1-0-1 | | 5",
            ),
            "Steam twice a day. Never longer than five days with the drops.",
            10,
            ADULT,
            "penicillin",
        ),
    ),
    "Gastroenterology": (
        Remedy(
            "Burning behind the breast bone after dinner.",
            "Reflux disease",
            ("Pantoprazole | 40 mg | 1 tablet | 1-0-0 | before | 28",),
            "Dinner three hours before bed, the head of the bed on two bricks.",
            28,
        ),
        Remedy(
            "Bloated, now loose, now hard, since college.",
            "Irritable bowel syndrome",
            ("Ispaghula husk | | 1 sachet | 0-0-1 | after | 30",),
            "The husk in a glass of water. Write down what you eat and what it does. No tests needed now.",
            42,
        ),
        Remedy(
            "Only every fourth day, and hard.",
            "Constipation",
            ("Lactulose | 10 g/15 ml | 15 ml | 0-0-1 | after | 14",),
            "Fruit, water, and the same time each morning.",
            21,
        ),
    ),
    "Endocrinology": (
        Remedy(
            "Reports are in: HbA1c 8.1.",
            "Type 2 diabetes, not at goal",
            (
                "Metformin (extended release) | 1000 mg | 1 tablet | 1-0-1 | with | 60",
                "Glimepiride | 1 mg | 1 tablet | 1-0-0 | before | 60",
            ),
            "Goal for next time: 7.5. Sweets ready for low sugar; you know the signs.",
            60,
            (30, 75),
            "sulfa",
        ),
        Remedy(
            "Weight goes up and hair comes out. TSH was 14.",
            "Hypothyroidism",
            ("Levothyroxine | 50 mcg | 1 tablet | 1-0-0 | before | 60",),
            "Empty stomach, half an hour before tea. TSH in eight weeks.",
            56,
        ),
    ),
    "Pulmonology": (
        Remedy(
            "Wheezing at night and after running.",
            "Asthma, partly controlled",
            (
                "Budesonide with formoterol inhaler | 200 mcg/6 mcg | 1 puff | 1-0-1 | | 30",
                "Salbutamol inhaler | 100 mcg | 2 puffs | as_needed | | 30",
            ),
            "Spacer always, rinse the mouth after. Your plan is on the green sheet.",
            30,
            (16, 30),
        ),
        Remedy(
            "Cough for five weeks. The X-ray is clean.",
            "Cough after a virus",
            ("Cetirizine | 10 mg | 1 tablet | 0-0-1 | | 10",),
            "Honey and patience. Sputum twice, to be sure.",
            21,
        ),
        Remedy(
            "Thirty years of beedi; breathless at the bus stop.",
            "Chronic obstructive pulmonary disease",
            ("Tiotropium inhaler | 9 mcg | 2 puffs | 1-0-0 | | 30",),
            "The best medicine is the last beedi. Flu and pneumonia vaccines.",
            30,
            (50, 120),
        ),
    ),
    "Urology": (
        Remedy(
            "Up four times a night, and the stream is weak.",
            "Enlarged prostate",
            ("Tamsulosin | 0.4 mg | 1 capsule | 0-0-1 | after | 30",),
            "Little to drink after seven. Rise slowly on the first days.",
            30,
            (50, 120),
            gender="male",
        ),
        Remedy(
            "Pain from the back to the groin, like waves.",
            "Kidney stone, 4 mm, left",
            ("Tamsulosin | 0.4 mg | 1 capsule | 0-0-1 | after | 14", PARACETAMOL),
            "Three litres of water; catch the stone in a sieve. Fever with pain: come at once.",
            14,
            (16, 49),
        ),
        Remedy(
            "I have to run, and do not always make it.",
            "Overactive bladder",
            (),
            "Bladder training as we practised: ten minutes longer each week. Little tea.",
            42,
        ),
    ),
    "Dentistry": (
        Remedy(
            "Toothache, bottom left, worse with cold tea.",
            "Caries of a molar",
            (PARACETAMOL,),
            "Filling done. No chewing on that side today.",
            None,
        ),
        Remedy(
            "Gums bleed when I brush.",
            "Gingivitis",
            ("Chlorhexidine mouthwash | 0.2% | 10 ml | 1-0-1 | after | 14",),
            "Spit the mouthwash out. Soft brush, small circles. Scaling at the next visit.",
            21,
        ),
        Remedy(
            "School check found two holes.",
            "Caries of milk teeth",
            (),
            "Two small fillings done. No sweets after brushing at night.",
            90,
            CHILD,
        ),
    ),
}

# What patient@ got first, before the diagnosis was sure.
FIRST_AID = Remedy(
    "Throbbing headache on one side, twice a week. Light makes it worse.",
    "Headache, probably migraine",
    (
        "Paracetamol | 650 mg | 1 tablet | as_needed | after | 5",
        "Domperidone | 10 mg | 1 tablet | as_needed | before | 5",
    ),
    "MRI of the head, then we meet again. Write down when it comes and what you ate.",
    7,
)
AGAIN = (
    "You asked me to come back.",
    "Better than last time, but not gone.",
    "Second visit, the blood report is with me.",
    "जैसा आपने कहा था, दोबारा दिखाने आ रहे हैं।",
    "Tablets are nearly finished.",
    "",
)
DECLINED = (
    "I am not available at that time",
    "This needs another specialist",
    "Please see your family doctor first",
)
CALLED_OFF_BY_PATIENT = (
    "Out of town that day",
    "Feeling better",
    "The office does not let me go",
    "तबीयत अब ठीक है",
    "",
)
CALLED_OFF_BY_DOCTOR = ("Called to an emergency", "I am ill myself, please book another day")
