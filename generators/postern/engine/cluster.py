"""A client for a cluster, and an existing cluster by URL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from postern.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elasticsearch import Elasticsearch

_PORTS = {"http": 80, "https": 443}
_CREDENTIALS = "POSTERN_ES_API_KEY, or POSTERN_ES_USER and POSTERN_ES_PASSWORD"


def make_client(url: str, environment: Mapping[str, str] | None = None) -> Elasticsearch:
    """A client with the credentials of the environment, if it holds any.

    Args:
        url: scheme, host and port.
        environment: may hold POSTERN_ES_API_KEY, or POSTERN_ES_USER and POSTERN_ES_PASSWORD, and POSTERN_ES_CA_CERTS
            (a file with the certificates to trust).
    """
    from elasticsearch import Elasticsearch

    options: dict[str, Any] = {}
    environment = environment or {}
    if key := environment.get("POSTERN_ES_API_KEY"):
        options["api_key"] = key
    elif user := environment.get("POSTERN_ES_USER"):
        options["basic_auth"] = (user, environment.get("POSTERN_ES_PASSWORD", ""))
    if certificates := environment.get("POSTERN_ES_CA_CERTS"):
        options["ca_certs"] = certificates
    return Elasticsearch(url, request_timeout=60, **options)


def reach_cluster(url: str, environment: Mapping[str, str] = os.environ) -> tuple[str, Elasticsearch]:
    """Reach the cluster at a URL and see that it answers us.

    Returns:
        The URL with its port and without credentials, and a client for it.

    Raises:
        EngineError: the URL is none, nothing answers there, it is not trusted or not Elasticsearch, or the credentials
            are refused.
    """
    import elasticsearch

    url, environment = _tidy(url, environment)
    client = None
    try:
        client = make_client(url, environment)
        client.info()
    except (elasticsearch.ApiError, elasticsearch.TransportError, OSError, ValueError) as error:
        if client is not None:
            client.close()
        raise _refusal(url, error) from error
    return url, client


def _tidy(url: str, environment: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Add the scheme's port, and move credentials out of the URL, so that no message shows them."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        host, port = None, 0
    if not host:
        raise EngineError(
            "POSTERN_ES_URL is not the address of a cluster.",
            "Write it like https://host:9200; credentials belong into " + _CREDENTIALS + ".",
        )
    if parts.username:
        environment = {**environment, "POSTERN_ES_USER": parts.username, "POSTERN_ES_PASSWORD": parts.password or ""}
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}", environment


def _refusal(url: str, error: Exception) -> EngineError:
    """A client's error as one clear sentence."""
    import elasticsearch

    if isinstance(error, elasticsearch.AuthenticationException | elasticsearch.AuthorizationException):
        return EngineError(f"The cluster at {url} refuses the credentials.", f"Set {_CREDENTIALS}.")
    if isinstance(error, elasticsearch.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return EngineError(
            f"The certificate of the cluster at {url} is not trusted here.",
            "Set POSTERN_ES_CA_CERTS to the file of its certificate authority.",
        )
    if isinstance(error, elasticsearch.UnsupportedProductError):
        return EngineError(f"What answers at {url} is not Elasticsearch.", "Correct POSTERN_ES_URL.")
    if isinstance(error, elasticsearch.ApiError):
        return EngineError(f"The cluster at {url} answers {error.status_code}.", "Look after it, then run again.")
    if isinstance(error, elasticsearch.TransportError):
        return EngineError(
            f"The cluster at {url} cannot be reached.",
            "Start it or correct POSTERN_ES_URL; without this variable a server is started here.",
        )
    return EngineError(
        f"The cluster at {url} cannot be used: {error}.", "Correct POSTERN_ES_URL and POSTERN_ES_CA_CERTS."
    )
