"""Who is who, and what goes ahead by itself: simulated district-years whose truth is known, and Splink on the same pairs of rosters."""
import csv, json, pathlib, shutil, subprocess

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
GAPS = {"half-a-year": "half a year", "over-the-summer": "over the summer"}


def out_of(*command):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def trust(simulator, work, python, districts):
    """Plays district-years, links pairs of rosters, and returns the tables as text."""
    played = out_of(simulator, "table", "--districts", districts)
    folder = work / "pairs"
    shutil.rmtree(folder, ignore_errors=True)
    sh = out_of(simulator, "pairs", "--districts", 12, "--out", folder)
    assert not sh, sh
    with open(folder / "homeroom.csv", newline="") as read:
        homeroom = list(csv.DictReader(read))
    lines = [f"\n{'the same students in two rosters':34} {'in both':>8}  {'wrong merges':>24}  {'wrong splits':>24}"]
    lines.append(f"{'':34} {'':8}  {'homeroom':>12} {'Splink':>11}  {'homeroom':>12} {'Splink':>11}")
    for gap, words in GAPS.items():
        ours = [row for row in homeroom if row["gap"] == gap]
        folders = [folder / row["pair"] for row in ours]
        peer = json.loads(out_of(python, PEERS / "splink_link.py", *folders))
        total = {key: sum(int(row[key]) for row in ours) for key in ("in_both", "wrong_merges", "wrong_splits", "asked")}
        assert total["in_both"] == peer["in_both"], (total, peer)
        lines.append(
            f"{words:34} {total['in_both']:8}  {total['wrong_merges']:12} {peer['best']['wrong_merges']:11}  "
            f"{total['wrong_splits']:12} {peer['best']['wrong_splits']:11}"
        )
        lines.append(f"{'':4}Splink's best threshold is a weight of {peer['best']['threshold']}; {without_merges(peer)}.")
        lines.append(f"{'':4}Homeroom asked about {total['asked']} of {len(ours)} pairs of rosters; what it proposed was approved unseen.")
    return played + "\n".join(lines)


def without_merges(peer):
    first = peer["first_without_merges"]
    if first is None:
        return "at no threshold is it without wrong merges"
    return f"without wrong merges from {first['threshold']} on, with {first['wrong_splits']} wrong splits"
