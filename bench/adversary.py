"""Files that no school has, made so that everybody could be everybody: all share a name, an address, a number, a class."""
import csv, json

# What the second of two such nights may cost.
MOST_SECONDS, MOST_MEGABYTES = 10, 600

# A student has as many rows as in the rosters of gen/, one for each subject.
SUBJECTS = 6

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
    """As many students, each in six classes of 24; on the second night all have other numbers and addresses."""
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
        for subject in range(SUBJECTS):
            yield [f"{cell}-{subject}" if column in (CLASS_ID, CLASS_NAME) else cell for column, cell in enumerate(row)]


def write(path, kind, count, night):
    """Writes the file of a night, once."""
    if not path.exists():
        with open(path, "w", newline="", encoding="utf-8") as written:
            out = csv.writer(written, lineterminator="\n")
            out.writerow(HEADER)
            out.writerows(rows(kind, count, night))
    return path


def adversary(measure, fresh, homeroom, work, students):
    """Syncs two nights of each kind; returns the table as text."""
    lines = [f"\n{'students who could be everybody':34} {'rows':>8} {'seconds':>8} {'CPU':>8} {'peak MB':>8}  what is said"]
    quiet = {"HOMEROOM__LOG__FILTER": "warn"}
    for kind in KINDS:
        nights = [write(work / f"adversary-{night}.csv", kind, students, night) for night in (1, 2)]
        sync = (homeroom, "--data", fresh(homeroom, "adversary", quiet), "--json", "sync", "lakeshore")
        measure(*sync, nights[0], env=quiet, ok=(0, 3, 4, 5))
        wall, cpu, memory, out = measure(*sync, nights[1], env=quiet, ok=(0, 3, 4, 5))
        above = "  ABOVE" if wall > MOST_SECONDS or memory > MOST_MEGABYTES else ""
        lines.append(f"{kind:34} {students * SUBJECTS:8} {wall:8.2f} {cpu:8.2f} {memory:8.0f}  {said(json.loads(out))}{above}")
        for night in nights:
            night.unlink()
    return "\n".join(lines)


def said(run):
    """The state of a run, and the codes and fuses that say what is wrong with its file."""
    codes = {finding["code"] for finding in run["check"]["findings"]} if run.get("check") else set()
    fuses = {blown["fuse"] for blown in (run.get("held") or {}).get("fuses", [])}
    alike = ["a crowd shares too much"] if any("crowd" in message for message in run.get("messages", [])) else []
    return ", ".join([run["state"], *sorted(codes), *(f"fuse {fuse}" for fuse in sorted(fuses)), *alike])
