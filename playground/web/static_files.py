"""Scripts, styles and drawings as production serves them: compressed, under names that change with their contents."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# `import … from "./dom.js"` and `import("./dom.js")`. Our own alone: comments elsewhere name what is not there.
IMPORTS = (r"""(?P<matched>(?P<before>from |import\()"(?P<url>\./[\w-]+\.js)")""", '%(before)s"%(url)s"')


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Modules import each other by these names too, so a browser never mixes an old module with a new one."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORTS,)))
