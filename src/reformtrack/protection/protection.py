"""Personal data in texts, encrypted with one key per person: destroy the key, and the data is gone from every copy."""

import os
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField, StoreError
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.protected import MAX_SUBJECT, MAX_TOKEN, TOKEN, subjects_in
from reformtrack.domain.said import said
from reformtrack.domain.texts import normalised
from reformtrack.domain.values import SLUG
from reformtrack.language import Lang, Language
from reformtrack.open_store import Facet, OpenStore
from reformtrack.protection import subject_keys
from reformtrack.store.cipher import KEY_BYTES, aes_gcm
from reformtrack.store.patience import each_one_call
from reformtrack.store.session import Session
from reformtrack.store.side_tables import SUBJECT_KEYS, SUBJECT_SECRET, prepare_subject_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_SUBJECTS_A_QUERY = 100


@each_one_call
@checks_arguments
class Protection(Facet):
    """
    Protects, reveals and erases texts, with keys kept in the store and wrapped by a master key. Needs the extra `seal`.

    Args:
        tracker: whose store keeps the keys.
        master_key: 32 bytes, or their base64 text.

    Raises:
        StoreError: the master key is malformed, or does not unwrap the stored keys.

    >>> from reformtrack import Tracker
    >>> with Tracker() as tracker:
    ...     protection = Protection(tracker, bytes(32))
    ...     note = f"Ký: {protection.protect('nv-0417', 'Nguyễn Văn A')}"
    ...     before, erased = protection.reveal(note), protection.erase("nv-0417")
    ...     before, erased, protection.reveal(note)
    ('Ký: Nguyễn Văn A', True, 'Ký: [đã xoá]')
    """

    def __init__(self, tracker: OpenStore, master_key: bytes | str) -> None:
        super().__init__(tracker)
        self._master = aes_gcm(master_key, "master_key")[1]
        with self._store.transaction() as session:
            prepare_subject_keys(session)
            if found := subject_keys.any_wrapped_key(session):
                self._unwrapped(*found)

    def protect(self, subject: str, text: str) -> str:
        """
        Personal data as a token, to put into a text field of an event in its place.

        The token is about a third longer than the text in UTF-8, at most 43 characters more, and the subject's id;
        a token too long for a field is refused when it is recorded.

        Args:
            subject: the id of the person, 1 to 80 characters as `nv-0417`. It stays readable, so use a number, never a
                name.
            text: the text to protect.

        Raises:
            InvalidField: the subject is not such an id, the text cannot be stored, or its token has more than 20,000
                characters.
            StoreError: the subject's key was made with another master key.
        """
        cipher = self._cipher_of(subject_id(subject))
        token = f"⟦{subject}:{b64encode(_sealed(cipher, _clean(text).encode(), _data_of(subject))).decode()}⟧"
        if len(token) > MAX_TOKEN:
            found = said("a text of {count} characters, whose token has {token}", count=len(text), token=len(token))
            accepted = said("a text whose token has at most {most} characters", most=MAX_TOKEN)
            raise InvalidField("protect", "text", found, accepted)
        return token

    def reveal(self, text: str, lang: Lang = "vi") -> str:
        """
        A text with its tokens decrypted; "[đã xoá]" replaces a token whose key was erased or that is not authentic.

        Raises:
            StoreError: the keys were made with another master key.
        """
        ciphers = self._ciphers(subjects_in(text))
        pieces, end = [], 0
        for found in TOKEN.finditer(text):
            pieces += [text[end : found.start()], _opened(ciphers.get(found[1]), found[1], found[2], lang)]
            end = found.end()
        return "".join([*pieces, text[end:]])

    def erase(self, subject: str) -> bool:
        """
        Destroy the key of a subject: nobody can read what was protected with it any more, in any copy.

        Records and proofs stay as they are. Backups of the database still hold the key.

        Returns:
            Whether there was a key. Erasing again is safe.

        Raises:
            InvalidField: it is not the id of a subject.
            StoreError: the key is deleted, but a copy may still be in the database files: erase again.
        """
        with self._store.erasing(SUBJECT_KEYS, SUBJECT_SECRET) as session:
            return subject_keys.destroy(session, subject_id(subject))

    def _ciphers(self, subjects: tuple[str, ...]) -> "dict[str, AESGCM]":
        wrapped: dict[str, str] = {}
        for start in range(0, len(subjects), _SUBJECTS_A_QUERY):
            with self._store.moment() as session:
                wrapped |= subject_keys.wrapped_keys(session, subjects[start : start + _SUBJECTS_A_QUERY])
        return {subject: self._unwrapped(subject, key) for subject, key in wrapped.items()}

    def _cipher_of(self, subject: str) -> "AESGCM":
        found = self._ciphers((subject,)).get(subject)
        if found is not None:
            return found
        with self._store.transaction() as session:  # another process may have made it meanwhile
            wrapped = subject_keys.wrapped_keys(session, [subject]).get(subject) or self._made(session, subject)
        return self._unwrapped(subject, wrapped)

    def _made(self, session: Session, subject: str) -> str:
        wrapped = b64encode(_sealed(self._master, os.urandom(KEY_BYTES), _wrapping(subject))).decode()
        subject_keys.add(session, subject, wrapped)
        return wrapped

    def _unwrapped(self, subject: str, wrapped: str) -> "AESGCM":
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = b64decode(wrapped, validate=True)
            return AESGCM(self._master.decrypt(raw[:_NONCE], raw[_NONCE:], _wrapping(subject)))
        except (InvalidTag, ValueError):
            raise StoreError(
                "the key of the subject {subject!r} cannot be unwrapped; accepted: the master_key that it was made with",
                subject=subject,
            ) from None


def _clean(text: str) -> str:
    """A text that may be recorded. Errors do not repeat it."""
    if refused := forbidden_character(text):
        raise InvalidField("protect", "text", refused, said("text without {refused}", refused=refused))
    return normalised(text)


def _sealed(cipher: "AESGCM", data: bytes, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, data, place)


def _opened(cipher: "AESGCM | None", subject: str, sealed: str, lang: Lang) -> str:
    from cryptography.exceptions import InvalidTag

    try:
        raw = b64decode(sealed, validate=True)
        if cipher is not None:
            return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _data_of(subject)).decode()
    except (InvalidTag, ValueError):
        pass  # anybody can write something that looks like a token
    say = Language(lang)
    return say("[erased]")


def _data_of(subject: str) -> bytes:
    return f"reformtrack-protected/1 {subject}".encode()


def _wrapping(subject: str) -> bytes:
    return f"reformtrack-subject-key/1 {subject}".encode()


def subject_id(text: str) -> str:
    """
    The id of a person, from a text. It is readable in every token and outlives the key: use a number, never a name.

    Raises:
        InvalidField: `text` is not such an id.

    >>> subject_id("nv-0417")
    'nv-0417'
    """
    if not isinstance(text, str) or len(text) > MAX_SUBJECT or not re.fullmatch(SLUG, text):
        raise InvalidField(
            "protect",
            "subject",
            text,
            said("lower-case words and digits joined by hyphens; at most {most} characters", most=MAX_SUBJECT),
        )
    return text
