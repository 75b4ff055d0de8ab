"""Put the downloaded files together into a server folder."""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING

from postern.engine.download import readable, unpack

if TYPE_CHECKING:
    from pathlib import Path

    from postern.engine.artifacts import Recipe
    from postern.engine.download import Source

_MANIFEST = "postern-manifest.json"
_VERSION_FIELD = "META-INF/es-plugins/mapper-version/plugin-descriptor.properties"


def assemble(recipe: Recipe, source: Source, workshop: Path) -> Path:
    """Fetch every file of the recipe into `workshop`, check it, and build the server folder there.

    Returns:
        The finished folder, with a manifest of its files.

    Raises:
        EngineError: a download fails or is not what was pinned.
        OSError: the disk is full or may not be written.
    """
    with readable(source.file(recipe.base, workshop)) as base:
        base.extractall(workshop)
    home = workshop / f"elasticsearch-{recipe.version}"
    unpack(source.carrier(recipe.modules, workshop), recipe.modules, home / "modules")
    _add_esql(recipe, source, workshop, home / "modules" / "x-pack-esql")
    _add_version_field(home / "modules")
    _open_to_all(home)
    _write_manifest(home)
    return home


def is_whole(home: Path) -> bool:
    """Whether a finished folder still has all its files, each with its size (a cleaner may have visited it)."""
    try:
        sizes = json.loads((home / _MANIFEST).read_text(encoding="utf-8"))
        return all((home / path).stat().st_size == size for path, size in sizes.items())
    except (OSError, ValueError):
        return False


def _add_esql(recipe: Recipe, source: Source, workshop: Path, module: Path) -> None:
    module.mkdir()
    for jar in recipe.esql:
        shutil.move(source.file(jar, workshop), module / jar.file)
    classes = workshop / "classes"
    unpack(source.carrier(recipe.patch, workshop), recipe.patch, classes)
    with zipfile.ZipFile(module / "postern-missing-classes.jar", "w") as jar_file:
        for path in recipe.patch.files:
            jar_file.write(classes / path, path)
    (module / "plugin-descriptor.properties").write_text(
        f"description=ES|QL\nversion={recipe.version}\nname=x-pack-esql\njava.version=17\n"
        f"elasticsearch.version={recipe.version}\nclassname=org.elasticsearch.xpack.esql.plugin.EsqlPlugin\n"
        "extended.plugins=x-pack-esql-core,lang-painless\n",
        encoding="utf-8",
    )


def _add_version_field(modules: Path) -> None:
    """The `version` field type: its jar lies in the ES|QL core module, and its descriptor inside the jar."""
    for jar in modules.glob("x-pack-esql-core/x-pack-mapper-version-*.jar"):
        module = modules / "mapper-version"
        module.mkdir()
        shutil.copy(jar, module)
        with readable(jar) as content:
            (module / "plugin-descriptor.properties").write_bytes(content.read(_VERSION_FIELD))


def _open_to_all(home: Path) -> None:
    """Fixed modes, whatever the umask: the server may run as another user, and nobody changes a cached file."""
    for path in (home, *home.rglob("*")):
        is_program = path.is_dir() or path.parent == home / "bin"
        path.chmod(0o755 if is_program else 0o644)


def _write_manifest(home: Path) -> None:
    sizes = {str(path.relative_to(home)): path.stat().st_size for path in sorted(home.rglob("*")) if path.is_file()}
    (home / _MANIFEST).write_text(json.dumps(sizes, indent=0), encoding="utf-8")
    (home / _MANIFEST).chmod(0o644)
