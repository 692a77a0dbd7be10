"""For the machine: makes the environment, starts servers, finds a browser. Pages and the rooms above may import it.

| module | |
|---|---|
| `environment` | makes `.venv` at the first start, and installs what is locked |
| `services` | starts the site's server and JupyterLab, finds ports that nobody uses, and ends all that it started |
| `site_server` | serves the built site, on the port that it is given |
| `chromium` | finds the browser that pages are tried, pictured and measured in |
| `update`, `incoming`, `repository`, `plan`, `swap` | bring a newer course under one that somebody has worked in |
"""
