"""A webhook: events by HTTP, signed by Standard Webhooks, so that the receiver can authenticate them."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from reformtrack.documents.cloud_events import CONTENT_TYPE, CloudEvent, structured
from reformtrack.domain.arguments import Seconds, checks_arguments
from reformtrack.domain.errors import InvalidField, WebhookClosed
from reformtrack.domain.said import said
from reformtrack.extras import extra
from reformtrack.outbox.turn import Gone, Refused, RetryLater

with extra("outbox"):
    import httpx

__all__ = ["Webhook"]

TIMEOUT = 15.0
"""The timeout of a receiver, in seconds: Standard Webhooks recommends 15 to 30."""

_PREFIX = "whsec_"
_LATER = (408, 425, 429, 502, 503, 504)
"""The statuses that mean that the receiver can take no event now."""


@checks_arguments
class Webhook:
    """
    A receiver by HTTP: each event is POSTed as CloudEvents JSON, and delivered when the answer is 2xx.

    Redirects are not followed, and the body of an answer is not read. 410 disables the subscription.

    Args:
        url: where; http or https.
        secrets: the signing secrets, each `whsec_` and 24 to 64 bytes in base64: two during a rotation.
        timeout: the seconds that the receiver may take to answer.
        clock: gives the seconds since 1970, for the signature; for tests.

    Raises:
        InvalidField: the address or a secret is malformed. The error does not repeat a secret.
    """

    def __init__(
        self,
        url: str,
        secrets: str | Sequence[str],
        *,
        timeout: Seconds = TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        accepted = said("an http or https address, as https://example.vn/inbox, no password")
        try:
            parts = urlsplit(url)
        except ValueError:
            raise InvalidField("Webhook", "url", said("an address that cannot be read"), accepted) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            bare = said("an address without a scheme or a host")
            found = f"{parts.scheme}://{parts.hostname}" if parts.hostname else bare
            raise InvalidField("Webhook", "url", found, accepted)
        self._url = url
        self._keys = tuple(map(_key, [secrets] if isinstance(secrets, str) else secrets))
        if not self._keys:
            raise InvalidField("Webhook", "secrets", (), said("one secret or more"))
        self._clock = clock
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)

    def __repr__(self) -> str:
        return f"Webhook({urlsplit(self._url).hostname!r})"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __call__(self, event: CloudEvent) -> None:
        """
        Deliver an event.

        Raises:
            RetryLater: the receiver is unreachable, or can take nothing now.
            Gone: it wants no more events.
            Refused: it refused this event.
            WebhookClosed: it was closed.
        """
        if self._client.is_closed:
            raise WebhookClosed
        body = structured(event)
        headers = {"content-type": CONTENT_TYPE, **self._signed(event["id"], body)}
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                status, wish = answer.status_code, answer.headers.get("retry-after", "")
        except httpx.HTTPError as error:
            cause: BaseException = error  # httpx keeps the error of the system as a context
            while cause.__context__ is not None:
                cause = cause.__context__
            raise RetryLater(f"the receiver cannot be reached: {type(error).__name__}: {error}") from cause
        if 200 <= status < 300:
            return
        reason = f"the receiver answered {status}"
        if status == 410:
            raise Gone(reason, status=status)
        if status in _LATER:
            raise RetryLater(reason, float(wish) if wish.isdecimal() else None, status=status)
        raise Refused(reason, status=status)

    def _signed(self, id: str, body: bytes) -> dict[str, str]:
        """The headers that sign a body: one signature for each secret."""
        now = str(int(self._clock()))
        signed = b".".join((id.encode(), now.encode(), body))
        digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in self._keys)
        signatures = " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
        return {"webhook-id": id, "webhook-timestamp": now, "webhook-signature": signatures}


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True) if secret.startswith(_PREFIX) else b""
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        accepted = said("{prefix} and 24 to 64 bytes in base64", prefix=_PREFIX)
        raise InvalidField("Webhook", "secrets", said("a secret"), accepted)
    return key
