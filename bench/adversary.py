"""Files that no school has, made so that everybody could be everybody: all share a name, an address, a number, a class."""
import csv

HEADER = (
    "school_id,school_name,teacher_id,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,"
    "student_id,student_first_name,student_last_name,student_email,student_grade_level"
).split(",")
SCHOOL_ID, CLASS_ID, CLASS_NAME, STUDENT_ID, FIRST, LAST, EMAIL = (
    HEADER.index(name)
    for name in ("school_id", "class_id", "class_name", "student_id", "student_first_name", "student_last_name", "student_email")
)

# The columns that have one value for everybody, by kind.
ONE_NAME = {FIRST: "José", LAST: "García"}
ONE_CLASS = {**{column: value for column, value in enumerate("100,North School,t1,ann.lee@north.example,Ann,Lee".split(","))},
             CLASS_ID: "1", CLASS_NAME: "Chess club"}
KINDS = {
    "the same name": ONE_NAME,
    "the same first name": {FIRST: "José"},
    "the same last name": {LAST: "García"},
    "the same address": {EMAIL: "office@north.example"},
    "the same number": {STUDENT_ID: "0000"},
    "all in one class": ONE_CLASS,
    "the same name, in one class": {**ONE_NAME, **ONE_CLASS},
    "numbers that are alike": {},
    "addresses that are alike": {},
}
GRADES = ["KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"]
SYLLABLES = ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za"]


def word(number):
    """A name for a number."""
    parts = []
    while number or len(parts) < 3:
        number, part = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[part])
    return "".join(parts).capitalize()


def rows(kind, count, night):
    """As many students, each in one class of 24; on the second night all have other numbers and addresses."""
    fixed = KINDS[kind]
    for at in range(count):
        group = at // 24
        school = group // 40
        row = [
            str(100 + school), f"{word(school)} School", f"t{group // 5}", f"t{group // 5}@staff.example", word(group // 5), "Teacher",
            f"c{group}", f"Class {group}", f"{night}{at:07}", word(at * 7919 % 3001), word(at * 104729 % 30011),
            f"{night}{word(at).lower()}{at}@pupils.example", GRADES[at * 13 // count],
        ]
        if kind == "numbers that are alike":
            row[STUDENT_ID] = f"{word(at + night)}-12345"
        if kind == "addresses that are alike":
            row[EMAIL] = f"office@{word(at + night).lower()}{night}.example"
        for column, value in fixed.items():
            row[column] = value
        yield row


def write(path, kind, count, night):
    """Writes the file of a night, once."""
    if not path.exists():
        with open(path, "w", newline="", encoding="utf-8") as written:
            out = csv.writer(written, lineterminator="\n")
            out.writerow(HEADER)
            out.writerows(rows(kind, count, night))
    return path
