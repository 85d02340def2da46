"""A picture for a page: drawn by matplotlib, as SVG that scales with the page."""

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture(draw: "Callable[[Axes], None]", title: str, *, height: float = 3.1) -> Markup:
    """Draw an SVG that scales with the page: small in points, so that its letters stay readable on a phone."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "gristmill", "font.size": 9, "font.family": "sans-serif"}
    ):
        figure = Figure(figsize=(4.4, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        draw(axes)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, alpha=0.25)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = text.getvalue()
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing[drawing.index("<svg") :], flags=re.DOTALL)
    for side in ("width", "height"):
        drawing = re.sub(rf'(<svg[^>]*?) {side}="[^"]*"', r"\1", drawing, count=1)
    label = f'<svg role="img" aria-label="{title}"'
    return Markup(drawing.replace("<svg", label, 1))  # noqa: S704 - drawn here; matplotlib escapes the names in it
