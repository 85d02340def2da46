from train.study import StudyReport
from train.study.markdown import markdown


def test_the_tables_hold_every_size_and_stage(report: StudyReport) -> None:
    lines = markdown(report).splitlines()
    assert "| 100 % | 200 | 30 | 2.0 | 2.200 (2.100 to 2.300) | -0.800 (-0.900 to -0.700) |" in lines
    assert "| &lt;b>\\|$x$ | 12 | 3 | 212 | +0.300 (+0.200 to +0.400) | helps |" in lines
    assert "- mind the &lt;gap>" in lines
    assert len([line for line in lines if line.startswith("| ")]) == 7
