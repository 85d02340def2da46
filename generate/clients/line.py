"""The line to one server: the `openai` package drafts one request, and every other is built after it.

For each request the package copies its options, joins the address, merges the headers and counts tries: two fifths of
what a request costs here. None of it differs between our requests, so the package is asked for it once, by a request
that is drafted and not sent. What leaves is what the package would send, through the package's own HTTP client.
"""

import base64
import json
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

_PATH = "/chat/completions"


class _Drafted(Exception):  # noqa: N818 - no error: it stops a request before it leaves
    """The package has built a request."""


class Line:
    """A connection to a server.

    Args:
        address: The server's address up to and with `/v1`. A name and a password in it are sent instead of the key.
        key: Key; empty where the server asks for none.
    """

    def __init__(self, address: str, *, key: str) -> None:
        import openai

        limits = openai.Timeout(None, connect=10.0)  # how long an answer may take is the caller's to say
        address, basic = _without_credentials(address)
        self._http = openai.DefaultAioHttpClient(timeout=limits)  # half the work per request of the default one
        self._server = openai.AsyncOpenAI(
            api_key=key or "none",  # a local server asks for none, and the package insists on one
            base_url=address,
            default_headers=basic,
            max_retries=0,
            timeout=limits,
            http_client=self._http,
        )

    async def open(self) -> None:
        """Have the package draft a request; to be called once, in the loop that sends."""
        drafts: list[Any] = []  # Any: requests of the HTTP library that the package stands on

        async def keep(request: Any) -> None:  # Any: as above
            drafts.append(request)
            raise _Drafted

        self._http.event_hooks = {"request": [keep]}
        with suppress(_Drafted):
            await self._server.post(_PATH, cast_to=object, content=b"")
        self._http.event_hooks = {}
        (draft,) = drafts
        self._request = type(draft)
        self._url, self._headers, self._extensions = draft.url, draft.headers, draft.extensions
        del self._headers["content-length"]

    async def post(self, content: bytes) -> Any:  # Any: JSON from a stranger
        """Send the JSON of a chat request, and give the JSON that comes back, or its text where it is none.

        Raises:
            openai.APIConnectionError: There was no answer; its cause is what broke.
            openai.APIStatusError: The server refused.
        """
        import openai

        request = self._request("POST", self._url, headers=self._headers, content=content, extensions=self._extensions)
        try:
            response = await self._http.send(request)
        except Exception as error:  # as in the package: whatever a transport raises
            raise openai.APIConnectionError(request=request) from error
        said = _read(response)
        if response.is_success:
            return said
        body = said.get("error", said) if isinstance(said, dict) else said
        raise openai.APIStatusError(f"status {response.status_code}", response=response, body=body)

    async def models(self) -> list[str]:
        """List the models that the server says it has.

        Raises:
            openai.OpenAIError: It does not say.
        """
        page = await self._server.models.list(timeout=10)
        return sorted(entry.id for entry in page.data)

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()


def _without_credentials(address: str) -> tuple[str, dict[str, str]]:
    """Take name and password out of an address, and give the header that they are; it takes the place of the key's."""
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return address, {}
    pair = base64.b64encode(unquote(user).encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {pair}"}


def _read(response: Any) -> Any:  # Any: a response of that HTTP library; JSON from a stranger
    """Read a body."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):  # no JSON, or brackets without end
        return response.text.strip()
