"""The content security policy under which the built site works: the strictest that its theme allows.

Programs come from the site's own files, or are one of the few inline ones that the theme writes, named by their hashes.
`wasm-unsafe-eval` lets a page compile WebAssembly, and nothing else. Styles may be inline: the theme and the editor
need it.
"""

import base64
import hashlib
import re
from pathlib import Path

_INLINE = re.compile(r"<script(?P<attributes>(?![^>]*\bsrc=)[^>]*)>(?P<text>.*?)</script>", re.DOTALL)


def policy(site: Path) -> str:
    """The value of the header `Content-Security-Policy` for the site built in `site`."""
    hashes: set[str] = set()
    for page in site.rglob("*.html"):
        for script in _INLINE.finditer(page.read_text(encoding="utf-8")):
            if "application/json" not in script["attributes"]:  # data
                digest = hashlib.sha256(script["text"].encode()).digest()
                hashes.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", "'wasm-unsafe-eval'", *sorted(hashes)]),
        "worker-src": "'self'",
        "connect-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())
