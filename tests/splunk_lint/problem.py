"""What the linter says, and its list of codes."""

from __future__ import annotations

from dataclasses import dataclass

CODES: dict[str, str] = {
    # files
    "conf-bom": "a .conf file begins with a byte order mark",
    "conf-continuation": "a blank after the backslash ends the value",
    "conf-duplicate-key": "a key stands twice in a stanza",
    "conf-duplicate-stanza": "a stanza stands twice in a file",
    "conf-garbage": "a line is neither header, comment nor setting",
    "conf-header": "a stanza header is not closed",
    "conf-not-utf8": "a .conf file is not UTF-8",
    "unknown-key": "Splunk knows no such key in this file",
    # props.conf and transforms.conf
    "alias-syntax": "a FIELDALIAS is no list of `field AS alias`",
    "eval-syntax": "an eval expression does not parse",
    "extract-no-name": "an EXTRACT has no named group, so it extracts nothing",
    "format-no-group": "FORMAT names a group that REGEX does not have",
    "missing-lookup": "no such lookup definition",
    "missing-transform": "no such transform",
    "regex-broken": "PCRE2 refuses a regex",
    "regex-limit": "a regex runs into Splunk's match or depth limit on a short text",
    "transform-no-field": "a transform can write no field",
    "transform-no-regex": "a transform lacks the settings that make it work",
    "unknown-function": "no such function",
    # lookup tables
    "csv-bom": "a table begins with a byte order mark, so its first column has another name",
    "csv-column": "a lookup names a column that its table lacks",
    "csv-header": "a table has no header, an empty or a repeated column name",
    "csv-missing": "a lookup definition names a file that is not there",
    "csv-not-utf8": "a table is not UTF-8",
    "csv-ragged": "a row has another number of cells than the header",
    # macros, event types, tags
    "eventtype-broken": "an event type's search is none",
    "eventtype-pipe": "an event type's search has a pipe or a subsearch",
    "macro-argument": "a macro's definition and its list of arguments disagree",
    "macro-arity": "a macro takes another number of arguments",
    "macro-eval": "a macro is evaluated when it runs, so that no search with it can be checked",
    "missing-eventtype": "no such event type",
    "missing-macro": "no such macro",
    "missing-tag": "a search asks for a tag that nothing carries",
    "tag-value": "a tag is neither enabled nor disabled",
    # searches
    "spl-empty-by": "`by` without a field",
    "spl-empty-command": "two pipes, or a pipe at the end, with no command",
    "spl-unbalanced": "a quote, parenthesis or bracket without its partner",
    "spl-unknown-command": "no such command",
    # navigation and views
    "missing-base-search": "a search builds on one that is not there",
    "missing-data-source": "a visualization or a chain names a data source that is not there",
    "missing-saved-search": "no such saved search",
    "missing-view": "no such view",
    "studio-json": "a dashboard's definition is not the JSON that Dashboard Studio reads",
    "studio-layout": "layout and visualizations disagree",
    "studio-no-query": "a data source has no query",
    "studio-position": "a place in the layout is not of whole numbers",
    "studio-type": "Dashboard Studio knows no such type",
    "undefined-token": "a token that no input or setting defines",
    "view-broken": "a view or a navigation is no well-formed XML of its kind",
    # package
    "icon-missing": "an icon is missing",
    "icon-size": "an icon is no PNG of the size that Splunk shows",
    "manifest-broken": "app.manifest is missing or no JSON of its shape",
    "manifest-mismatch": "app.manifest, app.conf and the folder disagree on id or version",
    "meta-access": "default.meta has an access list that does not parse",
}


@dataclass(frozen=True, order=True)
class Problem:
    """One finding.

    Attributes:
        where: `file[:line] [stanza] key`, as far as it is known.
        code: one of CODES; stable.
        text: what is wrong with this one.
    """

    where: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.text}"


class Problems:
    """Findings, each once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, code: str, where: str, text: str) -> None:
        """Add a finding.

        Raises:
            KeyError: for a code that CODES does not list.
        """
        CODES[code]  # raises
        self._found.add(Problem(where, code, text))

    def sorted(self) -> list[Problem]:
        """All findings by place."""
        return sorted(self._found)
