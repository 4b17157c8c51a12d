#!/usr/bin/env python3
"""Links the students of two rosters with Splink, and counts wrong merges and wrong splits beside the truth.

    splink_link.py FOLDER…        each with stored.csv and file.csv; prints one JSON document

Settings follow Splink's documentation: comparisons for names and e-mail with term frequencies, several blocking rules, u by random
sampling, m by expectation maximisation with three blocking rules where that is possible. Links are one to one, the best first, which Homeroom does too. The
threshold is the one at which all pairs together have the fewest wrong merges and splits: better than anybody could choose it
without the truth.
"""
import json, logging, pathlib, sys, warnings

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

warnings.filterwarnings("ignore")
TEXTS = ("sis_id", "email", "first", "last", "school", "clever_id", "username")
THRESHOLDS = [weight / 2 for weight in range(-20, 61)]


def read(connection, name, path):
    """Makes a table; empty cells are NULL, classes a list."""
    connection.execute(
        f"CREATE TABLE {name} AS SELECT row_number() OVER () AS unique_id, truth::INTEGER AS truth, "
        + ", ".join(f"nullif({column}, '') AS {column}" for column in TEXTS)
        + ", TRY_CAST(replace(grade, 'KG', '0') AS INTEGER) AS grade, string_split(classes, ' ') AS classes "
        + f"FROM read_csv('{path}', header = true, all_varchar = true)"
    )


def id_comparison(column):
    """An id hardly ever changes. That it does in 1 of 200 cases is given: trained on a district in which none has, Splink ends in a
    probability of 0, which it refuses."""
    return compare.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            levels.NullLevel(column),
            levels.ExactMatchLevel(column).configure(m_probability=0.995, fix_m_probability=True),
            levels.ElseLevel().configure(m_probability=0.005, fix_m_probability=True),
        ],
    )


def comparisons(columns):
    grade = compare.CustomComparison(
        output_column_name="grade",
        comparison_levels=[
            levels.NullLevel("grade"),
            levels.ExactMatchLevel("grade"),
            levels.CustomLevel("grade_r = grade_l + 1 OR grade_l = grade_r + 1", "the next grade"),
            levels.ElseLevel(),
        ],
    )
    all_of_them = {
        "sis_id": id_comparison("sis_id"),
        "email": compare.EmailComparison("email"),
        "first": compare.NameComparison("first").configure(term_frequency_adjustments=True),
        "last": compare.NameComparison("last").configure(term_frequency_adjustments=True),
        "grade": grade,
        "school": compare.ExactMatch("school"),
        "clever_id": id_comparison("clever_id"),
        "username": id_comparison("username"),
        "classes": compare.ArrayIntersectAtSizes("classes", [4, 2, 1]),
    }
    return [comparison for column, comparison in all_of_them.items() if column in columns]


def train(linker):
    """Where nothing ever differs in what a rule finds, or it finds nothing, training ends in an error, and the default stays."""
    for rule in (block_on("email"), block_on("first", "last"), block_on("last", "grade")):
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        except (ValueError, SplinkException):
            pass


def scored(folder):
    """The truths of both rosters, and all scored pairs as (weight, stored, file), the best first."""
    connection = duckdb.connect()
    for name in ("a_stored", "b_file"):
        read(connection, name, folder / f"{name[2:]}.csv")
    filled = ", ".join(f"count({column})" for column in TEXTS)
    counts = connection.execute(f"SELECT {filled} FROM a_stored").fetchall()[0]
    columns = [column for column, count in zip(TEXTS, counts) if count] + ["grade", "classes"]
    api = DuckDBAPI(connection=connection)
    frames = [api.register(name, dataset_display_name=f"{name}_in") for name in ("a_stored", "b_file")]
    keys = [block_on(column) for column in ("sis_id", "email", "clever_id", "username") if column in columns]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=comparisons(columns),
        blocking_rules_to_generate_predictions=[*keys, block_on("last"), block_on("first"), block_on("grade", "school")],
    )
    linker = Linker(frames, settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email"), block_on("first", "last", "school")], recall=0.95
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    train(linker)
    truths = [
        [truth for (truth,) in connection.execute(f"SELECT truth FROM {name} ORDER BY unique_id").fetchall()]
        for name in ("a_stored", "b_file")
    ]
    pairs = linker.inference.predict(threshold_match_weight=THRESHOLDS[0]).as_record_list()
    pairs = [(pair["match_weight"], pair["unique_id_l"] - 1, pair["unique_id_r"] - 1) for pair in pairs]
    return truths, sorted(pairs, reverse=True)


def linked(truths, pairs):
    """The pairs that are linked one to one, the best first, with their weights and whether they are right."""
    stored, file = set(), set()
    for weight, left, right in pairs:
        if left not in stored and right not in file:
            stored.add(left)
            file.add(right)
            yield weight, truths[0][left] == truths[1][right]


def main():
    logging.disable(logging.CRITICAL)
    both, links = 0, []
    for folder in map(pathlib.Path, sys.argv[1:]):
        truths, pairs = scored(folder)
        both += len(set(truths[0]) & set(truths[1]))
        links += linked(truths, pairs)

    def at(threshold):
        merges = sum(not right for weight, right in links if weight >= threshold)
        splits = both - sum(right for weight, right in links if weight >= threshold)
        return {"threshold": threshold, "wrong_merges": merges, "wrong_splits": splits}

    best = min(map(at, THRESHOLDS), key=lambda counts: counts["wrong_merges"] + counts["wrong_splits"])
    without_merges = [counts for counts in map(at, THRESHOLDS) if counts["wrong_merges"] == 0]
    print(json.dumps({"in_both": both, "best": best, "first_without_merges": next(iter(without_merges), None)}))


if __name__ == "__main__":
    main()
