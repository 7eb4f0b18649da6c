"""What the demo's patients say of their doctors, and what those answer: all made up, and nothing medical in public."""

# How many of every twenty give so many stars.
STARS = (5,) * 10 + (4,) * 6 + (3,) * 2 + (2,) + (1,)
TEXTS = {
    5: (
        "Listened to the whole story before looking at the screen. I went home with a plan on one page.",
        "Explained every tablet and what it is for. Very clear.",
        "Called in five minutes after my time, and did not hurry me.",
        "I was nervous and it was noticed. Kind, and exact.",
        "Told me honestly that I do not need another scan.",
        "Read my old reports line by line, which nobody had done before.",
        "Clear words, no fright. I know now what to watch for at home.",
        "Very patient with my many questions.",
        "I was asked what I think myself. That has never happened to me before.",
        "The nurse and the doctor knew why I had come. I did not have to tell it twice.",
        "Careful, friendly, on time.",
    ),
    4: (
        "Good advice. The waiting room was full and I waited half an hour.",
        "Kind and exact. Parking near the gate is hard.",
        "Better after a week. I would have liked a little more time at the end.",
        "Good doctor, busy telephone: it is easier to book here.",
        "Helped me well. The room on the second floor is not easy to find.",
    ),
    3: (
        "The advice was fine, but I waited fifty minutes and nobody said why.",
        "A short visit. It helped in the end.",
        "I was told about the next visit only when I asked.",
    ),
    2: (
        "We waited an hour and were in the room for five minutes.",
        "My question about the report was not really answered.",
    ),
    1: ("Do not wait here. The shop beside the gate sells the same tablets without any paper.",),
}
IN_HINDI = {
    5: ("ध्यान से सुना और आसान भाषा में समझाया।", "बहुत अच्छे से देखा। धन्यवाद।"),
    4: ("इलाज अच्छा है, पर इंतज़ार लंबा था।", "सलाह काम आई। समय थोड़ा कम मिला।"),
}
ANSWERS = {
    5: ("Thank you, that is good to read.", "Thank you for writing. It reaches everybody in the practice."),
    4: ("Thank you for telling us so openly.", "Thank you. What can be better, we will make better."),
    3: ("Thank you for saying it. I have spoken about it with the reception.", "I am sorry. Next time will be better."),
    2: ("I am sorry. Please ask me again at the next visit, I will take the time.",),
}
HIDDEN_FOR = "Advertises a shop that sells medicines without a prescription"


def words(stars, name, said, dice):
    """What somebody of this name writes, or nothing. said: what was written of this doctor before; nobody repeats it."""
    in_hindi = any("\u0900" <= letter <= "\u097f" for letter in name)
    left = [text for text in (in_hindi and IN_HINDI.get(stars)) or TEXTS[stars] if text not in said]
    text = dice.choice(left) if left and (stars < 4 or dice.random() < 0.8) else ""
    said.add(text)
    return text


def answer(stars, text, dice):
    """What the doctor answers, or nothing: rarely to stars alone, mostly to what was not well."""
    if not text or stars not in ANSWERS or dice.random() < (0.7 if stars > 3 else 0.2):
        return ""
    return dice.choice(ANSWERS[stars])
