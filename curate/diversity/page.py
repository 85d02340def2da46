"""Diversity as a piece of an HTML page, everything in it escaped."""

from curate.diversity.measure import Diversity, share_of

_SHOWN = 12


def fragment(diversity: Diversity) -> str:
    """Give one `<section>` without styles or scripts of its own."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("curate", "diversity"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    seen = diversity.looked_at
    return environment.get_template("fragment.html.jinja").render(
        lines=diversity.lines(),
        paired=f"{diversity.paired:,}",
        looked_at=[f"{rows:,}" for rows in seen],
        seed=diversity.seed,
        topics=diversity.coverage is not None,
        vendi=diversity.vendi is not None,
        unknown=[share_of(rows, whole) for rows, whole in zip(diversity.unknown, seen, strict=True)],
        verbs=[
            (f"{pair.verb} {pair.noun}", share_of(pair.before, seen[0]), share_of(pair.after, seen[1]))
            for pair in diversity.verbs
        ],
        shares=[
            (
                name,
                [
                    (each.name, f"{each.before:,}", f"{each.after:,}", share_of(each.after, each.before))
                    for each in some[:_SHOWN]
                ],
                max(len(some) - _SHOWN, 0),
            )
            for name, some in diversity.shares.items()
        ],
    )
