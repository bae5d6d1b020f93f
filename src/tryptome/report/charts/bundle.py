"""The library that draws interactive charts, as one script that stands in the page."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

NOTICE = (
    "/*! Vega {vega}, Vega-Lite {lite} and Vega-Embed {embed}, BSD-3-Clause: docs/licences.md */\n"
)


SNIPPET = "window.vegaEmbed = vegaEmbed;"


@cache
def bundle() -> Markup:
    """Give Vega, Vega-Lite and Vega-Embed as one script.

    Returns
    -------
    markupsafe.Markup
        The script, the same bytes for the same versions. It sets ``window.vegaEmbed``, and is
        held in a function of its own, so that none of its names meets another script's.

    Raises
    ------
    RuntimeError
        The script holds what would end it within the page.
    """
    import vl_convert

    notice = NOTICE.format(
        vega=vl_convert.get_vega_version(),
        lite=vl_convert.get_vegalite_versions()[-1],
        embed=vl_convert.get_vega_embed_version(),
    )
    script = f"{notice}(() => {{{vl_convert.javascript_bundle(SNIPPET)}\n}})();"
    # Either would change how a browser reads the page, and the digest would not hold.
    if any(mark in script.lower() for mark in ("</script", "<!--", "\r")):
        raise RuntimeError("the bundle of Vega cannot stand within a page: it would end its script")
    return Markup(script)
