"""Word documents, through mammoth's HTML. Pictures are left out, their descriptions stay."""

import io

from generate.loaders.content import Content
from generate.loaders.html import html_to_markdown
from generate.loaders.package import open_package
from schemas import MissingExtraError

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Code'] => pre:separator('\\n')
p[style-name='Source Code'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
"""


def load(raw: bytes) -> Content:
    """Read a Word document.

    Raises:
        UnreadableError: It is no Word document, is encrypted, or unpacks to more than 100 MB.
        MissingExtraError: mammoth is not installed.
    """
    try:
        import mammoth  # type: ignore[import-untyped]  # it carries no types
    except ModuleNotFoundError:
        raise MissingExtraError("mammoth", extra="docs") from None
    open_package(raw, "a Word document", old=".doc").close()
    result = mammoth.convert_to_html(
        io.BytesIO(raw),
        style_map=_STYLES,
        convert_image=mammoth.images.img_element(lambda _: {"src": ""}),
        external_file_access=False,
    )
    return Content(html_to_markdown(result.value))
