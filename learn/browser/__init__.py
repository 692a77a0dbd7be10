"""For readers who run exercises in the page: builds what runs there. The desk and the rooms above may import it.

| part | |
|---|---|
| `build`, `compile`, `bundle.mjs` | put together what a page loads: Pyodide, the libraries, the editor, the course |
| `page/`, `runtime/` | what runs there: in the page itself, and in its worker |
| `policy` | the content security policy that the site works under |
"""
