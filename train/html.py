"""Pages that need nothing else: how their templates are read, and the look that they share."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def environment(package: str) -> Environment:
    """Give the templates of a package, and behind them ours: `look.css.j2` is there for each of them.

    Whatever a document or a model says is text on a page: everything is escaped.
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, "train"))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
