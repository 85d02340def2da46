from curate.lint.exchange import Exchange, ending, excerpt, without_code, word_count


def test_the_task_is_the_user_turn_without_its_material() -> None:
    row = Exchange("Add.\n\n1 2", "Add.\n\n1 2", "3", "1 2")
    assert (row.task, row.given, row.supplied) == ("Add.", "1 2", True)


def test_a_context_beside_the_user_turn_is_no_part_of_it() -> None:
    row = Exchange("Add 1 2.", "Add 1 2.", "3", "A page about sums.")
    assert (row.task, row.given, row.supplied) == ("Add 1 2.", "", True)
    bare = Exchange("Add 1 2.", "Add 1 2.", "3", "  ")
    assert (bare.given, bare.supplied) == ("", False)


def test_evidence_is_one_line_of_at_most_120_characters() -> None:
    long = "word\n" * 500
    assert "\n" not in excerpt(long) + ending(long)
    assert len(excerpt(long)) <= 120
    assert len(ending(long)) <= 120
    assert (excerpt("a b", 2), ending(" a\tb ")) == ("b", "a b")


def test_code_is_blanked_even_where_its_fence_never_closes() -> None:
    assert without_code("a `b` c ```d\ne``` f ~~~g~~~ h ```i").split() == ["a", "c", "f", "h"]


def test_two_signs_without_spaces_count_as_a_word() -> None:
    assert [word_count(text) for text in ("", "one two", "\u4e2d\u6587\u4e2d\u6587", "a \u4e2d\u6587")] == [0, 2, 3, 3]
