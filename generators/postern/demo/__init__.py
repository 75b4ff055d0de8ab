"""`postern demo`: from the catalog to a running Elasticsearch with decoded, explained and searchable lines.

`plan` says what is sent and by which way in, `queries` what is asked, `show` how it looks on paper: these are pure.
`sections` prints the chapters, `progress` a download, `install` puts the content on a cluster, `run` holds it together.
"""

from postern.demo.run import Options, run

__all__ = ["Options", "run"]
