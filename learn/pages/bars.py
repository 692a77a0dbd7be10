"""Draws what was measured as bars, for a page."""

import html

Bars = dict[str, float]  # by what was done, the slowest first: its seconds

WIDTH, ROW, GAP = 400, 34, 30


def bars_drawn(found: dict[str, Bars]) -> str:
    """The bars of each question as one SVG, each question's longest as wide as the picture."""
    words = ". ".join(
        f"{question}: " + ", ".join(f"{name} {times(seconds, bars)}" for name, seconds in bars.items())
        for question, bars in found.items()
    )
    parts, y = [], 14
    for question, bars in found.items():
        parts.append(f'<text class="name" x="0" y="{y}">{html.escape(question)}</text>')
        y += 20
        longest = max(bars.values())
        for place, (name, seconds) in enumerate(bars.items()):
            kind = "lit" if place == len(bars) - 1 else "box"
            left = f'<text class="what" x="0" y="{y}">{html.escape(name)}</text>'
            right = f'<text class="what" x="{WIDTH}" y="{y}" text-anchor="end">{times(seconds, bars)}</text>'
            bar = f'x="0" y="{y + 5}" width="{max(2, WIDTH * seconds / longest):.0f}" height="9" rx="2"'
            parts.append(f'<g>{left}{right}<rect class="{kind}" {bar}/></g>')
            y += ROW
        y += GAP - 14
    head = f'<svg viewBox="0 0 {WIDTH} {y - 16}" role="img" aria-labelledby="costs-title costs-text" '
    head += 'xmlns="http://www.w3.org/2000/svg">'
    title = '<title id="costs-title">What the same answer costs</title>'
    return "\n  ".join([head, title, f'<desc id="costs-text">{html.escape(words)}</desc>', *parts]) + "\n</svg>\n"


def times(seconds: float, bars: Bars) -> str:
    """How many times as long as the fastest way."""
    ratio = seconds / min(bars.values())
    return f"{ratio:.0f} ×" if ratio >= 9.5 else f"{ratio:.1f} ×" if ratio > 1 else "1 ×"
