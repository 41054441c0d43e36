"""How production serves scripts, styles and images: compressed, and with a hash of the content in each name."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Matches `import … from "./dom.js"` and `import("./dom.js")`. Only our own files: elsewhere comments name files that do
# not exist.
IMPORTS = (r"""(?P<matched>(?P<before>from |import\()"(?P<url>\./[\w-]+\.js)")""", '%(before)s"%(url)s"')


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Modules also import each other by the hashed names, so that a browser never mixes old modules with new ones."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORTS,)))
