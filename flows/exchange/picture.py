"""A flow drawn as one SVG file, as the studio draws it: for a page, a letter, a wall. It loads nothing and runs nothing."""

from __future__ import annotations

from html import escape

from flows.editing.values import as_flow
from flows.exchange.bundle import Bundle
from flows.layout import HIGH, WIDE, Box, Way, drawn
from flows.nodes import KINDS

_MARGIN, _TITLE = 24, 36
_LONGEST = 20  # characters of a name in a box
_STYLE = """\
text{font-family:"DejaVu Sans Mono",monospace;text-anchor:middle;fill:#1d2a2a}
.title{font:600 18px sans-serif;text-anchor:start}.name{font-size:13px;font-weight:600}.kind{font-size:12px;fill:#4a5a5a}
rect{fill:#fff;stroke:#5b6b6b;stroke-width:1.5}.first{stroke:#00565c;stroke-width:3}.paper{stroke:none}
.way{fill:none;stroke:#5b6b6b;stroke-width:1.5}.back{stroke-dasharray:5 4}.tip{fill:#5b6b6b}"""


def to_svg(bundle: Bundle) -> str:
    """Questions in round boxes, what is said or done in square ones; broken lines go back up."""
    flow = as_flow(bundle.data)
    drawing = drawn(flow)
    wide, high = drawing.width + 2 * _MARGIN, drawing.height + _TITLE + 2 * _MARGIN
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">',
        f'<title id="title">{escape(flow.name)}</title><style>{_STYLE}</style>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" class="tip"/></marker></defs>',
        f'<rect class="paper" width="{wide}" height="{high}"/>',
        f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 16}">{escape(flow.name)}</text>',
        f'<g transform="translate({_MARGIN} {_MARGIN + _TITLE})">',
        *map(_way, drawing.ways),
        *(_box(box, first=box.name == flow.begins) for box in drawing.boxes),
        "</g></svg>\n",
    ])  # fmt: skip


def _way(way: Way) -> str:
    on = f": {', '.join(way.outcomes)}" if way.outcomes else ""
    said = escape(f"{way.source} → {way.target}{on}")
    return f'<path class="way{" back" if way.back else ""}" d="{way.path}" marker-end="url(#tip)"><title>{said}</title></path>'


def _box(box: Box, *, first: bool) -> str:
    name = box.name if len(box.name) <= _LONGEST else box.name[:_LONGEST] + "…"
    middle, round_ = box.x + WIDE // 2, 22 if KINDS[box.kind].waits else 4
    edge = ' class="first"' if first else ""
    return (
        f'<g><title>{escape(box.name)}: {escape(box.kind)}</title><rect{edge} x="{box.x}" y="{box.y}" width="{WIDE}" height="{HIGH}" rx="{round_}"/>'
        f'<text class="name" x="{middle}" y="{box.y + 20}">{escape(name)}</text>'
        f'<text class="kind" x="{middle}" y="{box.y + 38}">{escape(box.kind)}</text></g>'
    )
