"""What a site does not keep: nothing of it is left in any document, whatever became of the line."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from elasticsearch import helpers

import test_engine_documents as documents
from postern import backends, document, privacy
from postern.compile import compile_catalog
from postern.deploy import install
from postern.elastic import emit
from postern.findings import CatalogError
from postern.matcher import Matcher
from postern.model import Privacy
from support import real, sites
from support.corpus import CREATED, RECEIVED, every_line
from support.sites import SALT
from test_cli import postern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postern.engine import Node
    from postern.model import Catalog, Product

DROPPED = "targets: [elastic]\nprivacy: {subjects: drop, users: drop, addresses: drop, raw: drop}\n"
HASHED = "targets: [elastic]\nprivacy: {subjects: hash, users: hash, addresses: hash, raw: drop}\n"
MIXED = "targets: [elastic]\nprivacy: {users: hash, addresses: drop, raw: drop}\n"
MARK = "Zqx7vÄk"  # in no line of ours
AUTH = "Fri Nov 20 10:00:00 2026 Info: SMTP Auth: (ICID 7) failed for user: {} using AUTH mechanism: LOGIN with profile: In"
FROM = "Fri Nov 20 10:00:00 2026 Info: MID 7 ICID 8 From: <{}>"
SUBJECT = "Fri Nov 20 10:00:00 2026 Info: MID 7 Subject '{}'"


@cache
def maker(site: str, salt: str) -> tuple[Matcher, document.Documents]:
    of = sites.sited(site)
    return Matcher(of), document.Documents(of, salt)


def stored(line: str, site: str, product: str | None = None, salt: str = SALT) -> dict[str, Any]:
    """The flat document of the matcher."""
    matcher, made = maker(site, salt)
    decoded = matcher.decode(line, matcher.catalog.product(product) if product else None)
    return dict(document.flat(made.ecs(decoded, RECEIVED)))


def sha(text: str) -> str:
    return hashlib.sha256((SALT + text).encode()).hexdigest()


# ---------------------------------------------------------------- the specification


def test_what_is_dropped_is_gone_and_what_is_hashed_can_be_joined() -> None:
    assert "user.name" not in stored(AUTH.format("alice"), DROPPED)
    assert "related.user" not in stored(AUTH.format("alice"), DROPPED)
    found = stored(AUTH.format("alice"), HASHED)
    assert (found["user.name"], found["related.user"]) == (sha("alice"), [sha("alice")])
    assert found["postern.icid"] == "7"
    assert not {"message", "event.original"} & found.keys()
    assert stored(FROM.format("Alice@Example.COM"), HASHED)["email.sender.address"] == sha("alice@example.com")
    assert stored(AUTH.format("Alice"), HASHED)["user.name"] == sha("Alice")
    assert stored(FROM.format("ÄB@x"), HASHED)["email.sender.address"] == sha("Äb@x")
    recipient = "Fri Nov 20 10:00:00 2026 Info: MID 7 ICID 8 RID 0 To: <Bob@example.com>"
    assert stored(recipient, HASHED)["email.to.address"] == [sha("bob@example.com")]


def test_each_kind_goes_its_own_way() -> None:
    assert stored(AUTH.format("alice"), MIXED)["user.name"] == sha("alice")
    assert "email.sender.address" not in stored(FROM.format("a@example.com"), MIXED)
    assert stored(SUBJECT.format("Minutes"), MIXED)["email.subject"] == "Minutes"


def test_without_a_salt_nothing_is_hashed() -> None:
    assert "user.name" not in stored(AUTH.format("alice"), HASHED, salt="")


def test_lines_alone_can_be_dropped() -> None:
    found = stored(AUTH.format("alice"), "targets: [elastic]\nprivacy: {raw: drop}\n")
    assert found["user.name"] == "alice"
    assert not {"message", "event.original"} & found.keys()


def test_nobody_knows_what_an_unread_key_says() -> None:
    line = "<134>[2026-07-15 12:00:00] EFW: SMTPALG: prio=1 id=00200150 rev=1 who=alice rev=alice"
    bare = dict(document.flat(document.ecs(real.matcher().decode(line), real.catalog(), RECEIVED)))
    assert bare["postern.params.who"] == "alice"
    assert "alice" not in json.dumps(stored(line, MIXED))


def test_a_bundled_catalog_keeps_everything() -> None:
    assert real.catalog().site.privacy == Privacy()
    assert not any(privacy.rules(real.catalog()))
    assert not [one for one in backends.artifacts(real.catalog()) if "privacy.json" in one.path]


def test_whose_slot_says_nothing_may_quote_anybody() -> None:
    fields = real.catalog().fields
    assert fields["answer_text"].privacy == "text"
    assert fields["mid"].privacy is None
    assert fields["src_host"].privacy is None  # an outsider writes it, but it names a machine
    free = {"text", "long_text", "rest", "answer_text"}
    said = "reason rule policy_class verdict_action malware attack changed_by call_stack local_id"  # the device's own words
    open_ones = {one.name for one in fields.values() if one.type in free and one.privacy is None and not one.outsider}
    assert open_ones <= set(said.split())


# ---------------------------------------------------------------- planted values


def planted(line: str, product: Product) -> str:
    """The line with a mark in the place of each value that says something of people."""
    decoded = real.matcher().decode(line, product)
    for name, _, value in decoded.values:
        kind = real.catalog().fields[name].privacy
        for text in [value] if isinstance(value, str) else value if isinstance(value, list) and kind else []:
            part = text.rpartition(": ")[2]
            if kind and len(part) > 1 and line.count(part) == 1:  # else it may be what the device says of itself, too
                line = line.replace(part, f"{MARK}@example.com" if kind == "address" else MARK)
    return line


@cache
def lines(name: str) -> list[str]:
    """Lines of a product with planted values: as they are, with a body that no entry knows, and without their frame."""
    of = real.catalog()
    product = of.product(name)
    found = []
    for line in every_line(of):
        marked = planted(line, product)
        body = real.matcher().decode(marked, product).body
        if MARK in body:
            head = marked.removesuffix(body)
            found += [marked, f"{head}Nothing knows <{MARK}@example.com> and user={MARK}: {body}", f"{MARK} {body}"]
    return list(dict.fromkeys(found))


def leaks(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Documents that still hold a planted value."""
    return [one for one in found if MARK.lower() in json.dumps(one, ensure_ascii=False).lower()]


@pytest.mark.parametrize("site", [DROPPED, HASHED])
@pytest.mark.parametrize("name", documents.PRODUCTS)
def test_no_planted_value_is_left_in_a_document_of_the_matcher(name: str, site: str) -> None:
    assert leaks([stored(line, site, name) for line in lines(name)]) == []


def test_the_planted_lines_are_of_every_status() -> None:
    for name, least in {"cisco_asa": 150, "cisco_esa": 60, "netdefend": 1}.items():
        product = real.catalog().product(name)
        statuses = [real.matcher().decode(line, product).status for line in lines(name)]
        assert min(statuses.count(one) for one in ("parsed", "unknown")) >= least, name
        assert statuses.count("header_only") >= least or name == "netdefend"


# ---------------------------------------------------------------- the real engine


@pytest.fixture(scope="module", params=[DROPPED, HASHED, MIXED], ids=["dropped", "hashed", "mixed"])
def site(request: pytest.FixtureRequest, node: Node, installed: object) -> Iterator[str]:  # noqa: ARG001 - it is replaced
    """A site whose content is on the node."""
    text = str(request.param)
    with sites.on_node(node, sites.sited(text)):
        yield text


@pytest.mark.engine
@pytest.mark.parametrize("name", documents.PRODUCTS)
def test_documents_equal_the_matcher_and_hold_no_planted_value(name: str, site: str, node: Node) -> None:
    every = [*lines(name), *every_line(real.catalog())]
    found = documents.simulate(node.client(), f"postern-{name}", every)
    wanted = [stored(line, site, name) | {"event.created": CREATED} for line in every]
    wrong = [documents.differences(*one) for one in zip(every, wanted, found, strict=True)]
    assert "".join(wrong) == ""
    assert site == MIXED or leaks(found[: len(lines(name))]) == []


@pytest.mark.engine
def test_nothing_is_left_in_what_is_stored_through_the_router(site: str, node: Node) -> None:
    client, sent = node.client(), [line for name in documents.PRODUCTS for line in lines(name)]
    namespace = f"private{hashlib.sha256(site.encode()).hexdigest()[:8]}"
    actions = (
        {
            "_op_type": "create",
            "_index": f"logs-postern.router-{namespace}",
            "_id": str(number),
            "_source": {"message": line, "event": {"created": CREATED, "original": line}},
        }
        for number, line in enumerate(sent)
    )
    helpers.bulk(client, actions, refresh=True)
    hits = client.search(index=f"logs-postern.*-{namespace}", size=10_000)["hits"]["hits"]
    assert len(hits) == len(sent)
    for hit in hits:
        flat = dict(document.flat(hit["_source"]))
        kept = {path: value for path, value in flat.items() if not path.startswith("data_stream.")}
        assert kept == stored(sent[int(hit["_id"])], site) | {"event.created": CREATED}
    assert site == MIXED or leaks([hit["_source"] for hit in hits]) == []


@pytest.mark.engine
@pytest.mark.parametrize(("name", "broken"), [("cisco_esa", "log"), ("cisco_esa", "related"), ("cisco_asa", "related")])
def test_nothing_is_left_where_a_pipeline_failed(name: str, broken: str, site: str, node: Node) -> None:
    """What a shipper set makes a script fail: as it begins, or when every value stands in its field."""
    docs = [{"_source": {"message": line, broken: "x"}} for line in lines(name)]
    answer = node.client().ingest.simulate(id=f"postern-{name}", docs=docs)
    found = [one["doc"]["_source"] for one in answer["docs"]]
    failed = [one for one in found if one["postern"]["parse_status"] == "failed"]
    assert len(failed) > 10
    assert not [one for one in failed if "message" in one or "message" in one["error"]]
    assert {one["error"]["code"].split("-")[0] for one in failed} == {"postern"}
    assert site == MIXED or leaks(found) == []


@pytest.mark.engine
def test_every_character_is_hashed_alike(site: str, node: Node) -> None:
    every = [f"A{chr(one)}b{chr(one)}-" for one in range(1, 0x3000)]
    doc = {"email": {"to": {"address": every}}, "user": {"name": "Σ"}, "related": {"user": ["Σ"]}}
    (answer,) = node.client().ingest.simulate(id="postern-privacy", docs=[{"_source": doc}])["docs"]
    found = dict(document.flat(answer["doc"]["_source"]))
    how = sites.sited(site).site.privacy
    assert found.get("user.name") == (sha("Σ") if how.user == "hash" else None)
    wanted = [privacy.hashed(one, SALT, folded=True) for one in every]
    assert found.get("email.to.address") == (wanted if how.address == "hash" else None)


@pytest.mark.engine
@pytest.mark.usefixtures("installed")
def test_a_pipeline_without_its_salt_takes_no_line(node: Node) -> None:
    client, of = node.client(), sites.sited(HASHED)
    with pytest.raises(privacy.SaltError):
        install(client, emit(of))
    body = next(json.loads(one.data) for one in emit(of) if one.path.endswith("postern-privacy.json"))
    answer = client.ingest.simulate(pipeline=body, docs=[{"_source": {"user": {"name": "alice"}}}])
    assert "salt is missing" in json.dumps(answer["docs"][0]["error"])


# ---------------------------------------------------------------- what is generated, and the commands


def test_the_salt_stands_in_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(privacy.SALT, SALT)
    made = backends.artifacts(sites.sited(HASHED))
    assert not [one for one in made if SALT.encode() in one.data]
    holders = [one.path for one in made if one.path.endswith(".json") and privacy.SALT.encode() in one.data]
    assert holders == ["elastic/ingest_pipelines/postern-privacy.json"]
    assert len(privacy.SALT) < privacy.SHORTEST
    assert not [one for one in backends.artifacts(sites.sited(DROPPED)) if privacy.SALT.encode() in one.data]


def test_only_the_targets_are_generated_and_nothing_that_would_leak() -> None:
    made = [one.path for one in backends.artifacts(sites.sited(MIXED))]
    assert {path.partition("/")[0] for path in made} == {"elastic", "COVERAGE.md"}
    assert not [path for path in made if "/grok/" in path]
    splunk = [one.path for one in backends.artifacts(sites.sited("targets: [splunk]\n"))]
    assert {path.partition("/")[0] for path in splunk} == {"splunk", "COVERAGE.md"}


@pytest.mark.parametrize("salt", ["short", "x" * 40 + " "])
def test_a_salt_that_is_none_is_refused(salt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(privacy.SALT, salt)
    with pytest.raises(privacy.SaltError):
        privacy.salt_of(Privacy(user="hash"))
    assert privacy.salt_of(Privacy(user="drop")) == ""


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("privacy: {users: hash}", ["P912", "P913"]),
        ("privacy: {users: hash, raw: drop}", ["P913"]),
        ("targets: [elastic]\nprivacy: {users: hash}", ["P912"]),
        ("targets: [elastic]\nprivacy: {raw: hash}", ["P203"]),
        ("targets: []", ["P203"]),
        ("targets: [kibana]", ["P203"]),
    ],
)
def test_contradictions_are_found(text: str, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(text)
    with pytest.raises(CatalogError) as raised:
        compile_catalog(real.ROOT / "catalog", tmp_path / "site.yaml")
    assert sorted(one.code for one in raised.value.findings) == codes


def test_commands_take_the_site_and_say_what_it_excludes(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(HASHED)
    explained = postern("explain", "--json", "--site", str(site), AUTH.format("alice"), POSTERN_PRIVACY_SALT=SALT)
    found = json.loads(explained.stdout)
    assert (found["params"]["user"], found["ecs"]["user"]["name"]) == ("alice", sha("alice"))
    assert "user" not in json.loads(postern("explain", "--json", "--site", str(site), AUTH.format("a")).stdout)["ecs"]
    assert postern("check", "--site", str(site)).returncode == 0
    refused = postern("package", "--site", str(site), "--out", str(tmp_path))
    assert (refused.returncode, b"not among the targets" in refused.stderr) == (1, True)
    mixed = postern("build", "--site", str(site))
    assert (mixed.returncode, b"--out" in mixed.stderr) == (1, True)


def rules_of(of: Catalog) -> dict[str, str]:
    return {one.path: one.how for one in privacy.rules(of)}


def test_the_rules_name_each_field_that_may_say_something() -> None:
    found = rules_of(sites.sited(MIXED))
    assert found["user.name"] == found["related.user"] == found["source.user.name"] == "hash"
    assert found["email.sender.address"] == found["email.message_id"] == found["message"] == "drop"
    assert found["error.message"] == found["postern.smtp.text"] == found["postern.params.headers"] == "drop"
    assert "email.subject" not in found
    assert "file.name" not in found
