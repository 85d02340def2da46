import dataclasses
import re

from train.study import StudyReport
from train.study.page import render_page


def test_the_page_needs_nothing_else_and_escapes_names(report: StudyReport) -> None:
    page = render_page(report)
    assert page.count("<svg") == 2
    assert not re.search(r"<(script|link|img)\b|(src|href)=\"http", page)
    assert "<b>" not in page
    assert "<gap>" not in page
    assert "mind the &lt;gap&gt;" in page


def test_a_name_with_dollar_signs_is_no_mathematics(report: StudyReport) -> None:
    assert "$x$" in render_page(report).split("What each stage of curation is worth")[1].split("</svg>")[0]


def test_the_same_report_gives_the_same_bytes(report: StudyReport) -> None:
    assert render_page(report) == render_page(report)


def test_without_ablations_there_is_the_curve_alone(report: StudyReport) -> None:
    page = render_page(dataclasses.replace(report, stages=[]))
    assert page.count("<svg") == 1
    assert "What curation is worth" not in page


def test_the_law_is_drawn_only_where_it_has_ground(report: StudyReport) -> None:
    assert "Dashed: the law" in render_page(report)
    groundless = dataclasses.replace(report, forecast=report.forecast._replace(gain=None, reason="no ground"))
    assert "Dashed: the law" not in render_page(groundless)
