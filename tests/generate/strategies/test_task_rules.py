import pytest

from generate.strategies import task_rules
from generate.strategies.seed_tasks import OURS, Task, read_seeds
from generate.strategies.task_rules import RULES, conflicts


def words(count: int) -> str:
    return " ".join(["word"] * count)


@pytest.mark.parametrize(
    ("rule", "task", "reason"),
    [
        ("length", Task(words(3), "", "x"), "short_instruction"),
        ("length", Task(words(4), "", "x"), None),
        ("length", Task(words(150), "", "x"), None),
        ("length", Task(words(151), "", "x"), "long_instruction"),
        ("blacklist", Task("Describe the Picture for me", "", "x"), "blacklisted_word"),
        ("blacklist", Task("Then go to the shop", "", "x"), "blacklisted_word"),
        ("blacklist", Task("Open the profile of the customer", "a file", "an image"), None),
        ("program", Task("Write a program that adds", "", "x"), "asks_for_program"),
        ("program", Task("write a program that adds", "", "x"), None),
        ("punctuation", Task("- List the rules", "", "x"), "begins_with_sign"),
        ("punctuation", Task("List the rules!", "-", "-"), None),
        ("non_ascii", Task("Übersetze den Satz", "", "x"), "begins_with_non_ascii"),
        ("non_ascii", Task("Write über", "", "x"), None),
        ("echo", Task("Copy it", "same", "same"), "output_is_input"),
        ("echo", Task("Copy it", "", ""), None),
        ("empty", Task("Copy it", "", " "), "empty_output"),
        ("empty", Task("Copy it", "", "0"), None),
        ("colon", Task("List it", "The parts:", "x"), "ends_with_colon"),
        ("colon", Task("List it", "x", "Here they are: "), "ends_with_colon"),
        ("colon", Task("List it:", "x", "a: b"), None),
    ],
)
def test_each_rule_has_its_reason_and_its_edge(rule: str, task: Task, reason: str | None) -> None:
    found = RULES[rule](task)
    assert (found.reason if found else None) == reason


def test_the_list_of_words_is_the_original_s_eighteen() -> None:
    assert len(task_rules.BLACKLIST.split()) + len(["go to"]) == 18


def test_several_outputs_for_one_instruction_and_input_reject_them_all() -> None:
    tasks = [
        Task("Sort it", "a", "x"),
        Task("sort it.", "a", "y"),
        Task("Sort it", "b", "x"),
        Task("Sort it", "b", "x"),
        Task("Name it", "a", "z"),
        Task("Say no", "", "x"),
        Task("Say no", "", "y"),
    ]
    assert {place: fault.reason for place, fault in conflicts(tasks).items()} == dict.fromkeys(
        (0, 1), "conflicting_outputs"
    )


@pytest.mark.parametrize("task", read_seeds(OURS), ids=lambda task: task.instruction[:40])
def test_our_seeds_pass_all_rules_but_the_list_of_words(task: Task) -> None:
    assert [name for name, rule in RULES.items() if rule(task) and name != "blacklist"] == []
