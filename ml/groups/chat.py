"""One question to an OpenAI-compatible endpoint: sent, tried again, and paid for.

It speaks `POST <base_url>/chat/completions`, the part of the protocol that all such endpoints
have. `requests` does, which dbt needs anyhow: it is one request, while the `openai` package would
bring another HTTP library with it, and retries that know neither a cap on cost nor a time for a
whole answer.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, InvalidHeader, TimeoutError
from urllib3.util import Retry

from lakehouse.checked_yaml import read_yaml
from lakehouse.errors import LakehouseError

ENDPOINT = Path(__file__).with_name("endpoint.yml")
KEY = "OPENAI_API_KEY"
BASE_URL = "OPENAI_BASE_URL"
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
TOKENS_PER_PRICE = 1_000_000
# Far above any answer, and below what memory would feel.
MAX_ANSWER_BYTES = 8_000_000
CHUNK_BYTES = 65_536
MAX_CONNECT_SECONDS = 10.0
MAX_MESSAGE = 200
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
# A refusal with the status of a rate limit that waiting does not end.
OUT_OF_CREDIT = "insufficient_quota"
# Reads a Retry-After; how long is too long, the settings say.
_RETRY = Retry(retry_after_max=1_000_000_000)

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0)]


class EndpointError(LakehouseError):
    """The endpoint cannot be used, or did not answer: why, and what to do."""


class EndpointSettings(BaseModel):
    """What `endpoint.yml` says; its comments explain the keys. Prices are US dollars."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str
    model: Annotated[str, Field(min_length=1)]
    input_price: Amount
    output_price: Amount
    max_cost: Amount
    batch_size: Count
    answer_tokens_each: Count
    token_limit_field: Literal["max_tokens", "max_completion_tokens"]
    answer_format: Literal["json_schema", "json_object"]
    timeout: Seconds
    max_attempts: Count
    first_wait: Seconds
    max_wait: Seconds

    @classmethod
    def read(cls, path: Path = ENDPOINT) -> EndpointSettings:
        """The settings of a file.

        Raises:
            LakehouseError: a key is missing, unknown or wrong.
        """
        return read_yaml(path, cls)


class _Bearer(AuthBase):
    """The key of a request. As `auth`, not as a header: a .netrc would take a header's place."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


@dataclass
class Spending:
    """What was asked of an endpoint so far, and what it cost.

    Attributes:
        request_count: requests that were sent.
        input_tokens: tokens of questions, as the endpoint counted them.
        output_tokens: tokens of answers.
        unreported_count: requests whose tokens the endpoint did not tell, such as those without an
            answer.
        cost: US dollars; a request that is unreported counts with what it can cost at most.
    """

    request_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    unreported_count: int = 0
    cost: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What the endpoint said.

    Attributes:
        text: the message of the model; empty where there was none, or no such answer.
        is_whole: whether the model came to its end, and not to the limit of tokens.
    """

    text: str
    is_whole: bool


@dataclass
class Chat:
    """A conversation with an endpoint, question by question.

    Attributes:
        url: of the endpoint's chat completions.
        key: never shown, logged or part of an error.
        settings: how to ask.
        spending: what was asked so far.
        sleep: waits for seconds.
    """

    url: str
    key: str = field(repr=False)
    settings: EndpointSettings
    spending: Spending = field(default_factory=Spending)
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], settings: EndpointSettings
    ) -> Chat | None:
        """The endpoint that the environment names, or None where it has no key.

        Raises:
            EndpointError: the key cannot be one, or the address is not https, unless it is this
                machine's.
        """
        key = environment.get(KEY, "").strip()
        if not key:
            return None
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise EndpointError(f"{KEY} has characters that no key has; set it anew.")
        base_url = environment.get(BASE_URL, "").strip() or settings.base_url
        return cls(_checked(base_url).rstrip("/") + "/chat/completions", key, settings)

    def affords(self, body: Mapping[str, Any]) -> bool:
        """Whether the cap on cost allows a question, whatever its answer."""
        return self.spending.cost + self._max_cost(body) <= self.settings.max_cost

    def ask(self, body: Mapping[str, Any]) -> Answer:
        """The answer to a request body.

        What passes (a rate limit, an error of the server, a time-out, a lost connection) is tried
        again: after as long as `Retry-After` says, else after a random part of a time that doubles
        (Brooker, Exponential Backoff And Jitter, "full jitter"). An answer of another form is an
        empty one.

        Raises:
            EndpointError: it was refused, tried in vain `max_attempts` times, is to wait longer
                than `max_wait`, or the cap on cost does not allow to try it again.
        """
        settings = self.settings
        for attempt in range(1, settings.max_attempts + 1):
            self.spending.request_count += 1
            wait = None
            try:
                status, headers, content = self._post(body)
            except (requests.RequestException, HTTPError) as error:
                # It may have been worked on, and be paid for.
                self._pay(body, None)
                problem = _cause(error)
            else:
                if status == HTTPStatus.OK:
                    return self._read(body, content)
                problem, wait = self._refused(status, content), _retry_after(headers)
            if wait is not None and wait > settings.max_wait:
                raise EndpointError(
                    f"{self.url} asks to wait {wait:.0f} seconds ({problem}); run it again then."
                )
            if not self.affords(body):
                raise EndpointError(
                    f"{self.url} fails ({problem}), and another attempt may exceed max_cost, "
                    f"{settings.max_cost} US dollars."
                )
            if attempt < settings.max_attempts:
                self.sleep(self._wait(attempt, wait))
        raise EndpointError(
            f"{self.url} failed {settings.max_attempts} times, at last: {problem}. "
            "Run it again later; what it answered is kept."
        )

    def _post(self, body: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and content of an answer that is there in time.

        Raises:
            requests.RequestException, HTTPError: there is none.
        """
        settings = self.settings
        deadline = time.monotonic() + settings.timeout
        with requests.Session() as session:
            # A proxy is no part of this machine, and would read the key of an unencrypted request.
            session.trust_env = urlsplit(self.url).hostname not in LOCAL_HOSTS
            with session.post(
                self.url,
                json=body,
                auth=_Bearer(self.key),
                # Compressed, a part of an answer may be nothing yet.
                headers={"Accept-Encoding": "identity"},
                timeout=(min(MAX_CONNECT_SECONDS, settings.timeout), settings.timeout),
                # The key goes where the user says, and nowhere else.
                allow_redirects=False,
                stream=True,
            ) as response:
                content = bytearray()
                # The time of requests is from one byte to the next: a slow answer has its own end.
                while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
                    content += chunk
                    if time.monotonic() > deadline:
                        raise requests.ReadTimeout
                    if len(content) > MAX_ANSWER_BYTES:
                        break
                return response.status_code, response.headers, bytes(content)

    def _read(self, body: Mapping[str, Any], content: bytes) -> Answer:
        """The answer in the content of a response, paid for."""
        answer = _parsed(content)
        self._pay(body, answer)
        match answer:
            case {"choices": [{"message": {"content": str(text)}, **choice}]}:
                return Answer(text, choice.get("finish_reason") != "length")
        return Answer("", is_whole=False)

    def _pay(self, body: Mapping[str, Any], answer: object) -> None:
        spending, settings = self.spending, self.settings
        match answer:
            case {"usage": {"prompt_tokens": int(asked), "completion_tokens": int(answered)}} if (
                asked >= 0 and answered >= 0
            ):
                spending.input_tokens += asked
                spending.output_tokens += answered
                price = asked * settings.input_price + answered * settings.output_price
                spending.cost += price / TOKENS_PER_PRICE
            case _:
                spending.unreported_count += 1
                spending.cost += self._max_cost(body)

    def _max_cost(self, body: Mapping[str, Any]) -> float:
        """US dollars that a request costs at most: no token is shorter than a byte."""
        settings = self.settings
        asked = len(json.dumps(body).encode())
        price = asked * settings.input_price
        price += int(body[settings.token_limit_field]) * settings.output_price
        return price / TOKENS_PER_PRICE

    def _refused(self, status: int, content: bytes) -> str:
        """What a refusal says, if it passes.

        Raises:
            EndpointError: it does not pass.
        """
        code, message = _error(content)
        # A server may quote the request.
        problem = f"{status} {message}".replace(self.key, "…").strip()
        if code == OUT_OF_CREDIT or not (status in PASSING or status >= 500):
            raise EndpointError(
                f"{self.url} refused: {problem}. Mend {KEY}, {BASE_URL} or {ENDPOINT.name}."
            )
        return problem

    def _wait(self, attempt: int, asked: float | None) -> float:
        """Seconds until the next attempt; who was asked to wait does not return with all others."""
        settings = self.settings
        if asked is not None:
            return asked + random.uniform(0, settings.first_wait)
        return random.uniform(0, min(settings.max_wait, settings.first_wait * 2.0 ** (attempt - 1)))


def _checked(base_url: str) -> str:
    """An address that a key may be sent to.

    Raises:
        EndpointError: it may not; the address is not told where it has a password.
    """
    try:
        parts = urlsplit(base_url)
        is_plain, host = parts.username is None and parts.port != 0, parts.hostname
    except ValueError:
        is_plain, host = False, None
    if not is_plain or not host or parts.query or parts.fragment:
        raise EndpointError(f"{BASE_URL} must be an address such as https://host/v1.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL_HOSTS):
        raise EndpointError(f"{BASE_URL} must begin with https, since a key is sent to {host}.")
    return base_url


def _error(content: bytes) -> tuple[object, str]:
    """Code and message of an error, as far as it has them."""
    match _parsed(content):
        case {"error": {"message": str(message), **error}}:
            code = error.get("code")
        case _:
            code, message = None, content[:MAX_MESSAGE].decode(errors="replace")
    return code, " ".join(message.split())[:MAX_MESSAGE]


def _parsed(content: bytes) -> object:
    """What JSON says; None where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _cause(error: Exception) -> str:
    """Why there was no answer; the text of such an error is a chain of classes."""
    if isinstance(error, requests.Timeout | TimeoutError):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    return "no connection"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, told as such or as a date; None where nothing of the kind is told."""
    try:
        wait: float = _RETRY.parse_retry_after(headers["Retry-After"])
    except (KeyError, InvalidHeader):
        return None
    return wait
